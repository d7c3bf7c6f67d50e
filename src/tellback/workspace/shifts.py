"""Shifts as one writes them, "9:00-12:00, 13:00-17:30", and back. Pure; minutes of a day, 0 to 1440."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from tellback.workspace.business_time import Span

SHIFT = re.compile(r"\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|\u2013|\u2014|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*\Z", re.ASCII)
MOST = 8


class ShiftFault(ValueError):
    """What cannot be read, and how to write it."""


def parse(text: str) -> list[Span]:
    """Spans in order from "9:00-12:00, 13:00-17:30"; none from "" or "closed". Raises ShiftFault.

    Hours may stand without minutes ("9-12"), 24:00 is the end of the day, dashes may be long.
    """
    if text.strip().lower() in {"", "-", "closed", _("closed")}:
        return []
    pieces = [piece for piece in re.split(r"[,;]", text) if piece.strip()]
    if len(pieces) > MOST:
        raise ShiftFault(_("More than eight shifts on one day. Join some of them."))
    spans = sorted(parse_one(piece.strip()) for piece in pieces)
    for (_start, end), (start, _end) in pairwise(spans):
        if start < end:
            raise ShiftFault(
                _("Two shifts overlap at %(clock)s. Let one end before the other begins.") % {"clock": clock(start)}
            )
    return spans


def parse_one(piece: str) -> Span:
    found = SHIFT.match(piece)
    if not found:
        raise ShiftFault(_("“%(piece)s” is not a shift. Write it like 9:00-12:00.") % {"piece": piece[:20]})
    hours, minutes, to_hours, to_minutes = (int(part or 0) for part in found.groups())
    start, end = minute(hours, minutes, piece), minute(to_hours, to_minutes, piece)
    if start >= end:
        raise ShiftFault(backwards(piece[:20], start, end))
    return start, end


def backwards(piece: str, start: int, end: int) -> str:
    """What is wrong with a shift that ends before it begins, and what was probably meant."""
    said = {"piece": piece, "start": clock(start), "end": clock(end), "later": clock(end + 720)}
    if 0 < end <= 720 and start < 720:
        return _("“%(piece)s” ends before it begins. For the afternoon, write %(start)s-%(later)s.") % said
    return _("“%(piece)s” ends before it begins. Over midnight, write two: until 24:00, then from 0:00.") % said


def minute(hours: int, minutes: int, piece: str) -> int:
    total = hours * 60 + minutes
    if minutes > 59 or total > 1440:
        raise ShiftFault(_("“%(piece)s” names an hour that no day has.") % {"piece": piece[:20]})
    return total


def clock(minutes: int) -> str:
    """ "9:00", "17:30"; 1440 is "24:00"."""
    return f"{minutes // 60}:{minutes % 60:02}"


def write(spans: Sequence[Sequence[int]]) -> str:
    """The text that `parse` reads; "" for a closed day."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in spans)
