"""The made-up town: it can be told, it reads well, it plays on after a restart, and it goes without a trace."""

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from django.apps import apps
from django.db import transaction

from tellback.cases import holding
from tellback.cases.models import Case, Closure
from tellback.events.models import Fact
from tellback.kit import clock
from tellback.listen.models import Echo, Mention, Post
from tellback.loop.models import Ask, Telling
from tellback.networks.models import Connection, RawItem
from tellback.replies.models import Reply
from tellback.triage.models import Question, Tally, Verdict
from tellback.web.world import cast, playing
from tellback.web.world.playing import play_live, silence
from tellback.web.world.remove import NotADemo, remove_demo
from tellback.web.world.seeding import DEEDS, seed, standing, welcome
from tellback.work.models import Job
from tellback.work.route import Route
from tellback.work.worker import run_all_due
from tellback.workspace.models import Role, User, Workspace

AT = datetime(2026, 10, 14, 13, 30, tzinfo=UTC)
NAMED = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:example|com|org|net|io|co|uk|de|fr|eu|app|dev|info|biz|social|town)\b")


def test_every_line_can_be_played():
    lines = cast.lines()
    assert len(lines) >= 300
    assert len(cast.live()) >= 100
    assert {line.network for line in lines} == set(cast.NETWORKS)
    assert all(line.parcel().payload for line in lines)
    assert max(line.ago for line in cast.past()) < timedelta(days=14)


def test_every_sentence_is_said_once():
    said = Counter(line.row["text"] for line in cast.lines() if line.row["text"])
    assert [text for text, times in said.items() if times > 1] == []
    answers = Counter(act.words for act in cast.acts() if act.act == "answer")
    assert [text for text, times in answers.items() if times > 1] == []


def test_what_is_done_is_done_about_something_that_was_said():
    said = {(line.network, line.row["id"]): place for place, line in enumerate(cast.lines())}
    first = {(line.network, line.row["id"]): line.ago for line in reversed(cast.past())}
    for act in cast.acts():
        assert act.act in DEEDS
        if act.ago is None:
            assert said[act.network, act.about] < said[act.after]
        else:
            assert act.ago <= first[act.network, act.about]


@pytest.mark.parametrize("name", ["posts.jsonl", "acts.jsonl"])
def test_no_address_but_invented_ones(name):
    found = {word for row in cast.rows(name) for word in NAMED.findall(json.dumps(row, ensure_ascii=False))}
    assert found
    assert {word for word in found if not word.endswith(".example")} == set()


def test_the_search_for_addresses_would_find_a_real_one():
    assert NAMED.findall("write to care@norrtel.example or see www.norrtel.com") == [
        "norrtel.example",
        "www.norrtel.com",
    ]


@dataclass
class Told:
    """The town, told once for all tests here; what each of them does to it is rolled back."""

    town: Workspace
    seconds: float
    before: dict[str, int]
    after: dict[str, int]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        before, begun = rows_everywhere(), process_time()
        town = seed(AT)
        yield Told(town, process_time() - begun, before, rows_everywhere())
        transaction.set_rollback(True)


@pytest.fixture
def town(told, db):
    return Workspace.objects.get(pk=told.town.pk)


def test_seeding_is_quick_and_twice_is_once(told, town):
    # 4 to 6 on a quiet machine; twice that where both cores are shared, since it is processor time that is counted.
    assert told.seconds < 20
    assert seed(AT + timedelta(days=1)) == town
    assert Workspace.objects.get() == town == standing()
    assert rows_everywhere() == told.after
    assert (town.name, town.is_demo) == ("Harbour desk", True)
    assert Job.objects.unfinished().count() == Job.objects.failed().count() == 0


def test_the_inbox_reads_well(town):
    waiting = list(Case.objects.waiting().longest_first().select_related("brand"))
    assert 15 <= len(waiting) <= 30
    waits = [AT - case.waiting_since for case in waiting]
    assert waits[0] > timedelta(days=3)
    assert waits[-1] < timedelta(minutes=5)
    assert sum(wait < timedelta(hours=1) for wait in waits) >= 8
    assert sum(timedelta(hours=1) < wait < timedelta(days=1) for wait in waits) >= 5
    assert {case.brand.name for case in waiting} == {"Norrtel", "Skylark"}
    assert 0 < sum(case.due_at < AT for case in waiting) < len(waiting)
    assert any(case.holder_id for case in waiting)
    assert any(case.answered_at for case in waiting)
    assert Case.objects.snoozed().count() >= 1


def test_every_outcome_of_the_line_occurs(town):
    ends = Counter((route.step, route.outcome) for route in Route.objects.filter(line="incoming"))
    assert ends.keys() >= {
        ("open_case", "next"),
        ("judge", "wait"),
        ("match", "stop"),
        ("fold", "stop"),
        ("follow", "stop"),
    }
    assert set(Echo.objects.values_list("kind", flat=True)) >= {"repost", "alike"}
    assert Post.objects.exclude(edited_at=None).exists()
    gone = Post.objects.exclude(deleted_at=None).get()
    assert gone.text == ""
    assert not RawItem.objects.filter(payload__contains="88 1520").exists()
    assert not Case.objects.filter(title__contains="88 1520").exists()
    assert Mention.objects.filter(how="own").exists()
    assert set(Mention.objects.values_list("how", flat=True)) == {"own", "term", "door", "thread"}
    assert Post.objects.filter(mentions=None, own=False, deleted_at=None).count() >= 3


