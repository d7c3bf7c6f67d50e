"""Dates that strangers wrote."""

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


def sensible(at: datetime | None, now: datetime | None = None) -> datetime | None:
    """The moment in UTC, or None when nobody can have written a post then: before 1990, or over a day from now.

    A moment without a zone counts as UTC.
    """
    if at is None:
        return None
    try:
        moment = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if EARLIEST <= moment <= (now or datetime.now(UTC)) + AHEAD else None
