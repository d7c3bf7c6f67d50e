"""How a connection stands, in words: what it does, and what to do where it does not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _

from tellback.networks.connection import Connection


@dataclass(frozen=True, slots=True)
class Standing:
    """`word` names the state, `what` says what to do or to expect."""

    state: Literal["listening", "fresh", "paused", "trouble", "removed"]
    word: str
    what: str


def standing(row: Connection, *, at: datetime) -> Standing:
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
