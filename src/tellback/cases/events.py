"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent(Event):
    about: ClassVar[str] = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOpened(CaseEvent):
    kind: ClassVar[str] = "case.opened"
    brand: int
    urgency: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSpokenIn(CaseEvent):
    """The person spoke again in an open case."""

    kind: ClassVar[str] = "case.spoken_in"
    post: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTaken(CaseEvent):
    """Somebody has it now; `holder` None: nobody has."""

    kind: ClassVar[str] = "case.taken"
    holder: int | None
    team: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAnswered(CaseEvent):
    """A person's reply arrived; the clock stopped. `reply` 0: the brand said it elsewhere, and a file tells of it.

    `waited` is in seconds of business time.
    """

    kind: ClassVar[str] = "case.answered"
    reply: int
    first: bool
    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoted(CaseEvent):
    kind: ClassVar[str] = "case.noted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSnoozed(CaseEvent):
    """`until` None: it woke."""

    kind: ClassVar[str] = "case.snoozed"
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTagged(CaseEvent):
    kind: ClassVar[str] = "case.tagged"
    tag: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed(CaseEvent):
    kind: ClassVar[str] = "case.closed"
    closure: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened(CaseEvent):
    kind: ClassVar[str] = "case.reopened"
    texts: ClassVar[tuple[str, ...]] = ("why",)
    why: str
