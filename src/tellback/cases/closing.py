"""Closing and reopening. A case cannot close untold: a reply arrived, or there is a stated reason."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from tellback.cases import clocks
from tellback.cases.case import Case, Clock, Closure, Entry, Snooze
from tellback.cases.events import CaseClosed, CaseReopened
from tellback.events.announcing import announce
from tellback.replies.models import Reply
from tellback.work.line import Next, Outcome, Stop
from tellback.workspace.models import User


class CannotClose(ValueError):
    """Why it cannot close yet, in words."""


def delivered_reply(case: Case) -> Reply | None:
    """The last reply of a person that arrived since the case was opened, or opened again."""
    since = Closure.objects.filter(case=case).exclude(reopened_at=None).order_by("-reopened_at").first()
    # The timeline also holds what others with the same trouble were told: that did not tell this person.
    replies = Reply.objects.delivered().filter(entries__case=case, automatic=False, to__person=case.person_id)
    if since and since.reopened_at:
        replies = replies.filter(delivered_at__gte=since.reopened_at)
    found: Reply | None = replies.order_by("-delivered_at").first()
    return found


@transaction.atomic
def close(case: Case, *, reason: str, words: str = "", by: User | None, at: datetime) -> Closure:
    """Close a case as told, or for a stated reason. Raises CannotClose."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not case.is_open:
        raise CannotClose("It is closed already.")
    if reason not in Closure.Reason.values:
        raise CannotClose("Say how it ended: told, let stand, told elsewhere, or not ours.")
    reply = delivered_reply(case) if reason == Closure.Reason.TOLD else None
    if reason == Closure.Reason.TOLD and reply is None:
        raise CannotClose(
            "Nobody has told them yet: no reply has arrived. Send one, or say why none is needed "
            "(let stand, told elsewhere, not ours)."
        )
    if reason == Closure.Reason.ELSEWHERE and not words.strip():
        raise CannotClose("Say where they were told: by phone, in the shop, in another thread.")
    closure = Closure.objects.create(case=case, reason=reason, words=words.strip()[:300], reply=reply, by=by, at=at)
    Snooze.objects.filter(case=case, ended_at=None).update(ended_at=at)
    clocks.stop(case, at=at, why=f"closed: {closure.get_reason_display()}")
    case.closed_at, case.last_at, case.snoozed_until = at, at, None
    case.save(update_fields=["closed_at", "last_at", "snoozed_until"])
    change(case, f"Closed: {closure.get_reason_display()}{': ' + closure.words if closure.words else ''}", by=by, at=at)
    announce(
        CaseClosed(
            workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk if by else None, person=case.person_id,
            closure=closure.pk, reason=reason,
        )
    )  # fmt: skip
    return closure


@transaction.atomic
def close_wished(cases: Sequence[Case], at: datetime) -> list[Outcome]:
    """Case -> Case. Whoever sent "and close" has their wish now that the reply arrived, unless more was said since."""
    outcomes: list[Outcome] = []
    for case in cases:
        reply = delivered_reply(case)
        if reply is None or not reply.close_after:
            outcomes.append(Stop("It stays open.", "open"))
        elif said_since(case, reply):
            outcomes.append(Stop("They spoke again before the reply arrived: it stays open.", "open"))
        elif not case.is_open:
            outcomes.append(Stop("It is closed already.", "closed"))
        else:
            close(case, reason=Closure.Reason.TOLD, by=reply.by, at=at)
            outcomes.append(Next(case, why="Told, and closed as was wished."))
    return outcomes


def said_since(case: Case, reply: Reply) -> bool:
    return Entry.objects.filter(case=case, kind=Entry.Kind.POST, at__gt=reply.at).exists()


@transaction.atomic
def reopen(case: Case, *, why: str, by: User | None, at: datetime) -> bool:
    """Open a closed case again. False when it was open."""
    ended = Closure.objects.filter(case=case, reopened_at=None).update(reopened_at=at, reopened_why=why[:200])
    if not ended:
        return False
    case.closed_at, case.last_at = None, at
    case.save(update_fields=["closed_at", "last_at"])
    clocks.start(case, at=at)
    change(case, f"Opened again: {why}", by=by, at=at)
    announce(
        CaseReopened(
            workspace=case.workspace_id,
            subject=case.pk,
            at=at,
            by=by.pk if by else None,
            person=case.person_id,
            why=why,
        )
    )
    return True


@transaction.atomic
def undo_close(case: Case, *, by: User, at: datetime) -> bool:
    """Take back a closing that was a slip: it is as if the person had never stopped waiting. False when it was open."""
    closure = Closure.objects.filter(case=case, reopened_at=None).first()
    if closure is None or not reopen(case, why="closed by mistake", by=by, at=at):
        return False
    Clock.objects.filter(case=case, stopped_at=None).delete()
    ran = Clock.objects.filter(case=case, stopped_at=closure.at, why__startswith="closed").first()
    if ran:
        ran.stopped_at, ran.why = None, ""
        ran.save(update_fields=["stopped_at", "why"])
    case.waiting_since, case.due_at = (ran.started_at, ran.due_at) if ran else (None, None)
    case.save(update_fields=["waiting_since", "due_at"])
    return True


def change(case: Case, words: str, *, by: User | None, at: datetime) -> Entry:
    """One small line in the timeline."""
    return Entry.objects.create(case=case, kind=Entry.Kind.CHANGE, text=words, by=by, at=at)
