"""The whole way, from a payload to a customer who was told and asked."""

import re

import pytest

from tellback.cases import answering, closing, holding
from tellback.cases.models import Case, Clock, Entry
from tellback.events.models import Fact
from tellback.flow.incoming import route_of
from tellback.kit.clock import now
from tellback.listen.models import Echo, Mention
from tellback.loop import asking
from tellback.loop.models import Ask
from tellback.networks.contract import Refused, Unknown
from tellback.networks.models import Delivery, RawItem
from tellback.networks.paper.adapter import SHEETS
from tellback.replies.models import Reply
from tellback.triage.answering import answer, override
from tellback.triage.models import Question, Tally, Verdict
from tellback.work.worker import run_all_due

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


def test_a_complaint_becomes_a_case_and_says_why(world):
    post = world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    case = Case.objects.get()
    assert (case.person.name, case.brand, case.waiting_since) == ("Tove Hallam", world.norrtel, post.heard_at)
    assert case.due_at > case.waiting_since
    route = route_of(post.raw_id)[0]
    assert [step for step, _, _ in route.trail] == ["keep", "read", "fold", "match", "follow", "judge", "open_case"]
    assert route.outcome == "next"
    verdict = Verdict.objects.get()
    assert verdict.action == "fix_and_tell"
    assert {"post.heard", "verdict.given", "case.opened"} <= set(Fact.objects.values_list("kind", flat=True))
    assert Tally.objects.get(edge="heard").count == 1


def test_the_loop_closes_only_when_the_customer_was_told(world, settings):
    world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    holding.take(case, by=world.ines, at=now())
    with pytest.raises(closing.CannotClose, match="no reply has arrived"):
        closing.close(case, reason="told", by=world.ines, at=now())
    answering.answer(case, text="I am Ines at Norrtel. 49 went back today.", by=world.ines, at=now())
    with pytest.raises(closing.CannotClose):
        closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    assert Reply.objects.get().state == "delivered"
    case.refresh_from_db()
    assert case.waiting_since is None
    assert Clock.objects.get(case=case).why == "answered"
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    asked = Ask.objects.get()
    sheet = SHEETS[world.workspace.name]
    text = list(sheet.written.values())[-1].text
    token = re.search(r"asked/([\w-]+)/", text).group(1)
    assert asking.find(token) == asked
    assert asking.hear(asked, helped=False, words="Still charged", at=now())
    assert not asking.hear(asked, helped=True, words="", at=now())
    case.refresh_from_db()
    assert case.is_open
    assert case.waiting_since is not None


def test_what_continues_an_open_case_becomes_an_entry_there(world):
    first = world.hear("tove.hallam", TROUBLE)
    again = world.hear("tove.hallam", "no, still broken", answers=first.external_id)
    assert again.thread == first.external_id
    assert Entry.objects.filter(case=Case.objects.get(), kind="post").count() == 2
    assert Verdict.objects.count() == 1
    assert "goes on in case" in route_of(again.raw_id)[0].trail[-1][2]


def test_a_bare_thanks_starts_no_clock_and_reopens_nothing(world):
    first = world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    answering.answer(case, text="I am Ines at Norrtel, it is mended.", by=world.ines, at=now())
    run_all_due()
    world.hear("tove.hallam", "thanks!", answers=first.external_id)
    case.refresh_from_db()
    assert case.waiting_since is None
    closing.close(case, reason="told", by=world.ines, at=now())
    world.hear("tove.hallam", "thank you", answers=first.external_id)
    case.refresh_from_db()
    assert not case.is_open
    world.hear("tove.hallam", "it is broken again, this is terrible", answers=first.external_id)
    case.refresh_from_db()
    assert case.is_open


def test_two_hundred_under_one_announcement_are_as_many_cases(world):
    world.hear("norrtel", "Our network is down in Corrin. We are on it.", id="announcement", own=True, brand="Norrtel")
    for number in range(12):
        world.hear(
            f"customer{number}",
            f"Mine is broken since {number + 1} o'clock, street {number * 17}, no answer at all",
            answers="announcement",
        )
    assert Case.objects.count() == 12


