"""What happens when a case is closed: everybody else is told, and the customer is asked. Read LINE."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tellback.cases.events import CaseClosed
from tellback.cases.models import Case, Closure
from tellback.kit import clock
from tellback.loop import asking, telling
from tellback.work.line import Line, Next, Outcome, Stop, Trail, Wait
from tellback.work.tasks import task


def tell_others(cases: Sequence[Case], at: datetime) -> list[Outcome]:
    """Case -> Case. Those who said the same stand ready to be told."""
    return [Next(case, why=words(len(telling.prepare(case, closure_of(case), at=at)))) for case in cases]


def ask(cases: Sequence[Case], at: datetime) -> list[Outcome]:
    """Case -> Case. The customer is asked once whether it helped, as long after closing as the workspace wishes."""
    return [ask_one(case, closure_of(case), at) for case in cases]


def ask_one(case: Case, closure: Closure, at: datetime) -> Outcome:
    due = asking.due(case, closure)
    if due is None:
        return Stop("This workspace asks nobody whether it helped.", "never")
    if closure.reply is None:
        return Stop("Nobody to ask.", "unasked")
    if at < due:
        return Wait(f"They are asked whether it helped on {due:%-d %B, %H:%M} UTC, if it stays closed.", "later")
    if asking.ask(case, closure, at=at) is None:
        return Stop("Nobody to ask.", "unasked")
    return Next(case, why="They were asked whether it helped.")


LINE = Line(
    "returning",
    tell_others,  # Case -> Case    everybody with the same trouble
    ask,          # Case -> Case    did it help? "no" opens it again (loop/asking.py: hear)
)  # fmt: skip


def after_closing(events: Sequence[CaseClosed]) -> None:
    for event in events:
        case = Case.objects.select_related("workspace", "brand").get(pk=event.subject)
        if not case.is_open:
            trail = LINE.run([case], at=event.at)[0]
            come_back(case, trail)


def come_back(case: Case, trail: Trail) -> None:
    """Where it is too early to ask, the line goes on by itself when the time has come."""
    closure = closure_of(case)
    due = asking.due(case, closure)
    if due and ("wait", "later") in trail.ends:
        ask_later.using(run_after=due).enqueue(closure.pk)


@task()
def ask_later(closure: int) -> str:
    """Go on with a case that stayed closed. Asked once, however often this runs."""
    row = Closure.objects.filter(pk=closure, reopened_at=None).select_related("case__workspace", "case__brand").first()
    if row is None:
        return "opened again"
    trail = Trail(row.case.pk, row.case.workspace_id)
    with transaction.atomic():
        LINE.run([row.case], at=clock.now(), after="tell_others", trails=[trail])
        come_back(row.case, trail)
    return trail.ends[0][0]


def closure_of(case: Case) -> Closure:
    return Closure.objects.select_related("reply__post__author", "reply__post__connection").get(
        case=case, reopened_at=None
    )


def words(count: int) -> str:
    return f"{count} others said the same and can be told." if count else "Nobody else said the same."
