"""The cast: the harbour town Corrin, its two houses, their rivals, and everybody who speaks of them.

One cast for tests, seeds, docs and screenshots. All of it is invented, and every address ends in .example. What
people say stands in posts.jsonl, what the members did about it in acts.jsonl; both are read here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from tellback.networks.contract import Parcel

DESK = "Harbour desk"
TOWN = "Corrin"
NETWORKS = ("Bluesky", "Mastodon", "Mail", "X", "Forum")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the desk. `key` is the short name in acts.jsonl."""

    key: str
    name: str
    role: str

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@harbour.example"


COLLEAGUES = (
    Colleague("wenna", "Wenna Carrow", "owner"),
    Colleague("jonah", "Jonah Pell", "manager"),
    Colleague("ines", "Ines Aldermoor", "agent"),
)


@dataclass(frozen=True, slots=True)
class House:
    """A brand. `open_from` and `open_to` are minutes of every day; None: round the clock. Promises in minutes."""

    name: str
    terms: tuple[tuple[str, str], ...]
    is_rival: bool = False
    open_from: int | None = None
    open_to: int | None = None
    first_answer: int = 15
    next_answer: int = 30
    signature: str = ""


HOUSES = (
    House(
        "Norrtel",
        (
            ("handle", "@norrtel"), ("handle", "@norrtelcare"), ("hashtag", "#norrtel"), ("hashtag", "#norrtelfail"),
            ("misspelling", "norrtell"), ("misspelling", "norttel"), ("site", "norrtel.example"),
            ("exclusion", "norrtel cup"),
        ),
        open_from=5 * 60, open_to=24 * 60, signature="Norrtel Care",
    ),
    House(
        "Skylark",
        (
            ("handle", "@skylark"), ("handle", "@skylarkair"), ("hashtag", "#skylark"), ("hashtag", "#skylarkfail"),
            ("misspelling", "skylarc"), ("misspelling", "sky lark"), ("site", "skylark.example"),
            ("exclusion", "a skylark"), ("exclusion", "the skylark sang"),
        ),
        first_answer=20, signature="Skylark, Corrin desk",
    ),
    House("Fjordlink", (("handle", "@fjordlink"),), is_rival=True),
    House("Meridian Air", (("handle", "@meridianair"),), is_rival=True),
)  # fmt: skip

CANNED = (
    (
        "Charged twice: what went back, and when it lands",
        "{name}, this is {agent} at {brand}. You were charged twice and should not have been. The second payment went "
        "back today and lands within two days. What happened: norrtel.example/october",
    ),
    (
        "Line down: we know, and when we write next",
        "{name}, {agent} at {brand}. Your street is down and a crew is on its way. I write again within the half hour, "
        "also when there is nothing new.",
    ),
    (
        "Bag left behind: where it is, how it comes",
        "{name}, {agent} at {brand}. Your bag is found. It comes on the next flight and a driver brings it to your "
        "door tonight. Keep the receipts for what you needed meanwhile: skylark.example/bags",
    ),
    (
        "Chat closed on you: a name, a number, a time",
        "{name}, I am {agent} at {brand}. The chat closed on you, and that was us. I ring you today at the hour you "
        "choose; send it here.",
    ),
    (
        "Thanks, in few words",
        "{name}, thank you for telling us. It has gone to the people who did it. {agent}, {brand}",
    ),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said. `ago` is how long before the story's present; None: it is still to be played."""

    network: str
    ago: timedelta | None
    row: dict[str, Any]

    def parcel(self) -> Parcel:
        return Parcel(self.row["id"], json.dumps(self.row, ensure_ascii=False), f"The made-up town, {self.network}")


@dataclass(frozen=True, slots=True)
class Act:
    """What a member, or the customer, did about the post `about` on `network`: `ago` before the story's present,
    or, in the part still to be played, right after the line whose network and id are `after`.
    """

    ago: timedelta | None
    after: tuple[str, ...]
    who: str
    act: str
    network: str
    about: str
    words: str = ""
    until: timedelta = timedelta()


def rows(name: str) -> Iterator[dict[str, Any]]:
    text = files(__package__).joinpath(name).read_text("utf-8")
    return (json.loads(line) for line in text.splitlines() if line)


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """All that is said, in the order in which it is said: the past, then what is still to be played."""
    return tuple(line_of(row) for row in rows("posts.jsonl"))


def line_of(row: dict[str, Any]) -> Line:
    network, ago = row.pop("on"), row.pop("ago", None)
    return Line(network, None if ago is None else timedelta(minutes=ago), row)


def past() -> list[Line]:
    return [line for line in lines() if line.ago is not None]


def live() -> list[Line]:
    return [line for line in lines() if line.ago is None]


@lru_cache(maxsize=1)
def acts() -> tuple[Act, ...]:
    """All that was done and will be done, first act first."""
    return tuple(act_of(row) for row in rows("acts.jsonl"))


def act_of(row: dict[str, Any]) -> Act:
    ago = row.get("ago")
    return Act(
        None if ago is None else timedelta(minutes=ago), tuple(row.get("after", ())), row["who"], row["act"],
        row["on"], row["about"], row.get("words", ""), timedelta(minutes=row.get("until", 0)),
    )  # fmt: skip


def acts_after(line: Line) -> list[Act]:
    """What is done as soon as this line has been played."""
    return [act for act in acts() if act.after == (line.network, line.row["id"])]
