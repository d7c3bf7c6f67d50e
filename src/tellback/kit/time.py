"""How long somebody has waited, in the words a person would say, and how warm that is.

Every function is pure: the clock comes in as `now`, the reader's zone as `tz`. Lengths are seconds.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from math import floor

from django.utils.dateformat import DateFormat
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext

MINUTE = 60
HOUR = 3600
DAY = 86400


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait as a row shows it: words, what they mean, step 0 to 4 of the wait scale, share of the promise 0 to 1."""

    text: str
    under: str
    step: int
    share: float


def span(seconds: float, *, day: float = DAY) -> str:
    """A length in words: "0 min", "4 min", "1 h 12 min", "2 days". A business day may be shorter than 24 h."""
    whole = max(0, floor(seconds))
    if whole >= day:
        count = floor(whole / day)
        return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    hours, minutes = whole // HOUR, whole % HOUR // MINUTE
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def waited(since: datetime, now: datetime, tz: tzinfo = UTC) -> str:
    """How long since `since`: "just now", "4 min", "1 h 12 min", "since Tuesday", "since 3 November".

    The weekday serves from 24 hours up to the day of the same name, which would be read as today; the year
    is said when it is another. Both moments must be aware; one in the future counts as now.
    """
    seconds = (now - since).total_seconds()
    if seconds < MINUTE:
        return gettext("just now")
    if seconds < DAY:
        return span(seconds)
    return gettext("since %(day)s") % {"day": day_name(since.astimezone(tz).date(), now.astimezone(tz).date())}


def day_name(day: date, today: date) -> str:
    """A past day as one says it today: "Tuesday", from seven days "3 November", in another year "3 November 2025"."""
    if (today - day).days < 7:
        return str(WEEKDAYS[day.weekday()])
    return DateFormat(day).format("j F" if day.year == today.year else "j F Y")


def waited_short(since: datetime, now: datetime) -> str:
    """The same for the rail, where room is short: "just now", "26 min", "2 h", "2 days"."""
    seconds = (now - since).total_seconds()
    if seconds < MINUTE:
        return gettext("just now")
    return span(seconds if seconds < HOUR else seconds // HOUR * HOUR)


def left_words(left: float, *, day: float = DAY) -> str:
    """What is left of a promise: "6 min left", "less than a minute left", "over by 57 min", "over by 1 day"."""
    if left >= MINUTE:
        return gettext("%(span)s left") % {"span": span(rough(left), day=day)}
    if left >= 0:
        return gettext("less than a minute left")
    if left > -MINUTE:
        return gettext("just over")
    return gettext("over by %(span)s") % {"span": span(rough(-left), day=day)}


def rough(seconds: float) -> float:
    """From two hours on, whole hours: nobody acts on the minutes, and the words must fit their column."""
    return seconds if seconds < 2 * HOUR else seconds // HOUR * HOUR


def wait_step(waited: float, promised: float | None, *, day: float = DAY) -> int:
    """The step of the wait scale, 0 calm to 4 four times past or more than a day late.

    Both lengths are business seconds, and `day` is the length of one business day. No promise is never late.
    """
    if promised is None:
        return 0
    if waited > 4 * promised or waited - promised > day:
        return 4
    if waited > promised:
        return 3
    if waited >= 0.75 * promised:
        return 2
    return 1 if waited >= 0.5 * promised else 0


def wait_share(waited: float, promised: float | None) -> float:
    """How much of the promise is used up, from 0 to 1; 0 where nothing was promised."""
    if promised is None:
        return 0.0
    if promised <= 0:
        return 1.0
    return min(1.0, max(0.0, waited / promised))


def wait_of(
    since: datetime,
    now: datetime,
    waited_business: float,
    promised_business: float | None,
    *,
    tz: tzinfo = UTC,
    day: float = DAY,
) -> Wait:
    """One wait for a row: its words by the clock on the wall, its warmth by business time."""
    under = "" if promised_business is None else left_words(promised_business - waited_business, day=day)
    return Wait(
        text=waited(since, now, tz),
        under=under,
        step=wait_step(waited_business, promised_business, day=day),
        share=wait_share(waited_business, promised_business),
    )


def words() -> dict[str, object]:
    """The words above as patterns, so that the page's own clock says the same ones in the reader's language."""
    return {
        "now": gettext("just now"),
        "minutes": gettext("%(minutes)d min"),
        "hours": gettext("%(hours)d h"),
        "both": gettext("%(hours)d h %(minutes)d min"),
        "since": gettext("since %(day)s"),
        "weekdays": [str(WEEKDAYS[number]) for number in range(7)],
    }