def test_every_main_action_occurs_and_some_posts_ask(town):
    actions = Counter(Verdict.objects.standing().values_list("action", flat=True))
    assert actions.keys() == {
        "human_now", "not_ours", "folded_in", "correct_facts", "add_and_share", "thank", "let_stand", "watch",
        "fix_and_tell", "person_decides",
    }  # fmt: skip
    assert 4 <= Question.objects.filter(answered_at=None).count() <= 12
    assert Verdict.objects.exclude(overrides=None).exists()
    assert Tally.objects.filter(day=AT.date(), edge="heard").exists()


def test_what_was_done_was_done_in_its_own_time(town):
    assert set(Closure.objects.values_list("reason", flat=True)) >= {"told", "let_stand", "elsewhere"}
    assert Ask.objects.filter(helped=True).exists()
    assert Closure.objects.filter(reopened_why__contains="did not help").exists()
    assert Telling.objects.exists()
    late = [reply.delivered_at - reply.at for reply in Reply.objects.delivered()]
    assert max(late) < timedelta(minutes=1)
    assert set(Reply.objects.values_list("state", flat=True)) == {"delivered"}
    assert Fact.objects.filter(at__gt=AT).count() == 0
    assert clock.now() > AT


def test_nobody_can_sign_in_as_the_cast_and_the_first_owner_is_let_in(town):
    assert not any(user.has_usable_password() for user in User.objects.all())
    first = User.objects.create_user("first@harbour.example", "a long password", name="Sela Wren")
    assert welcome(first).role == Role.OWNER
    remove_demo(town)
    assert welcome(first) is None


def test_the_town_plays_on_where_it_was(town, monkeypatch):
    monkeypatch.setattr(playing, "close_old_connections", lambda: None)
    before = RawItem.objects.count()

    class Working(threading.Event):
        def wait(self, timeout=None):
            run_all_due()
            return False

    class Soon(Working):
        turns = 0

        def wait(self, timeout=None):
            self.turns += 1
            return super().wait() or self.turns > 30

    assert play_live(Soon()) == 30
    assert RawItem.objects.count() == before + 30
    rest = play_live(Working())
    assert RawItem.objects.count() == before + 30 + rest == len(cast.lines())
    assert play_live(threading.Event(), pace=1e9) == 0
    pile = Case.objects.filter(strands__thread="hs", strands__network="Bluesky")
    assert pile.count() >= 10
    assert pile.exclude(holder=None).count() >= 4
    assert pile.filter(closures__reason="told").distinct().count() >= 2


def test_a_colleague_leaves_a_visitors_case_alone(town):
    act = next(act for line in cast.live() for act in cast.acts_after(line) if act.act == "answer")
    asked = next(each for each in cast.live() if (each.network, each.row["id"]) == (act.network, act.about))
    assert not playing.react(act)
    assert playing.play(asked)
    case = Case.objects.get(entries__post__external_id=act.about)
    visitor = User.objects.create_user("first@harbour.example", "a long password", name="Sela Wren")
    welcome(visitor)
    holding.take(case, by=visitor, at=clock.now())
    assert not playing.react(act)
    holding.let_go(case, by=visitor, at=clock.now())
    assert playing.react(act)
    assert Reply.objects.filter(text=act.words).count() == 1


def test_the_silences_are_short_at_first(db):
    waits = [silence(place, line.row["id"]) for place, line in enumerate(cast.live())]
    assert all(2 <= wait <= 8 for wait in waits[:40])
    assert 1800 < sum(waits) < 7200
    assert sum(waits[:40]) < sum(waits[40:80]) < sum(waits[80:])


def test_a_removed_town_ends_the_playing(town):
    class Removing(threading.Event):
        def wait(self, timeout=None):
            remove_demo(town)
            return False

    assert play_live(Removing()) == 0


def test_gone_with_one_click_and_nothing_else(told, town, world):
    world.hear("tove.hallam", "@norrtel you charged me twice for October, please fix it")
    both = rows_everywhere()
    owner = User.objects.get(email="odile@harbour.example")
    welcome(owner)
    remove_demo(town)
    kept = {name: count - told.after[name] + told.before[name] for name, count in both.items()}
    # Finished jobs name no workspace and go by themselves after a day.
    assert {
        name: count for name, count in rows_everywhere().items() if kept[name] != count and name != "work.job"
    } == {}
    assert Connection.objects.get() == world.paper
    with pytest.raises(NotADemo):
        remove_demo(world.workspace)


def rows_everywhere():
    return {model._meta.label_lower: model.objects.count() for model in apps.get_models() if model._meta.managed}
