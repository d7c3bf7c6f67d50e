"""How a connection stands, in words: what it does, and what to do where it does not."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tellback.kit.time import MINUTE, span
from tellback.networks.connection import Connection

FAR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Standing:
    """`word` names the state, `what` says what to do or to expect."""

    state: Literal["listening", "fresh", "paused", "trouble", "removed"]
    word: str
    what: str
    turn: str = ""


def standing(row: Connection, *, at: datetime) -> Standing:
    found = state_of(row)
    asks = row.listens and row.next_at is not None and found.state not in {"paused", "removed"}
    return replace(found, turn=turn_words(row, at=at)) if asks else found


def turn_words(row: Connection, *, at: datetime) -> str:
    """How often it asks. The next turn has an hour where it is far enough off to be waited for."""
    often = _("asks every %(count)s s") % {"count": row.every} if row.every < MINUTE else every_words(row.every)
    if row.next_at is None or row.next_at < at + FAR:
        return often
    return _("%(often)s, next at %(hour)s") % {"often": often, "hour": localtime(row.next_at).strftime("%H:%M")}


def every_words(seconds: int) -> str:
    return _("asks every minute") if seconds < 2 * MINUTE else _("asks every %(span)s") % {"span": span(seconds)}


def state_of(row: Connection) -> Standing:
    """The state that matters most, the most final first."""
    if row.removed_at is not None:
        return Standing("removed", _("removed"), _("It hears and says nothing. What it heard is kept."))
    if row.paused_at is not None:
        return Standing("paused", _("paused"), _("Nothing is heard until somebody lets it go on."))
    if row.last_fault:
        again = _("It is tried again by itself.") if row.next_at else _("It is tried again at once.")
        return Standing("trouble", _("not reachable"), f"{sentence(row.last_fault)} {again}")
    if not row.listens:
        return Standing("listening", _("takes what is brought"), _("It does not ask by itself."))
    if row.last_heard_at is None:
        return Standing("fresh", _("listening"), _("Nothing was heard yet."))
    return Standing("listening", _("listening"), "")


def sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
