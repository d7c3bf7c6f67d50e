import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from tests.processes import in_thread

from tellback.kit import clock
from tellback.kit.clock import now
from tellback.work import job as jobs
from tellback.work import worker
from tellback.work.models import Job
from tellback.work.tests import acts

pytestmark = pytest.mark.django_db


def claim(at=None, name="w"):
    return jobs.claim(worker=name, queues=["default"], at=at or now())


def test_a_job_that_fails_comes_again_with_growing_pauses_and_then_no_more(monkeypatch):
    acts.stumble.enqueue("no")
    at = now()
    pauses = []
    for _ in range(3):
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        assert worker.run_all_due() == 1
        job = Job.objects.get()
        pauses.append((job.run_at - at).total_seconds())
        at = job.run_at
    assert pauses[:2] == [1, 2]
    assert (job.state, job.attempts) == ("failed", 3)
    assert "ValueError: no" in job.error
    assert worker.run_all_due() == 0
    jobs.revive(job, at=at)
    assert worker.run_all_due() == 1
    assert Job.objects.get().state == "failed"


def test_words_that_no_database_takes_do_not_hurt_the_worker():
    acts.stumble.enqueue("x")
    (job,) = claim()
    jobs.fail(job, "nul \x00 half \ud83d", at=now())
    assert Job.objects.get().error == "nul \N{REPLACEMENT CHARACTER} half ?"


def test_a_result_that_is_no_json_fails_the_job_and_not_the_worker():
    acts.give_back_a_set.enqueue()
    assert worker.run_all_due() == 1
    job = Job.objects.get()
    assert job.state == "ready"
    assert "set" in job.error


def test_a_task_that_is_gone_fails_in_words():
    acts.mark.enqueue("a", "b")
    Job.objects.update(task="tellback.work.tests.acts.gone")
    worker.run_all_due()
    assert "gone" in Job.objects.get().error


def test_a_worker_outlives_a_database_that_does_not_answer(monkeypatch, tmp_path):
    acts.mark.enqueue(str(tmp_path / "a"), "x")

    def locked(*_, **__):
        raise DatabaseError("locked")

    monkeypatch.setattr(jobs, "finish", locked)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    assert worker.work_once(queues=["default"], name="w")
    assert Job.objects.get().state == "running"


@pytest.mark.parametrize(("task", "seconds"), [(acts.linger, 2), (acts.mark, 60), (acts.long, 600)])
def test_a_lease_is_as_long_as_the_task_says_from_the_first_moment(task, seconds):
    task.enqueue()
    at = now()
    (job,) = claim(at)
    assert job.lease_until == at + timedelta(seconds=seconds)
    assert not claim(at + timedelta(seconds=seconds - 1))
    (again,) = claim(at + timedelta(seconds=seconds + 1), "other")
    assert again.attempts == 2


def test_the_word_of_one_who_lost_the_lease_does_not_count():
    acts.mark.enqueue("a", "b")
    at = now()
    (late,) = claim(at, "first")
    (ours,) = claim(at + timedelta(seconds=61), "second")
    assert not jobs.renew(late, at=at)
    assert not jobs.finish(late, "late", at=at)
    jobs.fail(late, "late", at=at)
    assert Job.objects.get().state == "running"
    assert jobs.finish(ours, "ours", at=at)
    assert Job.objects.get().result == "ours"


def test_one_worker_that_takes_its_own_lost_job_again_is_two_attempts():
    acts.mark.enqueue("a", "b")
    at = now()
    (late,) = claim(at)
    (ours,) = claim(at + timedelta(seconds=61))
    assert late.worker == ours.worker
    assert not jobs.finish(late, None, at=at)
    assert jobs.finish(ours, None, at=at)


def test_what_kills_every_worker_is_given_up():
    acts.stumble.enqueue("x")  # three attempts
    at = now()
    for number in range(3):
        assert claim(at + timedelta(seconds=61 * number))
    (spent,) = claim(at + timedelta(seconds=200))
    worker.run(spent)
    job = Job.objects.get()
    assert job.state == "failed"
    assert "killed" in job.error


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_keeps_a_long_job(tmp_path):
    acts.linger.enqueue(str(tmp_path / "a"), 4)
    thread = in_thread(lambda: worker.work_once(queues=["default"], name="first"))
    stolen = []
    while thread.is_alive():
        stolen += claim(name="thief") if acts.lines(tmp_path / "a") else []
        time.sleep(0.2)
    thread.join()
    assert stolen == []
    job = Job.objects.get()
    assert (job.state, job.attempts, job.worker) == ("done", 1, "first")
