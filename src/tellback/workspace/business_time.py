"""Business time: how long somebody waited while we were open, and when a promise falls due.

Pure functions, no database. Minutes of a day are local wall-clock minutes, 0 to 1440; a day that daylight saving
makes longer or shorter is as long as it is, since every span is turned into absolute time before it is counted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[int, int]
FARTHEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours: for each weekday (Monday first) spans of minutes, in one time zone, less the closed days.

    No span on any day means: always open.
    """

    zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    closed: frozenset[date] = field(default_factory=frozenset)

    @property
    def always(self) -> bool:
        return not any(self.week)


ALWAYS = Hours()


def faults(week: Sequence[Sequence[Span]]) -> list[str]:
    """What is wrong with these spans, in words; empty when all is well."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    found = []
    for name, spans in zip(days, week, strict=True):
        last = 0
        for start, end in spans:
            if not 0 <= start < end <= 1440:
                found.append(f"{name}: a shift must begin before it ends, within one day")
            elif start < last:
                found.append(f"{name}: two shifts overlap")
            last = max(last, end)
    return found


def spans_from(hours: Hours, start: datetime, until: datetime | None = None) -> Iterator[tuple[datetime, datetime]]:
    """Open spans in absolute time that end after `start`, in order, until a moment (if none, for FARTHEST)."""
    zone = ZoneInfo(hours.zone)
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = (until or start + FARTHEST).date() + timedelta(days=1)
    while day <= last:
        if day not in hours.closed:
            for begin, end in hours.week[day.weekday()]:
                opens, closes = absolute(day, begin, zone), absolute(day, end, zone)
                if closes > start and closes > opens:
                    yield max(opens, start), closes
        day += timedelta(days=1)


def absolute(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """A wall-clock minute of a day as an absolute moment; 1440 is the next day's midnight.

    A minute that the clocks skip in spring is the moment at which they do; one that comes twice is its first.
    """
    days, rest = divmod(minute, 1440)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), zone)
    late, early = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    return late if early >= late else skipped(early, late, zone)


def skipped(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two others at which the clocks of a zone go forward, to the minute."""
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(minutes=1):
        middle = early + timedelta(minutes=(late - early) // timedelta(minutes=2))
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def due(hours: Hours, start: datetime, seconds: float) -> datetime:
    """When `seconds` of open time will have passed since `start`."""
    if hours.always:
        return start + timedelta(seconds=seconds)
    left = timedelta(seconds=seconds)
    for opens, closes in spans_from(hours, start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return start + FARTHEST


def between(hours: Hours, start: datetime, end: datetime) -> float:
    """Seconds of open time from `start` to `end`; 0 when `end` is not later."""
    if end <= start:
        return 0.0
    if hours.always:
        return (end - start).total_seconds()
    total = timedelta()
    for opens, closes in spans_from(hours, start, end):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total.total_seconds()


def is_open(hours: Hours, at: datetime) -> bool:
    if hours.always:
        return True
    first = next(spans_from(hours, at), None)
    return first is not None and first[0] <= at
