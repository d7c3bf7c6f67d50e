"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined(Event):
    """Two were found to be one. `away` was joined into the subject."""

    kind: ClassVar[str] = "person.joined"
    about: ClassVar[str] = "person"
    texts: ClassVar[tuple[str, ...]] = ("why",)
    joining: int
    away: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonParted(Event):
    """The joining was a mistake; they are two again."""

    kind: ClassVar[str] = "person.parted"
    about: ClassVar[str] = "person"
    joining: int
    away: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForgotten(Event):
    """Their words and names are gone from every room; that something happened stays."""

    kind: ClassVar[str] = "person.forgotten"
    about: ClassVar[str] = "person"
