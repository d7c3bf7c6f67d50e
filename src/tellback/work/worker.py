"""A worker: takes jobs, runs them, renews its lease while it does, and says how it went."""

import json
import logging
import os
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections, connection
from django.utils.module_loading import import_string

from tellback.kit import clock
from tellback.kit.bulk import as_json
from tellback.work import job as jobs
from tellback.work.job import Job

log = logging.getLogger("tellback.work")


def worker_name(number: int = 0) -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{number}"


def work_until(stopped: threading.Event, *, queues: list[str], name: str, pause: float = 0.25) -> None:
    """Take and run jobs until `stopped` is set. A job that has begun is finished first."""
    while not stopped.is_set():
        if not work_once(queues=queues, name=name):
            close_old_connections()
            stopped.wait(pause)
    connection.close()


def work_once(*, queues: list[str], name: str) -> bool:
    """Run one due job. False when there is none."""
    try:
        taken = jobs.claim(worker=name, queues=queues, at=clock.now())
    except Exception:
        log.exception("The job table could not be read; the worker waits and tries again")
        connection.close()
        return False
    for job in taken:
        attempt(job)
    return bool(taken)


def attempt(job: Job) -> None:
    """Run a job so that the worker outlives it: what cannot even be written down is tried again at the lease's end."""
    try:
        run(job)
    except Exception:
        log.exception("%s: how it went could not be written; it runs again when its lease ends", job.task)
        connection.close()


def run(job: Job) -> None:
    """Call the task. Whatever it raises is written on the job, which is tried again after a pause."""
    if jobs.is_spent(job):
        jobs.fail(job, jobs.KILLED, at=clock.now())
        return
    try:
        with heartbeat(job):
            task = import_string(job.task)
            # Made JSON here, so that a result that cannot be kept is the job's fault and not the worker's.
            result = as_json(task.func(*job.arguments["args"], **job.arguments["kwargs"]))
    except Exception:
        log.warning("%s failed (attempt %s of %s)", job.task, job.attempts, job.max_attempts, exc_info=True)
        jobs.fail(job, traceback.format_exc(), at=clock.now())
    else:
        jobs.finish(job, json.loads(result), at=clock.now())


@contextmanager
def heartbeat(job: Job) -> Iterator[None]:
    """Renew the lease from a thread every third of its length, for as long as the block runs."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(job.lease_seconds / 3):
            try:
                if not jobs.renew(job, at=clock.now()):
                    return
            except Exception:
                log.warning("A lease could not be renewed; trying again", exc_info=True)
        connection.close()

    thread = threading.Thread(target=beat, daemon=True, name=f"heartbeat-{job.pk}")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=5)


def run_all_due(queues: list[str] | None = None) -> int:
    """Run what is due now, in this thread, until nothing is: for tests and for commands that wait for the end."""
    count = 0
    while work_once(queues=queues or ["default", "heavy", "outgoing"], name=worker_name()):
        count += 1
    return count
