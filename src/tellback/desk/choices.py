"""The moments until which one puts a case off: an hour, tomorrow at nine, Monday at nine."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

NINE = time(9)
FIRST_YEAR, LAST_YEAR = 1, 9999  # a day beyond them is no day, and a zone may lie a day off


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    words: str
    until: datetime


def choices(now: datetime, zone: str) -> list[Choice]:
    here = now.astimezone(ZoneInfo(zone))
    days_to_monday = 7 - here.weekday()
    return [
        Choice("hour", _("1 h"), now + timedelta(hours=1)),
        Choice("tomorrow", _("Tomorrow 9:00"), at_nine(here, 1)),
        Choice("monday", _("Monday 9:00"), at_nine(here, days_to_monday)),
    ]


def at_nine(here: datetime, days: int) -> datetime:
    """Nine o'clock on the wall, so many days on, whatever daylight saving does between."""
    return datetime.combine(here.date() + timedelta(days=days), NINE, here.tzinfo)


def moment(name: str, written: str, now: datetime, zone: str) -> datetime:
    """The moment of a choice's name, or a written one ("2026-11-24T15:00", by the desk's wall). Raises ValueError."""
    for choice in choices(now, zone):
        if choice.name == name:
            return choice.until
    read = readable(written.strip(), ZoneInfo(zone))
    if read is None:
        raise ValueError(_("Choose a moment: a day and an hour."))
    return read


def readable(written: str, zone: tzinfo) -> datetime | None:
    """A written moment that every zone can tell; None for what is none, or stands at an end of the calendar."""
    try:
        read = parse_datetime(written)
        if read is None:
            return None
        there = read if read.tzinfo else read.replace(tzinfo=zone)
        there.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return there if FIRST_YEAR < there.year < LAST_YEAR else None
