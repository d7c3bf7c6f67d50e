"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PostHeard(Event):
    """Something new was said; it has its own row now."""

    kind: ClassVar[str] = "post.heard"
    about: ClassVar[str] = "post"
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEdited(Event):
    kind: ClassVar[str] = "post.edited"
    about: ClassVar[str] = "post"
    texts: ClassVar[tuple[str, ...]] = ("before",)
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostTakenBack(Event):
    """Its author deleted it where it stood. The text is gone here too."""

    kind: ClassVar[str] = "post.taken_back"
    about: ClassVar[str] = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceHeard(Event):
    """A machine says that something of ours did not arrive; `of` is the id that it had on that network."""

    kind: ClassVar[str] = "bounce.heard"
    about: ClassVar[str] = "post"
    connection: int
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadsFound(Event):
    """What seemed to be the start of a conversation is an answer in an older one: its thread has another name now."""

    kind: ClassVar[str] = "thread.found"
    about: ClassVar[str] = "post"
    network: str
    old: str
    new: str
