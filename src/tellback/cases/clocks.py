"""Clocks: started when somebody begins to wait for us, stopped by a person's delivered reply, never by a machine's."""

from collections.abc import Iterable
from datetime import datetime

from tellback.cases.case import Case, Clock
from tellback.kit import bulk
from tellback.workspace.business_time import ALWAYS, Hours, between, due
from tellback.workspace.models import Brand


class Promises:
    """What each brand promises, read once for each batch."""

    def __init__(self, brands: Iterable[int]) -> None:
        rows = Brand.objects.filter(pk__in=set(brands)).select_related("calendar")
        self.brands: dict[int, Brand] = {brand.pk: brand for brand in rows}
        self.hours: dict[int, Hours] = {
            brand.pk: brand.calendar.hours() if brand.calendar else ALWAYS for brand in self.brands.values()
        }

    def clock(self, case: Case, kind: str, at: datetime) -> Clock:
        """A clock of this case, started at `at` (not saved); the case's own columns are set to match."""
        brand = self.brands[case.brand_id]
        minutes = brand.first_answer if kind == Clock.Kind.FIRST else brand.next_answer
        falls_due = due(self.hours[brand.pk], at, minutes * 60)
        case.waiting_since, case.due_at = at, falls_due
        return bulk.row(Clock, case_id=case.pk, kind=str(kind), promised=minutes * 60, started_at=at, due_at=falls_due)


def start(case: Case, *, at: datetime) -> Clock | None:
    """Start the clock that fits, unless one runs."""
    if Clock.objects.filter(case=case, stopped_at=None).exists():
        return None
    kind = Clock.Kind.NEXT if case.answered_at else Clock.Kind.FIRST
    clock = Promises([case.brand_id]).clock(case, kind, at)
    clock.save()
    case.save(update_fields=["waiting_since", "due_at"])
    return clock


def stop(case: Case, *, at: datetime, why: str) -> Clock | None:
    """Stop the running clock, if one runs."""
    clock = Clock.objects.filter(case=case, stopped_at=None).first()
    if clock:
        clock.stopped_at, clock.why = at, why
        clock.save(update_fields=["stopped_at", "why"])
    case.waiting_since = case.due_at = None
    case.save(update_fields=["waiting_since", "due_at"])
    return clock


def hours_of(brand: Brand) -> Hours:
    return brand.calendar.hours() if brand.calendar else ALWAYS


def waited(clock: Clock, hours: Hours, now: datetime) -> float:
    """Seconds of business time that this clock has run, until it stopped or until now."""
    return between(hours, clock.started_at, clock.stopped_at or now)
