"""The engine: workers, the clock and the listeners, as threads of one process that serves no pages.

It is a process of its own so that posts may pour in and be judged while the pages keep their pace.
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence

from django.db import connection

from tellback.flow.clock import CLOCK
from tellback.flow.incoming import pick_up
from tellback.flow.listening import listen_until
from tellback.kit import clock
from tellback.kit.process import settle_down
from tellback.work.recurring import tick
from tellback.work.worker import work_until, worker_name

log = logging.getLogger("tellback.engine")
Part = Callable[[threading.Event], None]


def run(parts: Sequence[Part], *, parent: int | None = None) -> None:
    """Run parts, each in a thread, until a signal comes or the parent process is gone."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    settle_down()
    threads = [threading.Thread(target=guarded, args=(part, stopped), name=part.__name__) for part in parts]
    for thread in threads:
        thread.start()
    while not stopped.wait(1.0):
        # Whoever started us was killed without a word: nobody would ever stop us.
        if parent is not None and os.getppid() != parent:
            stopped.set()
    for thread in threads:
        thread.join(timeout=30)


def guarded(part: Part, stopped: threading.Event) -> None:
    """A part that stumbles is started again after a pause; one that returns has done its work."""
    while not stopped.is_set():
        try:
            part(stopped)
            return
        except Exception:
            log.exception("%s stumbled; it starts again in 5 seconds", part.__name__)
            connection.close()
            stopped.wait(5)


def workers(stopped: threading.Event) -> None:
    """Two workers for what is quick, one for what goes out: a network that hangs holds up no other work."""
    loads = [["default", "heavy"], ["default"], ["outgoing"], ["outgoing"]]
    threads = [
        threading.Thread(
            target=work_until,
            args=(stopped,),
            kwargs={"queues": queues, "name": worker_name(number)},
            name=f"work-{number}",
        )
        for number, queues in enumerate(loads)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def ticking(stopped: threading.Event) -> None:
    """The clock."""
    while not stopped.wait(1.0):
        tick(CLOCK, at=clock.now())
    connection.close()


def listening(stopped: threading.Event) -> None:
    """What was kept when the last process was killed first, then the connections."""
    pick_up()
    listen_until(stopped)
