"""The orders of the inbox: the urgent first, each order in pages on one index, and the row that takes a row's place."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection

from tellback.cases import holding
from tellback.cases.models import Case
from tellback.desk import ordering, queues
from tellback.desk.tests.test_inbox import many, url
from tellback.kit.clock import now

INDEXES = {
    "waiting": "cases_who_waits", "unassigned": "cases_nobody_has", "next": "cases_next_answer",
    "snoozed": "cases_put_off", "closed": "cases_closed",
}  # fmt: skip
URGENT = {
    "waiting": "cases_urgent", "unassigned": "cases_urgent_nobody_has", "next": "cases_urgent_next_answer",
}  # fmt: skip


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


def shown(ines, world, query=""):
    """All rows of a queue, page by page."""
    seen, address = [], url(world, query)
    while address:
        response = ines.get(address)
        seen += [row.case.pk for row in response.context["rows"]]
        address = response.context["later_url"]
    return seen


def urgent(rows):
    Case.objects.filter(pk__in=[row.pk for row in rows]).update(urgency=Case.URGENT)
    return [row.pk for row in rows]


def by_wait(cases):
    return list(cases.order_by("waiting_since", "id").values_list("pk", flat=True))


@pytest.mark.parametrize("queue", ["waiting", "mine", "unassigned", "next"])
def test_the_urgent_stand_first_and_then_who_waits_longest(world, ines, queue):
    rows = many(world, 130)
    urgent(rows[:70:2])
    Case.objects.update(answered_at=now())
    if queue == "mine":
        Case.objects.update(holder=world.ines)
    ahead = by_wait(Case.objects.urgent())
    assert shown(ines, world, f"?queue={queue}") == ahead + by_wait(Case.objects.exclude(pk__in=ahead))


def test_among_mine_the_urgent_that_do_not_wait_are_not_ahead(world, ines):
    rows = many(world, 60)
    pks = urgent(rows[:4])
    Case.objects.update(holder=world.ines)
    Case.objects.filter(pk__in=pks[:2]).update(waiting_since=None)
    seen = shown(ines, world, "?queue=mine")
    assert seen[:2] == [pks[3], pks[2]]
    assert seen[-2:] == pks[:2]
    assert len(seen) == len(set(seen)) == 61


@pytest.mark.parametrize("queue", ["waiting", "mine"])
@pytest.mark.parametrize("sort", ["longest", "newest"])
def test_the_other_orders_know_no_urgency(world, ines, sort, queue):
    rows = many(world, 120)
    urgent(rows[:3])
    Case.objects.filter(pk__in=[row.pk for row in rows[:70]]).update(waiting_since=rows[0].waiting_since)
    Case.objects.update(holder=world.ines)
    wanted = by_wait(Case.objects.all())
    assert shown(ines, world, f"?queue={queue}&sort={sort}") == (wanted if sort == "longest" else wanted[::-1])


def test_an_order_that_there_is_not_is_the_first_one(world, ines):
    pks = urgent(many(world, 3)[:1])
    assert shown(ines, world, "?sort=no")[0] == pks[0]


def test_the_order_is_chosen_on_the_page_and_the_urgent_are_named(world, ines):
    urgent(many(world, 3)[:1])
    page = ines.get(url(world)).content.decode()
    assert page.count("Urgent</span>") == 2  # the row, and the pane
    assert 'aria-current="true">Urgent first</a>' in page
    assert 'href="/w/harbour-desk/?sort=newest"' in page
    assert "desk-sorts" not in ines.get(url(world, "?queue=closed")).content.decode()


@pytest.mark.only_sqlite  # PostgreSQL plans by its statistics
@pytest.mark.parametrize("sort", ordering.SORTS)
@pytest.mark.parametrize("queue", INDEXES)
def test_each_part_of_a_page_reads_one_index_in_its_order(world, queue, sort):
    rows = many(world, 200)
    Case.objects.filter(title__startswith="Trouble 1").update(snoozed_until=now())
    Case.objects.filter(title__startswith="Trouble 2").update(closed_at=now(), waiting_since=None)
    urgent(rows[30:40])
    Case.objects.filter(pk__in=[row.pk for row in rows[35:50]]).update(answered_at=now())
    analyse()
    member = world.member(world.ines)
    for after in ("", f"!{now().isoformat()},5", f"{now().isoformat()},5"):
        want = queues.Chosen(queue=queue, sort=sort, after=after)
        order = ordering.order_of(queue, sort)
        parts = ordering.parts(queues.cases_of(member, want), order, ordering.read_key(after))
        indexes = [URGENT[queue], INDEXES[queue]] if order.urgent else [INDEXES[queue]]
        assert_plans(parts, indexes[-len(parts) :])


@pytest.mark.only_sqlite
def test_a_brand_reads_its_own_index(world):
    urgent(many(world, 100)[:5])
    analyse()
    query = queues.cases_of(world.member(world.ines), queues.Chosen(brand=world.norrtel))
    parts = ordering.parts(query, ordering.order_of("waiting", "urgent"), None)
    assert_plans(parts, ["cases_urgent_by_brand", "cases_who_waits_by_brand"])


def analyse():
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def assert_plans(parts, indexes):
    for part, index in zip(parts, indexes, strict=True):
        plan = part[:51].explain()
        assert f"INDEX {index} " in plan
        assert "TEMP B-TREE" not in plan.upper()


@pytest.mark.parametrize("sort", ordering.SORTS)
def test_places_compare_as_their_rows_stand(world, sort):
    rows = many(world, 30)
    urgent(rows[3:9])
    Case.objects.filter(pk__in=[row.pk for row in rows[20:]]).update(waiting_since=rows[0].waiting_since)
    Case.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(waiting_since=None)
    Case.objects.update(holder=world.ines)
    cases, _ = queues.page(world.member(world.ines), queues.Chosen(queue="mine", sort=sort))
    order = ordering.order_of("mine", sort)
    places = [ordering.place_of(case, order) for case in cases]
    assert all(ordering.rank(one, order) < ordering.rank(two, order) for one, two in pairwise(places))
    assert [ordering.read_key(ordering.key_of(case, order)) for case in cases] == places


def after_closing(ines, world, number, query="", **more):
    """Close the row of this number from its pane; the page to which that leads."""
    page = ines.get(url(world, query))
    case = page.context["rows"][number].case
    page = ines.get(
        url(world, query), {"case": case.pk} | dict(pair.split("=") for pair in query[1:].split("&") if pair)
    )
    said = {"reason": "not_ours", "back": page.context["back"], "stay": page.context["stay"]}
    return case, ines.post(url(world, f"cases/{case.pk}/closure/"), said | more, follow=True)


@pytest.mark.parametrize("query", ["", "?sort=longest", "?sort=newest", "?queue=unassigned", "?lane=Complaint"])
@pytest.mark.parametrize("number", [0, 4, 29])
def test_after_an_act_the_row_that_took_the_place_is_chosen(world, ines, number, query):
    rows = many(world, 29)
    urgent(rows[10:15])
    Case.objects.update(lane="Complaint")
    before = [row.case.pk for row in ines.get(url(world, query)).context["rows"]]
    case, page = after_closing(ines, world, number, query)
    assert case.pk == before[number]
    left = [pk for pk in before if pk != case.pk]
    assert page.context["chosen"].pk == left[min(number, 28)]
    assert f'aria-current="true" autofocus><bdi>{page.context["chosen"].person}' in page.content.decode()


def test_on_a_later_page_one_stays_there(world, ines):
    many(world, 80)
    query = "?" + ines.get(url(world)).context["later_url"].split("?")[1]
    page = ines.get(url(world, query))
    case, following = (row.case for row in page.context["rows"][7:9])
    said = {"reason": "let_stand", "back": ines.get(url(world, f"{query}&case={case.pk}")).context["back"]}
    page = ines.post(url(world, f"cases/{case.pk}/closure/"), said, follow=True)
    assert page.context["chosen"] == following
    assert page.context["first_url"]


def test_a_case_that_stays_in_sight_shows_where_the_list_goes_on(world, ines):
    many(world, 9)
    page = ines.get(url(world, "?queue=unassigned"))
    case, following = (row.case for row in page.context["rows"][3:5])
    page = ines.get(url(world, f"?queue=unassigned&case={case.pk}"))
    page = ines.post(url(world, f"cases/{case.pk}/holding/"), {"stay": page.context["stay"]}, follow=True)
    assert page.context["chosen"] == case
    assert page.context["gap"] == following.pk
    assert page.content.decode().count("data-next") == 1
    said = {"reason": "not_ours", "back": page.context["back"]}
    page = ines.post(url(world, f"cases/{case.pk}/closure/"), said, follow=True)
    assert page.context["chosen"] == following


def test_the_pane_alone_knows_the_place_too(world, ines):
    many(world, 9)
    case = ines.get(url(world, "?sort=newest")).context["rows"][2].case
    back = url(world, "?sort=newest&near=no&near=x")
    for _ in range(2):
        pane = ines.get(url(world, f"cases/{case.pk}/pane/"), {"back": back}, HTTP_HX_REQUEST="true")
        back = pane.context["back"]
    assert back.count("near=") == 1
    assert "sort=newest" in back
    away = ines.get(url(world, f"cases/{case.pk}/pane/"), {"back": "//evil.example"}, HTTP_HX_REQUEST="true")
    assert away.context["back"] == url(world)


def test_who_was_answered_meanwhile_leaves_the_place_from_which_one_came(world, ines):
    many(world, 9)
    rows = [row.case for row in ines.get(url(world)).context["rows"]]
    stay = ines.get(url(world, f"?case={rows[4].pk}")).context["stay"]
    holding.take(rows[4], by=world.ines, at=now())
    Case.objects.filter(pk=rows[4].pk).update(waiting_since=None)
    page = ines.get(stay)
    assert (page.context["chosen"], page.context["gap"]) == (rows[4], rows[5].pk)


def test_one_that_comes_in_between_does_not_move_the_place(world, ines):
    rows = many(world, 9)
    page = ines.get(url(world))
    case, following = (row.case for row in page.context["rows"][3:5])
    back = ines.get(url(world, f"?case={case.pk}")).context["back"]
    Case.objects.filter(pk=rows[0].pk).update(waiting_since=now() - timedelta(days=9))
    page = ines.post(url(world, f"cases/{case.pk}/closure/"), {"reason": "not_ours", "back": back}, follow=True)
    assert page.context["chosen"] == following
