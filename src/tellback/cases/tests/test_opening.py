from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.batches import arrive
from tests.processes import together

from tellback.cases import answering, closing, holding, snoozing
from tellback.cases.models import Assignment, Case, Clock, Closure, Entry, Snooze, Strand
from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.triage.models import Question, Verdict
from tellback.work.worker import run_all_due
from tellback.workspace.models import Calendar

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
ANSWER = "I am Ines at Norrtel, it is mended."


@pytest.fixture
def case(world):
    world.hear("tove", TROUBLE, id="a")
    return Case.objects.get()


@pytest.fixture
def answered(world, case):
    answering.answer(case, text=ANSWER, by=world.ines, at=now())
    run_all_due()
    return Case.objects.get(pk=case.pk)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_a_conversation_is_one_strand(case):
    strand = Strand.objects.get()
    strand.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        strand.save(force_insert=True)


def test_what_comes_in_an_open_case_is_an_entry_whatever_the_chart_would_say(world, case):
    ends = arrive(
        world.paper,
        ("b", "tove", "what a lovely day", {"answers": "a"}),
        ("c", "tove", "buy cheap watches at https://watches.example", {"answers": "b"}),
        ("d", "bram", "I had that too", {"answers": "a"}),
    )
    assert ends[:2] == ["entry", "entry"]
    assert Entry.objects.filter(case=case, kind="post").count() == 3
    assert not Entry.objects.filter(case=case, post__author__name="bram").exists()


def test_in_one_batch_too_and_no_question_is_asked_of_it(world):
    ends = arrive(world.paper, ("a", "tove", TROUBLE), ("b", "tove", "no, still broken", {"answers": "a"}))
    assert ends == ["through", "entry"]
    assert (Verdict.objects.count(), Question.objects.count()) == (1, 0)
    assert Entry.objects.filter(kind="post").count() == 2


def test_first_and_next_answer(world, case, answered):
    assert Clock.objects.get().kind == "first"
    assert fresh(case).waiting_since is None
    world.hear("tove", "no, still broken", answers="a")
    clock = Clock.objects.get(stopped_at=None)
    assert clock.kind == "next"
    assert clock.due_at - clock.started_at == timedelta(minutes=world.norrtel.next_answer)
    world.hear("tove", "hello?", answers="a")
    assert Clock.objects.filter(stopped_at=None).get() == clock
    assert fresh(case).waiting_since == clock.started_at


def test_an_automatic_reply_stops_no_clock(world, case):
    answering.answer(case, text="We have your words.", by=None, at=now(), automatic=True)
    run_all_due()
    assert Clock.objects.get().stopped_at is None
    assert fresh(case).answered_at is None
    with pytest.raises(closing.CannotClose):
        closing.close(case, reason="told", by=world.ines, at=now())


def test_the_clock_runs_in_the_brands_hours(world):
    world.norrtel.calendar = Calendar.objects.create(
        workspace=world.workspace, name="Never on the day after", zone="UTC", week=[[[0, 1]]] * 7
    )
    world.norrtel.save()
    world.hear("tove", TROUBLE)
    clock = Clock.objects.get()
    assert clock.due_at - clock.started_at > timedelta(days=13)


def test_a_bare_thanks_starts_nothing_and_more_than_thanks_does(world, case, answered):
    closing.close(answered, reason="told", by=world.ines, at=now())
    for words in ("thanks!", "Thank you so much"):
        world.hear("tove", words, answers="a")
    assert not fresh(case).is_open
    world.hear("tove", "thanks but it is broken again, this is terrible", answers="a")
    assert fresh(case).is_open
    assert Closure.objects.get().reopened_at


def test_closing_rules(world, case):
    for reason, words in [("told", ""), ("elsewhere", " "), ("nonsense", "x"), ("", "")]:
        with pytest.raises(closing.CannotClose):
            closing.close(case, reason=reason, words=words, by=world.ines, at=now())
    closing.close(case, reason="elsewhere", words="by phone", by=world.ines, at=now())
    with pytest.raises(closing.CannotClose, match="already"):
        closing.close(case, reason="let_stand", by=world.ines, at=now())
    assert Clock.objects.get().stopped_at
    assert fresh(case).waiting_since is None
    assert closing.reopen(case, why="a mistake", by=world.ines, at=now())
    assert not closing.reopen(case, why="a mistake", by=world.ines, at=now())
    assert Clock.objects.filter(stopped_at=None).count() == 1


def test_an_answer_from_before_it_was_opened_again_tells_nobody(world, case, answered):
    closing.close(answered, reason="told", by=world.ines, at=now())
    closing.reopen(answered, why="They said that it did not help", by=None, at=now())
    with pytest.raises(closing.CannotClose):
        closing.close(answered, reason="told", by=world.ines, at=now())


