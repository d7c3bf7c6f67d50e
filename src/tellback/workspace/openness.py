"""Open or closed just now, in one sentence. Pure: hours and the moment come in."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as date_words
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from tellback.workspace.business_time import Hours, spans_from


def openness(hours: Hours, at: datetime) -> str:
    """Such as "Open now; closes at 17:30." or "Closed now; opens on Monday at 9:00."; hours in their own zone."""
    if hours.always:
        return _("Always open: no hours are set.")
    stretch = next_stretch(hours, at)
    if stretch is None:
        return _("Closed for more than a year.")
    opens, closes = stretch
    if opens > at:
        return _("Closed now; opens %(when)s.") % {"when": moment(hours, opens, at)}
    if closes - at > timedelta(days=300):
        return _("Open now, day and night.")
    return _("Open now; closes %(when)s.") % {"when": moment(hours, closes, at)}


def next_stretch(hours: Hours, at: datetime) -> tuple[datetime, datetime] | None:
    """The open time now or next, shifts that touch (also at midnight) joined."""
    found: tuple[datetime, datetime] | None = None
    for opens, closes in spans_from(hours, at):
        if found is None:
            found = (opens, closes)
        elif opens <= found[1]:
            found = (found[0], max(closes, found[1]))
        else:
            break
    return found


def moment(hours: Hours, when: datetime, at: datetime) -> str:
    """ "at 17:30" today, else "on Monday at 9:00", in a week or later "on 3 January at 9:00"."""
    zone = ZoneInfo(hours.zone)
    local, today = when.astimezone(zone), at.astimezone(zone).date()
    hour = f"{local.hour}:{local.minute:02}"
    days = (local.date() - today).days
    if days == 0:
        return _("at %(hour)s") % {"hour": hour}
    day = str(WEEKDAYS[local.weekday()]) if days < 7 else date_words(local, "j F")
    return _("on %(day)s at %(hour)s") % {"day": day, "hour": hour}
