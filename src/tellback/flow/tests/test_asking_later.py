"""When the customer is asked: so long after closing as the workspace wishes, once, or never."""

from datetime import timedelta

import pytest

from tellback.cases import answering, closing
from tellback.cases.models import Case
from tellback.flow import returning
from tellback.kit.clock import now
from tellback.loop.models import Ask
from tellback.networks.paper.adapter import SHEETS
from tellback.work.models import Job, Route
from tellback.work.worker import run_all_due
from tellback.workspace.models import Workspace


@pytest.fixture
def case(world):
    Workspace.objects.update(ask_after=60)
    world.hear("tove.hallam", "@norrtel you charged me twice for October and nobody answers, fix it please")
    case = Case.objects.select_related("workspace").get()
    answering.answer(case, text="I am Ines at Norrtel. 49 went back today.", by=world.ines, at=now())
    run_all_due()
    return case


def close(world, case):
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()


def later(monkeypatch, **time):
    """Let time go by, and everything be done that falls due meanwhile."""
    there = now() + timedelta(**time)
    monkeypatch.setattr(returning.clock, "now", lambda: there)
    Job.objects.filter(state="ready", run_at__lte=there).update(run_at=now())
    run_all_due()


def words_of(case):
    return Route.objects.of("returning", case.pk).last().trail[-1]


def sent(world):
    return [out.text for out in SHEETS[world.workspace.name].written.values() if "Did this help?" in out.text]


def test_nobody_is_asked_before_the_time_has_come_and_then_once(world, case, monkeypatch):
    close(world, case)
    later(monkeypatch, minutes=59)
    assert not Ask.objects.exists()
    assert words_of(case)[1] == "wait"
    later(monkeypatch, minutes=61)
    assert Ask.objects.count() == len(sent(world)) == 1
    assert words_of(case) == ["ask", "next", "They were asked whether it helped."]
    returning.ask_later.func(Ask.objects.get().closure_id)
    run_all_due()
    assert len(sent(world)) == 1


def test_who_speaks_meanwhile_is_not_asked(world, case, monkeypatch):
    close(world, case)
    closing.reopen(case, why="They spoke again", by=None, at=now())
    later(monkeypatch, minutes=61)
    assert not Ask.objects.exists()
    answering.answer(case, text="Now it is mended.", by=world.ines, at=now())
    run_all_due()
    close(world, case)
    later(monkeypatch, minutes=123)
    assert len(sent(world)) == 1


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_never_is_never(world, case, monkeypatch, when):
    if when == "before":
        Workspace.objects.update(ask_after=None)
    close(world, case)
    Workspace.objects.update(ask_after=None)
    later(monkeypatch, days=40)
    assert not Ask.objects.exists()
    assert "asks nobody" in words_of(case)[2]


def test_a_longer_pause_is_kept_to(world, case, monkeypatch):
    close(world, case)
    Workspace.objects.update(ask_after=180)
    later(monkeypatch, minutes=61)
    assert not Ask.objects.exists()
    later(monkeypatch, minutes=182)
    assert Ask.objects.count() == 1


def test_without_a_pause_it_is_at_once(world, case):
    Workspace.objects.update(ask_after=0)
    close(world, case)
    assert Ask.objects.count() == 1


def test_where_there_is_nobody_to_ask_nothing_waits(world, case):
    closing.close(case, reason="let_stand", by=world.ines, at=now())
    jobs = Job.objects.filter(state="ready").count()
    run_all_due()
    assert Job.objects.filter(state="ready").count() <= jobs
    assert words_of(case)[2] == "Nobody to ask."
