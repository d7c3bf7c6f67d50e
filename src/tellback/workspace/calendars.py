"""Opening hours of a workspace: calendars with split shifts, and their holidays."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from tellback.events.announcing import announce
from tellback.workspace.business_time import Span, faults
from tellback.workspace.events import WorkspaceChanged
from tellback.workspace.models import Calendar, Holiday, Member, Workspace


@transaction.atomic
def save_calendar(
    workspace: Workspace,
    calendar: Calendar | None,
    *,
    name: str,
    zone: str,
    week: Sequence[Sequence[Span]],
    by: Member,
    at: datetime,
) -> Calendar:
    """Make a calendar, or write one anew. Raises ValueError for shifts that overlap or end before they begin."""
    if found := faults(week):
        raise ValueError("; ".join(found))
    row = calendar or Calendar(workspace=workspace)
    row.name, row.zone = name[:60], zone
    row.week = [[list(span) for span in spans] for spans in week]
    row.save()
    changed(workspace, by=by, at=at)
    return row


@transaction.atomic
def delete_calendar(calendar: Calendar, *, by: Member, at: datetime) -> None:
    """Its brands are open always from then on, until they are given another."""
    workspace = calendar.workspace
    calendar.delete()
    changed(workspace, by=by, at=at)


@transaction.atomic
def close_on(calendar: Calendar, day: date, *, name: str, by: Member, at: datetime) -> Holiday:
    """A day on which nobody answers; the same day again takes the new name, if one is given."""
    named = {"name": name[:60]} if name else {}
    row, _ = Holiday.objects.update_or_create(calendar=calendar, day=day, defaults=named)
    changed(calendar.workspace, by=by, at=at)
    return row


@transaction.atomic
def open_again(holiday: Holiday, *, by: Member, at: datetime) -> None:
    workspace = holiday.calendar.workspace
    holiday.delete()
    changed(workspace, by=by, at=at)


def changed(workspace: Workspace, *, by: Member, at: datetime) -> None:
    announce(WorkspaceChanged(workspace=workspace.pk, subject=workspace.pk, at=at, by=by.user_id, what="hours"))
