"""What happens when a case is closed: everybody else is told, and the customer is asked. Read LINE."""

from collections.abc import Sequence
from datetime import datetime

from tellback.cases.events import CaseClosed
from tellback.cases.models import Case, Closure
from tellback.loop import asking, telling
from tellback.work.line import Line, Next, Outcome, Stop


def tell_others(cases: Sequence[Case], at: datetime) -> list[Outcome]:
    """Case -> Case. Those who said the same stand ready to be told."""
    return [Next(case, why=words(len(telling.prepare(case, closure_of(case), at=at)))) for case in cases]


def ask(cases: Sequence[Case], at: datetime) -> list[Outcome]:
    """Case -> Case. The customer is asked once whether it helped."""
    outcomes: list[Outcome] = []
    for case in cases:
        asked = asking.ask(case, closure_of(case), at=at)
        outcomes.append(
            Next(case, why="They were asked whether it helped.") if asked else Stop("Nobody to ask.", "unasked")
        )
    return outcomes


LINE = Line(
    "returning",
    tell_others,  # Case -> Case    everybody with the same trouble
    ask,          # Case -> Case    did it help? "no" opens it again (loop/asking.py: hear)
)  # fmt: skip


def after_closing(events: Sequence[CaseClosed]) -> None:
    for event in events:
        case = Case.objects.select_related("workspace", "brand").get(pk=event.subject)
        if not case.is_open:
            LINE.run([case], at=event.at)


def closure_of(case: Case) -> Closure:
    return Closure.objects.select_related("reply__post__author", "reply__post__connection").get(
        case=case, reopened_at=None
    )


def words(count: int) -> str:
    return f"{count} others said the same and can be told." if count else "Nobody else said the same."
