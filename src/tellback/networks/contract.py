"""What an adapter is: it translates between one network and our shapes, and decides nothing.

In:  `listen` yields Batches of Parcels (exactly what arrived); `parse` turns one kept payload into a Said.
Out: `deliver` sends one Outgoing and answers with exactly one of Delivered, Refused, Unknown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

Settings = Mapping[str, Any]
Cursor = Mapping[str, Any]
Kind = Literal["post", "message", "mail", "review", "article"]


class Unreadable(ValueError):
    """A payload that cannot be read; the words say why, for the person who must mend it."""


class Unreachable(Exception):
    """The other side cannot be reached or will not let us in; the words say why and what to do."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What arrived, untouched. `external_id` is the network's own id; `place` helps a person find it again.

    `said` is what `parse` makes of it, where somebody has read it already; it is not kept.
    """

    external_id: str
    payload: str
    place: str = ""
    said: "Said | None" = None


@dataclass(frozen=True, slots=True)
class Broken:
    """Something arrived that is not even a parcel: a row without an id, a line that is no JSON."""

    why: str
    place: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Parcels that arrived together, and where to go on after them. The cursor is saved once they are kept."""

    parcels: Sequence[Parcel]
    cursor: Cursor
    broken: Sequence[Broken] = ()


@dataclass(frozen=True, slots=True)
class Author:
    """Who spoke: `handle` as the network writes it, without @; `audience` is the number of followers, if known."""

    handle: str
    name: str = ""
    audience: int | None = None


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that came with a post. `content` is None when it must be fetched from `url`."""

    name: str
    media_type: str
    content: bytes | None = None
    url: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """One post in the one shape that the rest of the house knows.

    thread      external id of the first post of the conversation, if the network says it
    answers     external id of the post that this one answers
    repost_of   external id of the post that this one only passes on
    own         the brand itself speaks (its account, its mailbox, an outbound row of a file)
    brand       a label in the payload that says which brand it is about ("" if none): a door of its own
    deleted     the author took it back: the text must go
    automatic   a machine wrote it (auto-reply, bounce, newsletter): kept, never answered
    bounce_of   external id of our own message that came back undelivered
    """

    external_id: str
    author: Author
    text: str
    written_at: datetime | None = None
    kind: Kind = "post"
    public: bool = True
    title: str = ""
    url: str = ""
    lang: str = ""
    thread: str = ""
    answers: str = ""
    repost_of: str = ""
    own: bool = False
    brand: str = ""
    deleted: bool = False
    automatic: str = ""
    bounce_of: str = ""
    enclosed: tuple[Enclosed, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply on its way out. `key` is ours and unique: the same key is never to appear twice on the network."""

    key: str
    to: Author
    text: str
    answers: str
    thread: str
    title: str = ""
    references: tuple[str, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """The network took it: its id there, its address if it has one, and when."""

    external_id: str
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The network said no. `permanent` means that trying again cannot help."""

    why: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """We cannot tell whether it went out (the line was cut after we spoke). Look before sending again."""

    why: str


Outcome = Delivered | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a connection's form. `secret` values are kept encrypted and never shown again."""

    name: str
    label: str
    hint: str = ""
    required: bool = True
    secret: bool = False
    kind: Literal["text", "number", "url", "email", "choice", "switch"] = "text"
    choices: tuple[str, ...] = ()
    initial: str | int | bool = ""


class Adapter(Protocol):
    """One network. Modules or objects may be adapters; they hold no state between calls."""

    name: str  # short and lower-case, as stored: "mail"
    title: str  # as people say it: "Mail"
    fields: Sequence[Field]
    limit: int | None  # characters of a reply, None if the network sets none
    encloses: bool  # may replies carry files?
    speaks: bool  # can we answer there at all?

    def parse(self, payload: str, settings: Settings) -> Said:
        """Read one kept payload. Raises Unreadable."""

    def listen(self, settings: Settings, cursor: Cursor) -> Iterator[Batch]:
        """Yield what is new since `cursor`, then return (polling), or block and go on (streaming).

        Raises Unreachable. Nothing is lost if the process ends between two batches.
        """

    def deliver(self, settings: Settings, outgoing: Outgoing) -> Outcome:
        """Send once. Never raises for what the network may do: that is Refused or Unknown."""

    def find(self, settings: Settings, outgoing: Outgoing) -> Delivered | None:
        """Look whether an Outgoing with this key already stands on the network. Raises Unreachable."""

    def check(self, settings: Settings) -> list[str]:
        """What is wrong with these settings now, in words with what to do; empty when all is well."""
