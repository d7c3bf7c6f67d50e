"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingPrepared(Event):
    """Others had the same trouble; they can be told now."""

    kind: ClassVar[str] = "telling.prepared"
    about: ClassVar[str] = "case"
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHeard(Event):
    """The customer said whether it helped."""

    kind: ClassVar[str] = "customer.heard"
    about: ClassVar[str] = "case"
    helped: bool
