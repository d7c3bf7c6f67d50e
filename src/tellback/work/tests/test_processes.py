"""Workers in real processes: one is killed, two compete."""

import signal

import pytest
from tests.processes import begin, end, in_thread, until

from tellback.kit.clock import now
from tellback.work.models import Job, Tick
from tellback.work.recurring import Every, tick
from tellback.work.tests import acts
from tellback.work.worker import run_all_due

pytestmark = pytest.mark.django_db(transaction=True)

WORK = """
import threading
from tellback.work.worker import work_until, worker_name
work_until(threading.Event(), queues=["default"], name=worker_name(), pause=0.02)
"""
ALL_DUE = "from tellback.work.worker import run_all_due; print(run_all_due(['default']))"


def test_the_job_of_a_killed_worker_is_run_again_when_its_lease_ends(tmp_path):
    path = tmp_path / "a"
    acts.linger.enqueue(str(path), 1)
    process = begin(WORK)
    try:
        until(lambda: acts.lines(path))
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    killed = Job.objects.get()
    assert (killed.state, killed.attempts) == ("running", 1)
    assert run_all_due() == 0
    until(lambda: now() > killed.lease_until)
    assert run_all_due() == 1
    job = Job.objects.get()
    assert (job.state, job.attempts) == ("done", 2)
    assert [line.split()[0] for line in acts.lines(path)] == ["begun", "begun", "ended"]


def test_two_processes_never_run_the_same_job(tmp_path):
    path = tmp_path / "a"
    for number in range(150):
        acts.mark.enqueue(str(path), str(number))
    counts = [int(end(process)) for process in [begin(ALL_DUE), begin(ALL_DUE), begin(ALL_DUE)]]
    done = [line.split()[0] for line in acts.lines(path)]
    assert sorted(done, key=int) == [str(number) for number in range(150)]
    assert sum(counts) == 150
    assert set(Job.objects.values_list("state", "attempts")) == {("done", 1)}


def test_the_clock_ticks_once_whoever_looks():
    entry = Every("mark", 60, acts.long, "a test")
    at = now()
    begun = []

    threads = [in_thread(lambda: begun.extend(tick([entry], at=at))) for _ in range(8)]
    for thread in threads:
        thread.join()
    assert begun == ["mark"]
    assert Job.objects.count() == 1
    assert Tick.objects.get().slot == entry.slot(at)
