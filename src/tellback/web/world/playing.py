"""Playing: what happens in the made-up town from now on, a few seconds between two posts, then more, then silence."""

import logging
import threading
from collections.abc import Iterator
from zlib import crc32

from django.core.exceptions import ObjectDoesNotExist
from django.db import close_old_connections, transaction

from tellback.flow.listening import take_batch
from tellback.kit import clock
from tellback.networks.contract import Batch
from tellback.networks.keeping import digest, kept_before, short_id
from tellback.networks.models import Connection
from tellback.web.world import cast
from tellback.web.world.cast import Act, Line
from tellback.web.world.seeding import DEEDS, Telling, doors, standing

log = logging.getLogger("tellback.world")

# So many posts with so many seconds before each, on the whole; after the last the town has said what it had to say.
PACE = ((40, 5.0), (40, 20.0), (10_000, 60.0))


def play_live(stopped: threading.Event, pace: float = 1.0) -> int:
    """Play what has not been played, `pace` times as quickly, until it ends, `stopped` is set or the town is removed.

    What was played is known by what was kept, so a restart goes on where it was. Returns the number of posts played.
    """
    played = 0
    for pause, line in unplayed():
        if stopped.wait(pause / pace):
            break
        if not play(line):
            break
        played += 1
        for act in cast.acts_after(line):
            react(act)
        close_old_connections()
    return played


def unplayed() -> Iterator[tuple[float, Line]]:
    """(seconds of silence before it, line) of all that is still to come."""
    workspace = standing()
    if workspace is None:
        return
    opened = doors(workspace)
    for place, line in enumerate(cast.live()):
        if line.network in opened and not is_kept(opened[line.network], line):
            yield silence(place, line.row["id"]), line


def is_kept(door: Connection, line: Line) -> bool:
    parcel = line.parcel()
    key = (door.pk, short_id(parcel.external_id), digest(parcel.payload))
    return key in kept_before([key])


def silence(place: int, name: str) -> float:
    """Seconds before the post at this place: uneven, as people are, and the same each time."""
    uneven = 0.5 + crc32(name.encode()) % 1000 / 1000
    for count, seconds in PACE:
        if place < count:
            return seconds * uneven
        place -= count
    return PACE[-1][1]


def play(line: Line) -> bool:
    """One post comes in. False when its door is gone: somebody removed the town meanwhile."""
    workspace = standing()
    door = doors(workspace).get(line.network) if workspace else None
    if door is None:
        return False
    if door.paused_at is None:
        take_batch(door, Batch([line.parcel()], door.cursor))
    return True


def react(act: Act) -> bool:
    """A colleague does their part. False where a visitor was quicker, or the case is not there: then it is theirs."""
    workspace = standing()
    at = clock.now()
    try:
        with transaction.atomic():
            if workspace and is_for_us(telling := Telling(workspace, at), act):
                DEEDS[act.act](telling, act, at)
                return True
    except (ObjectDoesNotExist, ValueError) as why:
        log.debug("%s did not %s: %s", act.who, act.act, why)
    return False


def is_for_us(telling: Telling, act: Act) -> bool:
    case = telling.case(act)
    ours = {user.pk for user in telling.users.values()}
    return case.is_open and (case.holder_id is None or case.holder_id in ours)