def test_snoozing_and_waking(world, case):
    at = now()
    with pytest.raises(ValueError, match="still to come"):
        snoozing.snooze(case, until=at, by=world.ines, at=at)
    snoozing.snooze(case, until=at + timedelta(hours=1), by=world.ines, at=at)
    assert not Case.objects.waiting().exists()
    assert snoozing.wake_due(at=at + timedelta(minutes=59)) == 0
    assert snoozing.wake_due(at=at + timedelta(hours=1)) == 1
    assert snoozing.wake_due(at=at + timedelta(hours=1)) == 0
    case = fresh(case)
    snoozing.snooze(case, until=at + timedelta(hours=9), by=world.ines, at=at)
    world.hear("tove", "thanks", answers="a")
    assert fresh(case).snoozed_until is not None
    world.hear("tove", "it is still broken", answers="a")
    assert fresh(case).snoozed_until is None
    assert Snooze.objects.filter(ended_at=None).count() == 0


def test_a_closed_case_is_not_put_off_and_closing_ends_a_snooze(world, case):
    snoozing.snooze(case, until=now() + timedelta(hours=1), by=world.ines, at=now())
    closing.close(case, reason="let_stand", by=world.ines, at=now())
    assert not Snooze.objects.filter(ended_at=None).exists()
    with pytest.raises(ValueError, match="closed"):
        snoozing.snooze(fresh(case), until=now() + timedelta(hours=1), by=world.ines, at=now())


def test_who_has_it(world, other_world, case):
    holding.take(case, by=world.ines, at=now())
    holding.assign(case, holder=world.jonah, by=world.ines, at=now())
    assert Assignment.objects.filter(ended_at=None).get().holder == world.jonah
    holding.let_go(case, by=world.jonah, at=now())
    assert fresh(case).holder is None
    assert not Assignment.objects.filter(ended_at=None).exists()
    with pytest.raises(ValueError, match="cannot answer"):
        holding.assign(case, holder=other_world.ines, by=world.ines, at=now())
    world.member(world.jonah)
    world.workspace.members.filter(user=world.jonah).update(role="reader")
    with pytest.raises(ValueError, match="cannot answer"):
        holding.assign(case, holder=world.jonah, by=world.ines, at=now())
    assert [fact.body["holder"] for fact in Fact.objects.filter(kind="case.taken").order_by("id")] == [
        world.ines.pk, world.jonah.pk, None,
    ]  # fmt: skip


def test_by_hand(world, case):
    opened = holding.open_by_hand(
        brand=world.norrtel, person=case.person, text="They called: no line", how="phone", by=world.ines, at=now()
    )
    assert (opened.holder, opened.waiting_since is not None) == (world.ines, True)
    with pytest.raises(answering.CannotSend, match="phone or letter"):
        answering.answer(opened, text=ANSWER, by=world.ines, at=now())
    closing.close(opened, reason="elsewhere", words="on the phone", by=world.ines, at=now())


@pytest.mark.django_db(transaction=True)
def test_two_processes_open_one_case(world):
    def brings(id):
        return f"""
from tellback.networks.models import Connection
from tests.batches import arrive
def words(n):
    return "@norrtel you charged me twice, fix it " + " ".join(f"{id}{{n}}{{k}}" for k in range(12))
arrive(Connection.objects.get(pk={world.paper.pk}),
       *[(f"{id}{{n}}", f"customer{{n}}", words(n), {{"thread": f"t{{n}}"}}) for n in range(25)])
"""

    together(brings("x"), brings("y"))
    assert Case.objects.count() == Strand.objects.count() == 25
    assert Entry.objects.filter(kind="post").count() == 50
    assert Clock.objects.filter(stopped_at=None).count() == 25


@pytest.mark.django_db(transaction=True)
def test_an_entry_and_a_close_at_once_leave_no_clock_on_a_closed_case(world):
    for number in range(12):
        world.hear(f"customer{number}", f"@norrtel you charged me {number} times, house {number * 31}", id=f"a{number}")
    speak = f"""
from tellback.networks.models import Connection
from tests.batches import arrive
paper = Connection.objects.get(pk={world.paper.pk})
for n in range(12):
    arrive(paper, (f"b{{n}}", f"customer{{n}}", "it is broken and I am angry, fix it", {{"answers": f"a{{n}}"}}))
"""
    close = """
from tellback.cases import closing
from tellback.cases.models import Case
from tellback.kit.clock import now
for case in Case.objects.order_by("id"):
    closing.close(case, reason="let_stand", by=None, at=now())
"""
    together(speak, close)
    closed = Case.objects.closed()
    assert not closed.filter(waiting_since__isnull=False).exists()
    assert not Clock.objects.filter(case__in=closed, stopped_at=None).exists()
