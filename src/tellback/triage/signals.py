"""The door between a post and the chart: what a judge is given, and what it answers.

Rules and word lists stand behind it today (`rules.RuleJudge`); a model may stand there later. Whoever stands
there takes a batch and gives a batch, so that a model can be asked once for many posts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

Span = tuple[int, int]
Lane = Literal["Complaint", "Before a sale", "After a sale", "Praise", "Question"]

FACTS = frozenset({"about_us", "seen_before", "open_incident", "being_fixed", "run_by_us"})
"""What Tellback knows by itself, without reading: p is 0 or 1, or between for an ambiguous name."""

URGENT = ("safety", "self_harm", "legal", "press")
"""The four reasons of `urgent`, each also a signal of its own."""

SIGNALS = frozenset(
    {
        "positive",
        "praise",
        "complaint",
        "question",
        "request",
        "joke",
        "troll",
        "rager",
        "spam",
        "urgent",
        *URGENT,
        "facts_wrong",
        "worth_reply",
        "can_add",
        "thanks_only",
        "before_sale",
        "after_sale",
    }
)
"""What a judge must answer for each post. `positive` is the chart's "positive or balanced": well or evenly meant,
and nothing asked of us; `praise` is praise in the strict sense."""


class Signal(NamedTuple):
    """How likely one thing is, and where the text says so.

    `p` is a probability, 0 to 1. `spans` are (start, end) offsets in characters (code points) of the exhibit's
    text, end exclusive, in the order of the text.
    """

    p: float
    spans: tuple[Span, ...] = ()


LONGEST_TEXT = 5_000
"""Characters of a post that a judge is shown."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One post as a judge sees it: its words, and what is known about it.

    `lang` is a BCP 47 tag or "" when unknown; `audience` the number of people who can see it (followers,
    subscribers), 0 when unknown; `facts` are probabilities by the names in FACTS.
    """

    text: str
    lang: str = ""
    audience: int = 0
    facts: Mapping[str, float] = field(default_factory=dict, hash=False)


class Judge(Protocol):
    """Whoever answers the signals."""

    def signals(self, posts: Sequence[Exhibit]) -> list[dict[str, Signal]]:
        """One dict for each post, in the same order, with every name of SIGNALS and every fact of the post."""
        ...


def lane(signals: Mapping[str, Signal]) -> Lane:
    """The desk's lane of a post, by the first of these that is likely: unhappy, buying, bought, praising."""
    if signals["complaint"].p >= 0.5:
        return "Complaint"
    before, after = signals["before_sale"].p, signals["after_sale"].p
    if max(before, after) >= 0.5:
        return "Before a sale" if before > after else "After a sale"
    return "Praise" if signals["praise"].p >= 0.5 else "Question"


def polarity(signals: Mapping[str, Signal]) -> Literal["negative", "neutral", "positive"]:
    """The likeliest of three, for measuring: unhappy, praising, or neither."""
    complaint, praise = signals["complaint"].p, signals["praise"].p
    if max(complaint, praise) < 0.5:
        return "neutral"
    return "negative" if complaint >= praise else "positive"
