"""Putting a case off until a moment. It wakes by the clock, or when the person speaks."""

from datetime import datetime, timedelta

from django.db import transaction

from tellback.cases.case import Case, Snooze
from tellback.cases.events import CaseSnoozed
from tellback.events.announcing import announce
from tellback.workspace.models import User

LONGEST = timedelta(days=366)


@transaction.atomic
def snooze(case: Case, *, until: datetime, by: User, at: datetime) -> Snooze:
    """Put an open case off. Raises ValueError for a moment that has passed or is too far, or a closed case."""
    if until <= at:
        raise ValueError("Choose a moment that is still to come.")
    if until > at + LONGEST:
        raise ValueError("Choose a moment within a year.")
    if not Case.objects.select_for_update().filter(pk=case.pk, closed_at=None).exists():
        raise ValueError("It is closed. Open it again first.")
    wake(case, at=at)
    row = Snooze.objects.create(case=case, by=by, at=at, until=until)
    case.snoozed_until = until
    case.save(update_fields=["snoozed_until"])
    announce(fact(case, at, until.isoformat(), by))
    return row


@transaction.atomic
def wake(case: Case, *, at: datetime, by: User | None = None) -> bool:
    """End the snooze, if it stands."""
    ended = Snooze.objects.filter(case=case, ended_at=None).update(ended_at=at)
    if ended:
        case.snoozed_until = None
        case.save(update_fields=["snoozed_until"])
        announce(fact(case, at, None, by))
    return bool(ended)


def wake_due(*, at: datetime) -> int:
    """Wake what is due. Run by the clock."""
    due = list(Case.objects.open().filter(snoozed_until__lte=at)[:500])
    return sum(wake(case, at=at) for case in due)


def fact(case: Case, at: datetime, until: str | None, by: User | None) -> CaseSnoozed:
    return CaseSnoozed(
        workspace=case.workspace_id,
        subject=case.pk,
        at=at,
        by=by.pk if by else None,
        person=case.person_id,
        until=until,
    )
