"""Dates as files write them. Only what can be true is believed; all else is said in words."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks and zones differ by less
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS = {name: 1 + n for n, name in enumerate(_NAMES)}


class DateFault(ValueError):
    """A date that cannot be read or cannot be true; the words say which."""


def moment(written: str, formats: Sequence[str], zone: ZoneInfo) -> datetime:
    """The moment that `written` names, aware; a date without a zone is taken in `zone`. Raises DateFault."""
    if not written:
        raise DateFault("The row has no date.")
    found = _first(written, formats)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone)
    _believe(found, written)
    return found


def pattern_fault(form: str) -> str:
    """Why `form` is no pattern of strptime, "" if it is one."""
    try:
        datetime.strptime("", form)
    except (re.error, IndexError) as fault:
        return str(fault)
    except ValueError as fault:
        return "" if "does not match" in str(fault) else str(fault)
    return ""


def _first(written: str, formats: Sequence[str]) -> datetime:
    for form in formats:
        try:
            return READERS[form](written) if form in READERS else datetime.strptime(written, form)
        except (ValueError, OverflowError, OSError, KeyError):
            continue
    raise DateFault(f'The date "{written[:60]}" cannot be read as {" or ".join(formats)}.')


def _believe(found: datetime, written: str) -> None:
    try:
        if found < EARLIEST:
            raise DateFault(f'The date "{written[:60]}" lies before 1980, so it was not believed.')
        if found > datetime.now(UTC) + AHEAD:
            raise DateFault(f'The date "{written[:60]}" lies in the future, so it was not believed.')
    except OverflowError as fault:
        raise DateFault(f'The date "{written[:60]}" lies outside the calendar.') from fault


def _iso(written: str) -> datetime:
    if " " in written:
        written = written.replace(" UTC", "+00:00").replace(" +", "+").replace(" -", "-")
    return datetime.fromisoformat(written)


def _twitter(written: str) -> datetime:
    """Tue Oct 31 22:10:47 +0000 2017; strptime would take ten times as long and heed the locale."""
    _, month, day, clock, offset, year = written.split()
    hour, minute, second = clock.split(":")
    zone = UTC if offset == "+0000" else _offset(offset)
    return datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)


def _offset(written: str) -> timezone:
    sign = -1 if written.startswith("-") else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[3:5])))


def _epoch(written: str) -> datetime:
    return datetime.fromtimestamp(float(written), UTC)


def _epoch_ms(written: str) -> datetime:
    return datetime.fromtimestamp(float(written) / 1000, UTC)


READERS: dict[str, Callable[[str], datetime]] = {
    "iso": _iso,
    "twitter": _twitter,
    "epoch": _epoch,
    "epoch_ms": _epoch_ms,
}
