"""The figures of the chart's pages: every version's posts are counted, no more than one reads, each by an index."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tellback.kit.clock import now
from tellback.kit.prepared import MOST
from tellback.listen.models import Mention
from tellback.triage import answering
from tellback.triage.asked import heap
from tellback.triage.day import day_in, elsewhere, held_on, waiting_of
from tellback.triage.drawing import SWATCH, draw
from tellback.triage.layout import Counts
from tellback.triage.models import Policy, Question
from tellback.triage.policy import adopt, keep_shipped
from tellback.triage.tests.test_chart_page import busy, chart_url, desk  # noqa: F401

pytestmark = pytest.mark.django_db


def another_version(world):
    policy = keep_shipped(world.workspace, "social-media-triage", by=world.jonah, at=now())
    adopt(policy, by=world.jonah, at=now())
    return policy


def today(world):
    return day_in(Policy.objects.select_related("workspace").in_force(world.workspace.pk), "", at=now())


def many(world, count):
    """As many open questions more, each of a mention of its own."""
    like = Question.objects.waiting().first()
    mention = like.mention
    post = mention.post
    made = []
    for number in range(count):
        post.pk, post.external_id = None, f"copy-{number}"
        post.save(force_insert=True)
        mention.pk, mention.post = None, post
        mention.save(force_insert=True)
        made.append(
            Question(workspace=like.workspace, brand=like.brand, mention_id=mention.pk, policy=like.policy,
                     node=like.node, asked_at=like.asked_at - timedelta(seconds=number)))  # fmt: skip
    Question.objects.bulk_create(made)


def test_after_a_new_version_the_heading_counts_all(desk, busy):  # noqa: F811
    another_version(busy)
    page = desk.get(chart_url(busy)).content.decode()
    assert "Nothing was heard" not in page
    assert "Nobody asks anything" not in page
    assert "This version has judged none yet. 2 that other versions stopped wait for a person." in page
    assert "6 heard since midnight, 0 of them by this version since" in page
    busy.hear("late", "@norrtel the crew at the Corrin shop was lovely, thank you so much again")
    page = desk.get(chart_url(busy)).content.decode()
    assert "judged none" not in page
    assert "2 that other versions stopped wait for a person." in page
    assert "7 heard since midnight, 1 of them by this version since" in page
    assert "Nobody waits" not in page
    skylark = desk.get(chart_url(busy), {"brand": busy.skylark.pk}).content.decode()
    assert "1 that another version stopped waits for a person." in skylark
    assert "2 heard since midnight, 0 of them" in skylark


def test_one_version_alone_says_nothing_of_others(desk, busy):  # noqa: F811
    page = desk.get(chart_url(busy)).content.decode()
    assert "6 heard since midnight," in page
    assert "version since" not in page
    assert "of them" not in page


@pytest.mark.only_sqlite  # PostgreSQL plans by its statistics
def test_each_count_reads_its_index(busy, monkeypatch, django_assert_num_queries):  # noqa: F811
    first = today(busy).policy
    another_version(busy)
    day = today(busy)
    open_ones = Question.objects.waiting().filter(workspace=busy.workspace)
    assert "INDEX questions_at_a_node " in waiting_of(day, [first.pk]).explain()
    plan = open_ones.filter(policy=first, node="true")[:50].explain()
    assert "INDEX questions_at_a_node " in plan
    assert "TEMP B-TREE FOR ORDER" not in plan.upper()
    assert "INDEX questions_open " in open_ones[:50].explain()
    assert "INDEX questions_held " in Question.objects.held().filter(workspace=busy.workspace).explain()
    answering.answer(open_ones[0], yes=True, by=busy.ines, at=now(), hold=True)
    with django_assert_num_queries(1):
        assert len(held_on(day)) == 1


def test_who_waits_is_counted_to_a_thousand(desk, busy, monkeypatch):  # noqa: F811
    monkeypatch.setattr("tellback.triage.asked.MOST", 60)
    monkeypatch.setattr("tellback.kit.prepared.MOST", 60)
    monkeypatch.setattr("tellback.triage.day.MOST_COUNTED", 60)
    many(busy, 70)
    assert MOST == 1000
    found = heap(busy.workspace, at=now())
    assert (found.count, found.count_words) == (61, "60+")
    page = desk.get(reverse("triage:questions", args=[busy.workspace.slug])).content.decode()
    assert "60+ questions wait for a person." in page
    another_version(busy)
    assert elsewhere(today(busy)).waiting_words == "60+"
    assert "60+ that other versions stopped wait" in desk.get(chart_url(busy)).content.decode()
    assert Mention.objects.count() > 70


@pytest.mark.parametrize("heard", [0, 1, 6, 7, 20, 26, 99, 250, 1000, 98_765])
def test_the_legend_stays_in_its_line(world, heard):
    drawing = draw(today(world).policy.drawn(), Counts(heard=heard))
    assert drawing.sample_width <= SWATCH
    assert bool(drawing.sample) == (heard >= 7)


def test_the_words_of_the_first_bar_stay_left_of_the_first_question(world):
    from tellback.triage.drawing import Words

    drawing = draw(today(world).policy.drawn(), Counts(heard=1204), words=Words(heard="today, 1,103 before"))
    heard = next(one for one in drawing.labels if one.kind == "heard")
    question = min((one for one in drawing.labels if one.kind == "question"), key=lambda one: one.x)
    assert len(heard.lines) == 4
    assert heard.box.right < question.box.left
