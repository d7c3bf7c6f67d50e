"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictGiven(Event):
    """A mention was judged. `by` is set where a person decided."""

    kind: ClassVar[str] = "verdict.given"
    about: ClassVar[str] = "post"
    mention: int
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked(Event):
    """The chart is unsure and asks a person."""

    kind: ClassVar[str] = "question.asked"
    about: ClassVar[str] = "question"
    node: str
    brand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerHeld(Event):
    """A person has answered, and may take it back for a few seconds yet."""

    kind: ClassVar[str] = "answer.held"
    about: ClassVar[str] = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTakenBack(Event):
    """The question is open again."""

    kind: ClassVar[str] = "answer.taken_back"
    about: ClassVar[str] = "question"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Event):
    """The answer stands, and the mention goes on with it."""

    kind: ClassVar[str] = "question.answered"
    about: ClassVar[str] = "question"
    mention: int
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictOverridden(Event):
    """A person says that the chart was wrong; the mention takes another way."""

    kind: ClassVar[str] = "verdict.overridden"
    about: ClassVar[str] = "post"
    mention: int
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAdopted(Event):
    kind: ClassVar[str] = "policy.adopted"
    about: ClassVar[str] = "policy"
    version: int
