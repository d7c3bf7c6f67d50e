"""The chart as a page: its counts add up, a click lists exactly what an edge counts, an answer moves a post on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tellback.kit.clock import now
from tellback.listen.models import Mention
from tellback.triage import answering, judging
from tellback.triage.day import day_in, flow
from tellback.triage.drawing import balance
from tellback.triage.models import Policy, Question, Tally, Verdict
from tellback.triage.passed import passed
from tellback.triage.signals import Signal
from tellback.work.models import Job
from tellback.work.worker import run_all_due
from tellback.workspace.founding import make_brand

POSTS = [
    "@norrtel you charged me twice for October and nobody answers, fix it please",
    "@norrtel the crew at the Corrin shop was lovely, thank you so much",
    "@norrtel there is smoke from your box in the hall, people are coughing",
    "@norrtel doubt: your bills are a lie",
    "@skylark doubt: half the crew the rules ask for",
    "@skylark my bag is three days late and this is awful",
]


class Doubtful:
    """Unsure whether it is true wherever a post says so."""

    def __init__(self, judge):
        self.judge = judge

    def signals(self, posts):
        read = self.judge.signals(posts)
        doubt = {"facts_wrong": Signal(0.5, ((9, 14),))}
        return [{**row, **doubt} if "doubt" in post.text else row for post, row in zip(posts, read, strict=True)]


@pytest.fixture
def busy(world, monkeypatch):
    monkeypatch.setattr(judging, "_judge", [Doubtful(judging._judge[0])])
    for number, text in enumerate(POSTS):
        world.hear(f"customer{number}", text)
    return world


@pytest.fixture
def desk(client, busy):
    client.force_login(busy.ines)
    return client


def today(world, **more):
    policy = Policy.objects.select_related("workspace").in_force(world.workspace.pk)
    return day_in(policy, "", at=now(), **more)


def chart_url(world):
    return reverse("triage:chart", args=[world.workspace.slug])


def edges_agree(day):
    counts = flow(day).counts
    assert balance(day.policy.drawn(), counts) == []
    for node in day.policy.drawn().nodes.values():
        for key, _ in node.edges():
            listed = passed(day, key)
            assert len(listed.rows) == counts.edges.get(key, 0), key
            assert listed.later == ""
    return counts


def test_what_comes_in_goes_out_or_waits(busy):
    counts = edges_agree(today(busy))
    assert counts.heard == len(POSTS)
    assert counts.waiting == {"true": 2}


def test_one_brand_is_a_part_of_all(busy):
    counts = edges_agree(today(busy, brand=busy.skylark))
    assert (counts.heard, counts.waiting) == (2, {"true": 1})


def test_the_page_says_where_posts_stop(desk, busy):
    page = desk.get(chart_url(busy)).content.decode()
    assert "Where do our posts go? 2 stop at “Is it true?” and wait for a person." in page
    assert "<mark>doubt</mark>" in page
    assert "50% sure it is “yes”; from 72% on no person is asked" in page
    skylark = desk.get(chart_url(busy), {"brand": busy.skylark.pk}).content.decode()
    assert "Where do Skylark’s posts go? 1 stops at “Is it true?” and waits for a person." in skylark


def test_a_click_on_an_edge_lists_its_posts(desk, busy):
    there = desk.get(chart_url(busy), {"edge": "true:yes", "brand": busy.skylark.pk})
    assert there.status_code == 302
    page = desk.get(there.url).content.decode()
    assert "1 post answered “Is it true?” with yes." in page
    assert "my bag is three days late" in page
    assert "charged me twice" not in page
    assert desk.get(reverse("triage:edge", args=[busy.workspace.slug, "nowhere:yes"])).status_code == 404


def test_the_table_has_the_same_figures(desk, busy):
    page = desk.get(chart_url(busy), {"table": 1}).content.decode()
    assert "waits for a person" in page
    assert "Danger, law or press? yes: 1" in page


def answer_url(world, question):
    return reverse("triage:answer", args=[world.workspace.slug, question.pk])


def test_yes_moves_the_post_on_once_the_time_to_undo_is_over(desk, busy):
    question = Question.objects.waiting().first()
    judged = Verdict.objects.count()
    there = desk.post(answer_url(busy, question), {"answer": "yes", "back": "chart", "node": "true"})
    assert there.url == chart_url(busy) + f"?node=true&behind={question.pk}#asked"
    edges_agree(today(busy))
    run_all_due()
    assert Verdict.objects.count() == judged
    assert flow(today(busy)).counts.waiting == {"true": 1}
    Job.objects.filter(state="ready").update(run_at=now())
    run_all_due()
    assert Verdict.objects.count() == judged + 1
    counts = edges_agree(today(busy))
    assert (counts.heard, counts.waiting) == (len(POSTS), {"true": 1})


def test_no_takes_the_other_edge(desk, busy):
    desk.post(answer_url(busy, Question.objects.waiting().first()), {"answer": "no"})
    Job.objects.filter(state="ready").update(run_at=now())
    run_all_due()
    assert edges_agree(today(busy)).edges["true:no"] == 1


def test_an_answer_is_taken_back_and_the_post_stays(desk, busy):
    question = Question.objects.waiting().first()
    desk.post(answer_url(busy, question), {"answer": "yes", "back": "chart"})
    page = desk.get(chart_url(busy)).content.decode()
    assert "You said yes to “@norrtel doubt" in page
    assert "Undo" in desk.get(chart_url(busy)).content.decode()
    undone = desk.post(answer_url(busy, question), {"_method": "delete", "back": "chart"}, follow=True)
    assert "Your yes to “@norrtel doubt: your bills are a lie” is taken back: it asks again." in undone.content.decode()
    Job.objects.filter(state="ready").update(run_at=now())
    run_all_due()
    question.refresh_from_db()
    assert question.answer is None
    assert Question.objects.waiting().count() == 2
    assert edges_agree(today(busy)).waiting == {"true": 2}


def test_what_has_gone_on_cannot_be_taken_back(desk, busy):
    question = Question.objects.waiting().first()
    desk.post(answer_url(busy, question), {"answer": "yes"})
    Job.objects.filter(state="ready").update(run_at=now())
    run_all_due()
    page = desk.delete(answer_url(busy, question), follow=True).content.decode()
    assert "Too late to take it back." in page
    assert Question.objects.get(pk=question.pk).answer is True


def test_nobody_takes_back_what_another_answered(desk, busy):
    question = Question.objects.waiting().first()
    answering.answer(question, yes=True, by=busy.jonah, at=now(), hold=True)
    desk.delete(answer_url(busy, question))
    assert Question.objects.get(pk=question.pk).answer is True


def test_who_answers_second_is_told_so_kindly(desk, busy):
    question = Question.objects.waiting().first()
    answering.answer(question, yes=True, by=busy.jonah, at=now(), hold=True)
    page = desk.post(answer_url(busy, question), {"answer": "no"}, follow=True).content.decode()
    assert "Somebody has answered that one meanwhile." in page
    assert Question.objects.get(pk=question.pk).answer is True


def test_the_questions_page_asks_one_at_a_time_and_then_nobody(desk, busy):
    url = reverse("triage:questions", args=[busy.workspace.slug])
    assert "2 questions wait for a person." in desk.get(url).content.decode()
    for question in list(Question.objects.waiting()):
        desk.post(answer_url(busy, question), {"answer": "yes", "back": "questions"})
    assert "Nobody asks anything." in desk.get(url).content.decode()


def test_skip_leads_to_the_next_and_round_again(desk, busy):
    first, second = Question.objects.waiting()
    url = reverse("triage:questions", args=[busy.workspace.slug])
    assert f"?question={second.pk}#asked" in desk.get(url).content.decode()
    assert f"?question={first.pk}#asked" in desk.get(url, {"question": second.pk}).content.decode()


def test_after_an_answer_the_next_behind_it_is_asked_and_not_the_first(desk, busy):
    for what in ("your tariff", "the coverage map", "every promise about roaming", "that advert on the tram"):
        busy.hear(f"asks {what}", f"@norrtel doubt: {what} is a lie")
    rows = list(Question.objects.waiting())
    for _ in range(2):
        page = desk.post(answer_url(busy, rows[2]), {"answer": "no", "back": "questions"}, follow=True)
        assert page.context["heap"].now.row == rows[3]
        assert "answered meanwhile. This is" not in page.content.decode()
    page = desk.post(answer_url(busy, rows[-1]), {"answer": "yes", "back": "chart", "node": "true"}, follow=True)
    assert page.context["heap"].now.row == rows[-2]
    assert desk.get(chart_url(busy), {"node": "true", "question": rows[2].pk}).context["heap"].now.row == rows[3]
    assert desk.get(chart_url(busy), {"behind": "99999"}).context["heap"].now.row == rows[0]


def test_of_many_brands_one_is_selected(desk, busy):
    assert "<select" not in desk.get(chart_url(busy)).content.decode().split('id="asked"')[0]
    for number in range(7):
        make_brand(busy.workspace, f"Brand {number}", terms=[], at=now())
    page = desk.get(chart_url(busy), {"brand": busy.skylark.pk, "day": "2026-01-05"}).content.decode()
    assert f'<option value="{busy.skylark.pk}" selected>Skylark</option>' in page
    assert 'name="day" value="2026-01-05"' in page
    assert f'<a href="{chart_url(busy)}?brand=' not in page


def test_a_live_part_keeps_its_question_and_says_when_it_is_gone(desk, busy):
    _, second = Question.objects.waiting()
    page = desk.get(
        chart_url(busy), {"question": second.pk, "node": "true"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in page
    assert f"node=true&amp;question={second.pk}" in page
    answering.answer(second, yes=True, by=busy.jonah, at=now(), hold=True)
    page = desk.get(
        chart_url(busy), {"question": second.pk, "node": "true"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "That question is answered meanwhile." in page


def test_a_reader_reads_and_may_not_answer(client, busy):
    busy.member(busy.ines).__class__.objects.filter(user=busy.ines).update(role="reader")
    client.force_login(busy.ines)
    assert "agents answer" in client.get(chart_url(busy)).content.decode()
    assert client.post(answer_url(busy, Question.objects.first()), {"answer": "yes"}).status_code == 403
    assert Question.objects.waiting().count() == 2


def test_another_workspace_sees_nothing(client, busy, other_world):
    client.force_login(other_world.owner)
    question = Question.objects.first()
    for name, args in (("chart", []), ("questions", []), ("edge", ["true:yes"]), ("policies", []), ("policy", [1])):
        assert client.get(reverse(f"triage:{name}", args=[busy.workspace.slug, *args])).status_code == 404
    assert client.post(answer_url(busy, question), {"answer": "yes"}).status_code == 404
    assert client.post(answer_url(other_world, question), {"answer": "yes"}).status_code == 404
    own = reverse("triage:chart", args=[other_world.workspace.slug])
    assert client.get(own, {"brand": busy.norrtel.pk}).status_code == 404
    assert "Nothing was heard today." in client.get(own).content.decode()


@pytest.mark.parametrize(
    "query",
    ["day=9999-12-31", "day=0001-01-01", "day=x", "node=x", "question=9" * 30, "question=x", "edge=x:yes", "table=1"],
)
def test_odd_addresses_do_no_harm(desk, busy, query):
    assert desk.get(f"{chart_url(busy)}?{query}").status_code in {200, 302}
    after = reverse("triage:edge", args=[busy.workspace.slug, "true:yes"])
    assert desk.get(after, {"after": query}).status_code == 200


def test_what_waits_since_yesterday_is_counted_today_and_yesterday(busy):
    post = Mention.objects.get(questions__in=Question.objects.filter(brand=busy.skylark)).post
    earlier = post.heard_at - timedelta(days=1)
    post.__class__.objects.filter(pk=post.pk).update(heard_at=earlier)
    Question.objects.filter(mention__post=post).update(asked_at=earlier)
    moved = ["heard", "danger:no", "about:yes", "seen:no", "incident:no", "true:wait"]
    before = Tally.objects.filter(brand=busy.skylark, edge__in=moved)
    day = today(busy).date
    policy = Policy.objects.get()
    judging.count({(policy.pk, busy.skylark.pk, day, edge): -1 for edge in moved})
    judging.count({(policy.pk, busy.skylark.pk, day - timedelta(days=1), edge): 1 for edge in moved})
    assert before.exists()
    going = flow(today(busy))
    assert (going.fresh, going.older, going.counts.waiting) == (len(POSTS) - 1, 1, {"true": 2})
    edges_agree(today(busy))
    policy = Policy.objects.select_related("workspace").get()
    yesterday = day_in(policy, (day - timedelta(days=1)).isoformat(), at=now())
    assert edges_agree(yesterday).waiting == {"true": 1}
    answering.answer(Question.objects.get(brand=busy.skylark), yes=True, by=busy.ines, at=now())
    run_all_due()
    assert edges_agree(yesterday).waiting == {}
    assert edges_agree(today(busy)).heard == len(POSTS) - 1


def test_a_person_who_overrides_takes_the_post_off_the_chart(busy):
    question = Question.objects.waiting().first()
    answering.override(question.mention, action="let_stand", by=busy.ines, at=now())
    counts = edges_agree(today(busy))
    assert (counts.heard, counts.waiting) == (len(POSTS) - 1, {"true": 1})


def test_a_new_version_leaves_waiting_posts_with_the_one_that_asked(busy):
    from tellback.triage.policy import adopt, keep_shipped

    old = today(busy)
    adopt(keep_shipped(busy.workspace, "social-media-triage", by=busy.jonah, at=now()), by=busy.jonah, at=now())
    for question in list(Question.objects.waiting()):
        answering.answer(question, yes=True, by=busy.ines, at=now())
    run_all_due()
    assert edges_agree(old).waiting == {}
    assert edges_agree(today(busy)).heard == 0


def test_the_page_asks_little_of_the_database(desk, busy, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        desk.get(chart_url(busy))
    for number in range(10):
        busy.hear(
            f"more{number}", f"@norrtel doubt: number {number * 7919} of your lies, a long one this time {number}"
        )
    with django_assert_max_num_queries(45):
        desk.get(chart_url(busy))
