"""The runner of connections: asks each for what is new, in its turn, and takes it in."""

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from django.db import close_old_connections, connection

from tellback.flow.incoming import Taken, take_in
from tellback.kit import clock
from tellback.kit.secret import WrongKey
from tellback.networks.connection import Connection, claim_due
from tellback.networks.contract import Batch, Unreachable
from tellback.networks.keeping import Arrival, refuse
from tellback.notices.models import notify

log = logging.getLogger("tellback.listen")
# Most of them sleep: a mailbox that waits for new mail keeps its thread.
AT_ONCE = 64


def listen_until(stopped: threading.Event, *, pause: float = 0.5) -> None:
    """Serve connections whose turn has come, several at a time, until `stopped` is set."""
    busy: set[int] = set()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="listen") as pool:
        while not stopped.is_set():
            due = next_due(busy)
            if due is None:
                stopped.wait(pause)
                continue
            busy.add(due.pk)
            pool.submit(listen_in_thread, due, stopped).add_done_callback(partial(done, busy, due.pk))


def done(busy: set[int], pk: int, _: "Future[None]") -> None:
    busy.discard(pk)


def next_due(busy: set[int]) -> Connection | None:
    try:
        if len(busy) >= AT_ONCE:
            return None
        found = claim_due(at=clock.now())
        return found if found is None or found.pk not in busy else None
    except Exception:
        log.exception("The connections could not be read; trying again")
        return None
    finally:
        close_old_connections()


def listen_in_thread(row: Connection, stopped: threading.Event) -> None:
    try:
        listen_once(row, stopped)
    except Exception:
        log.exception("Listening at %s stumbled", row)
    finally:
        connection.close()


def listen_once(row: Connection, stopped: threading.Event | None = None) -> int:
    """Take in what one connection has. What goes wrong is written on the connection, in words. Returns posts taken."""
    count = 0
    try:
        for batch in row.adapter.listen(row.all_settings(), row.cursor):
            take_batch(row, batch)
            count += len(batch.parcels)
            if (stopped is not None and stopped.is_set()) or not goes_on(row):
                break
            if not connection.in_atomic_block:
                # Between two batches a stream may sleep for long: it holds no database connection meanwhile.
                connection.close()
    except (Unreachable, WrongKey) as fault:
        trouble(row, str(fault))
    except Exception as fault:
        log.exception("The adapter of %s stumbled", row)
        trouble(row, f"Its adapter stumbled ({type(fault).__name__}: {fault}). It is tried again.")
    return count


def goes_on(row: Connection) -> bool:
    """Is it still to be listened at, with the settings that we began with? Renews its turn, so that no other comes."""
    standing = Connection.objects.listening().filter(pk=row.pk).first()
    if standing is None or (standing.settings, standing.secrets) != (row.settings, row.secrets):
        return False
    turn = clock.now() + timedelta(seconds=max(row.every, 30))
    return bool(Connection.objects.filter(pk=row.pk).update(next_at=turn))


def take_batch(row: Connection, batch: Batch) -> Taken:
    """Take one batch in, and only then move the cursor: a process that dies between the two hears it again."""
    at = clock.now()
    taken = take_in([Arrival(row, parcel, at) for parcel in batch.parcels]) if batch.parcels else Taken()
    if batch.broken:
        refuse(row, batch.broken, at=at)
    row.heard(dict(batch.cursor), at=at)
    return taken


def trouble(row: Connection, why: str) -> None:
    at = clock.now()
    row.failed(why, at=at)
    Connection.objects.filter(pk=row.pk).update(next_at=at + timedelta(seconds=max(row.every, 60)))
    notify(row.workspace_id, f"{row}: {why}", key=f"connection:{row.pk}", at=at, url=f"connection:{row.pk}")