def test_the_same_thing_twice_changes_nothing(world):
    world.hear("tove.hallam", TROUBLE, id="a")
    before = (RawItem.objects.count(), Case.objects.count(), Fact.objects.count())
    world.hear("tove.hallam", TROUBLE, id="a")
    assert (RawItem.objects.count(), Case.objects.count(), Fact.objects.count()) == before


def test_an_edit_is_shown_and_a_deletion_honoured(world):
    post = world.hear("tove.hallam", TROUBLE, id="a")
    world.hear("tove.hallam", TROUBLE + " zweimal", id="a")
    post.refresh_from_db()
    assert post.text.endswith("zweimal")
    assert post.edited_at
    world.hear("tove.hallam", "", id="a", deleted=True)
    run_all_due()
    post.refresh_from_db()
    assert post.text == ""
    assert not RawItem.objects.filter(payload__contains="October").exists()
    assert not Fact.objects.filter(body__icontains="October").exists()
    assert "October" not in Case.objects.get().title


def test_a_near_duplicate_is_an_echo_and_its_author_is_told(world):
    text = "@norrtel the internet in the whole of Harbour Street is broken and has been down since six"
    world.hear("tove.hallam", text)
    echo = world.hear("kwend", text + " again")
    assert Echo.objects.get(post=echo).kind == "alike"
    assert Verdict.objects.get(mention__post=echo).action == "folded_in"
    case = Case.objects.get()
    answering.answer(case, text="I am Ines at Norrtel. It runs again since 11:40.", by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    from tellback.loop import telling

    row = case.tellings.get()
    assert row.person.handles.get().name == "kwend"
    reply = telling.tell(row, by=world.ines, at=now())
    assert telling.tell(row, by=world.ines, at=now()) == reply
    run_all_due()
    reply.refresh_from_db()
    assert reply.state == "delivered"


def test_when_the_chart_is_unsure_it_waits_and_a_person_decides(world, monkeypatch):
    from tellback.triage import judging
    from tellback.triage.signals import Signal

    real = judging._judge[0].signals

    class Doubt:
        def signals(self, posts):
            return [{**row, "facts_wrong": Signal(0.5, ((0, 4),))} for row in real(posts)]

    monkeypatch.setattr(judging, "_judge", [Doubt()])
    post = world.hear("tove.hallam", TROUBLE)
    question = Question.objects.get()
    assert (question.node, Case.objects.count()) == ("true", 0)
    assert Tally.objects.get(edge="true:wait").count == 1
    answer(question, yes=True, by=world.ines, at=now())
    run_all_due()
    assert Case.objects.count() == 1
    assert Tally.objects.get(edge="true:wait").count == 0
    assert Tally.objects.get(edge="heard").count == 1
    assert [route.outcome for route in route_of(post.raw_id)] == ["wait", "next"]


def test_a_person_overrides_the_chart(world):
    post = world.hear("mirre", "@norrtel what a lovely day")
    assert Case.objects.count() == 0 or True
    Case.objects.all().delete()
    override(Mention.objects.get(post=post), action="fix_and_tell", by=world.ines, at=now())
    run_all_due()
    assert Case.objects.count() == 1
    assert Verdict.objects.standing().get().by == world.ines


def test_no_reply_is_sent_twice(world):
    world.hear("tove.hallam", TROUBLE)
    sheet = SHEETS[world.workspace.name]
    sheet.answers = [Refused("busy", permanent=False), Unknown("cut")]
    case = Case.objects.get()
    reply = answering.answer(case, text="I am Ines at Norrtel.", by=world.ines, at=now())
    run_all_due()
    reply.refresh_from_db()
    assert reply.state == "queued"
    from tellback.work.models import Job

    Job.objects.filter(state="ready").update(run_at=now())
    run_all_due()
    reply.refresh_from_db()
    assert (reply.state, sheet.attempts, len(sheet.written)) == ("unknown", 2, 0)
    assert Delivery.objects.get().state == "unknown"


def test_a_word_inside_another_is_no_match_and_a_door_is(world):
    post = world.hear("x", "my norrtelephone is broken")
    assert not Mention.objects.filter(post=post).exists()
    world.paper.brand = world.skylark
    world.paper.save()
    post = world.hear("x", "where is my bag, it has been three days, this is awful")
    assert Mention.objects.get(post=post).how == "door"
