from datetime import timedelta

import pytest
from django.db import transaction
from django_tasks.exceptions import TaskResultDoesNotExist

from tellback.kit.clock import now
from tellback.work import job as jobs
from tellback.work.models import Job
from tellback.work.tests import acts
from tellback.work.worker import run_all_due, work_once

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_enqueued():
    with transaction.atomic():
        acts.stumble.enqueue("x")
        acts.stumble.once("key").enqueue("x")
        assert Job.objects.count() == 2
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_key_holds_while_its_job_is_unfinished(tmp_path):
    first = acts.mark.once("k").enqueue(str(tmp_path / "a"), "one")
    again = acts.mark.once("k").enqueue(str(tmp_path / "a"), "two")
    assert first.id == again.id
    taken = jobs.claim(worker="w", queues=["default"], at=now())
    acts.mark.once("k").enqueue(str(tmp_path / "a"), "three")
    assert Job.objects.count() == 1
    jobs.finish(taken[0], None, at=now())
    acts.mark.once("k").enqueue(str(tmp_path / "a"), "four")
    assert Job.objects.count() == 2


def test_nothing_runs_before_its_time(tmp_path):
    acts.mark.using(run_after=now() + timedelta(hours=1)).enqueue(str(tmp_path / "a"), "later")
    assert run_all_due() == 0
    Job.objects.update(run_at=now())
    assert run_all_due() == 1


def test_the_more_urgent_goes_first_and_equals_in_their_order(tmp_path):
    path = str(tmp_path / "a")
    for words, priority in [("low", -5), ("first", 0), ("second", 0), ("high", 50)]:
        acts.mark.using(priority=priority).enqueue(path, words)
    Job.objects.update(run_at=now())
    run_all_due()
    assert [line.split()[0] for line in acts.lines(path)] == ["high", "first", "second", "low"]


def test_a_worker_takes_only_from_its_queues(tmp_path):
    acts.mark.using(queue_name="heavy").enqueue(str(tmp_path / "a"), "x")
    assert not work_once(queues=["default", "outgoing"], name="w")
    assert work_once(queues=["heavy"], name="w")


def test_the_result_can_be_asked_for(tmp_path):
    waiting = acts.mark.enqueue(str(tmp_path / "a"), "x")
    broken = acts.stumble.enqueue("it broke")
    assert acts.mark.get_result(waiting.id).status == "READY"
    run_all_due()
    done = acts.mark.get_result(waiting.id)
    assert (done.status, done.return_value, done.attempts) == ("SUCCESSFUL", "x", 1)
    found = acts.stumble.get_result(broken.id)
    assert (found.status, found.attempts) == ("READY", 1)
    assert "it broke" in found.errors[0].traceback
    for strange in ("999999", "none", "", "-1", "²"):
        with pytest.raises(TaskResultDoesNotExist):
            acts.mark.get_result(strange)
