from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import transaction

from tellback.events import announcing
from tellback.events.announcing import announce, announce_all, at_once, deliver, wire
from tellback.events.event import KINDS, Event
from tellback.events.forgetting import export, forget, forget_subjects
from tellback.events.models import Fact, Hearing, Ripple
from tellback.kit.clock import now
from tellback.work.models import Job
from tellback.work.worker import run_all_due

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    kind: ClassVar[str] = "lamp.lit"
    about: ClassVar[str] = "lamp"
    texts: ClassVar[tuple[str, ...]] = ("said",)
    said: str = ""


HEARD = []


def listener(events):
    HEARD.extend(event.subject for event in events)


def fails_once(events):
    HEARD.extend(event.subject for event in events)
    Ripple.objects.create(workspace_id=1, topics="done", at=now())
    if len(HEARD) == 1:
        raise ValueError("not yet")


@at_once
def immediate(events):
    HEARD.extend(event.subject for event in events)


@pytest.fixture(autouse=True)
def wiring():
    before = dict(announcing._wiring)
    HEARD.clear()
    yield wire
    wire(before)
    KINDS.setdefault("lamp.lit", LampLit)


def lamp(subject=1, **more):
    return LampLit(workspace=1, subject=subject, at=now(), **more)


@pytest.mark.django_db(transaction=True)
def test_facts_roll_back_with_the_change(wiring):
    wiring({LampLit: [listener]})
    with transaction.atomic():
        announce(lamp())
        transaction.set_rollback(True)
    assert not Fact.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_an_announcement_is_one(wiring):
    wiring({LampLit: [listener]})
    announce(lamp())
    assert (Fact.objects.count(), Job.objects.count()) == (1, 1)


def test_an_event_comes_back_from_its_fact_as_it_was(wiring):
    event = lamp(7, said="Grüße", by=3, person=4)
    announce(event)
    assert Fact.objects.get().event() == event


def test_each_subscriber_hears_once_though_its_job_runs_twice(wiring):
    wiring({LampLit: [listener]})
    announce_all([lamp(1), lamp(2)])
    run_all_due()
    job = Job.objects.get()
    deliver.func(*job.arguments["args"], **job.arguments["kwargs"])
    assert HEARD == [1, 2]
    assert Hearing.objects.count() == 2


def test_what_a_subscriber_did_before_it_failed_is_undone_and_done_again(wiring):
    wiring({LampLit: [fails_once]})
    announce(lamp())
    run_all_due()
    assert (Hearing.objects.count(), Ripple.objects.count()) == (0, 0)
    Job.objects.update(run_at=now())
    run_all_due()
    assert (Hearing.objects.count(), Ripple.objects.filter(topics="done").count()) == (1, 1)


def test_one_told_at_once_is_told_in_the_same_transaction(wiring):
    wiring({LampLit: [immediate, listener]})
    announce(lamp(5))
    assert HEARD == [5]
    run_all_due()
    assert HEARD == [5, 5]


def test_a_person_and_a_thing_can_be_forgotten():
    announce_all([lamp(1, said="mine", person=4), lamp(2, said="theirs", person=5), lamp(1, said="also", person=5)])
    assert [row["said"] for row in export(4)] == ["mine"]
    assert forget(4) == 1
    assert forget(4) == 0
    assert [fact.body["said"] for fact in Fact.objects.order_by("id")] == ["", "theirs", "also"]
    assert forget_subjects("lamp", [1]) == 1
    assert Fact.objects.count() == 3


def test_facts_of_a_kind_that_is_no_more_can_be_forgotten():
    announce(lamp(1, said="mine", person=4))
    del KINDS["lamp.lit"]
    assert forget(4) == 1
    assert Fact.objects.get().body["said"] == ""
