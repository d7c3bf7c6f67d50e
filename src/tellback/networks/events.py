"""The facts of this room. None of them holds a setting: those may be secret."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionMade(Event):
    """A new place to listen at."""

    kind: ClassVar[str] = "connection.made"
    about: ClassVar[str] = "connection"
    network: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionChanged(Event):
    """`what` is "settings", "resumed", "removed" or "brought back"."""

    kind: ClassVar[str] = "connection.changed"
    about: ClassVar[str] = "connection"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionPaused(Event):
    """A person stopped it for a while."""

    kind: ClassVar[str] = "connection.paused"
    about: ClassVar[str] = "connection"
