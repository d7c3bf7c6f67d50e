"""The inbox: who waits, longest first, on one quick index."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tellback.cases import holding, snoozing
from tellback.cases.models import Case, Snooze
from tellback.desk import queues
from tellback.kit import bulk
from tellback.kit.clock import now
from tellback.workspace.founding import add_member, make_brand
from tellback.workspace.models import User

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


def url(world, tail=""):
    return f"/w/{world.workspace.slug}/{tail}"


def many(world, count, brand=None):
    """Cases that wait, one a minute, written past the line."""
    world.hear("tove.hallam", TROUBLE)
    first = Case.objects.get()
    rows = [
        Case(
            workspace=world.workspace, brand=brand or world.norrtel, person=first.person, title=f"Trouble {n}",
            network="Paper", lane="Complaint", opened_at=now(), last_at=now(),
            waiting_since=now() - timedelta(minutes=n + 1), due_at=now() - timedelta(minutes=n - 14.5),
        )
        for n in range(count)
    ]  # fmt: skip
    bulk.insert(rows)
    return rows


def test_the_head_says_who_waits_and_how_many_past_the_promise(world, ines):
    many(world, 20)
    page = ines.get(url(world)).content.decode()
    assert "21 cases wait. 5 past what we promised." in page
    assert page.index("Trouble 19") < page.index("Trouble 3<")
    assert 'id="row-' in page
    assert "Tove Hallam" in page or "tove.hallam" in page


def test_an_empty_inbox_teaches_and_a_quiet_one_is_calm(world, ines):
    assert "Nobody waits." in ines.get(url(world)).content.decode()
    world.workspace.connections.all().delete()
    page = ines.get(url(world)).content.decode()
    assert "does not listen anywhere yet" in page
    assert "Say where to listen" in page


def test_pages_by_the_last_rows_key_lose_nobody_and_show_nobody_twice(world, ines):
    rows = many(world, 120)
    moment = rows[0].waiting_since
    Case.objects.filter(pk__in=[row.pk for row in rows[:70]]).update(waiting_since=moment)
    seen, address = [], url(world)
    for _ in range(5):
        response = ines.get(address)
        seen += [row.case.pk for row in response.context["rows"]]
        address = response.context["later_url"]
        if not address:
            break
    assert len(seen) == 121
    assert len(set(seen)) == 121


@pytest.mark.parametrize("queue", queues.NAMES)
def test_every_queue_pages(world, ines, queue):
    rows = many(world, 60)
    for row in rows[:55]:
        if queue == "mine":
            holding.take(row, by=world.ines, at=now())
        if queue == "snoozed":
            snoozing.snooze(row, until=now() + timedelta(hours=1, minutes=row.pk), by=world.ines, at=now())
    if queue == "closed":
        Case.objects.filter(pk__in=[row.pk for row in rows[:55]]).update(closed_at=now())
    if queue == "next":
        Case.objects.update(answered_at=now())
    response = ines.get(url(world, f"?queue={queue}"))
    assert response.status_code == 200
    if queue == "approvals":
        return
    first = [row.case.pk for row in response.context["rows"]]
    assert len(first) == 50
    second = [row.case.pk for row in ines.get(response.context["later_url"]).context["rows"]]
    assert second
    assert not set(first) & set(second)


def test_those_that_do_not_wait_stand_last_among_mine(world, ines):
    rows = many(world, 55)
    for row in rows:
        holding.take(row, by=world.ines, at=now())
    Case.objects.filter(pk__in=[row.pk for row in rows[:53]]).update(waiting_since=None)
    response = ines.get(url(world, "?queue=mine"))
    first = [row.case.pk for row in response.context["rows"]]
    assert first[:2] == [rows[54].pk, rows[53].pk]
    second = [row.case.pk for row in ines.get(response.context["later_url"]).context["rows"]]
    assert len(set(first) | set(second)) == 55


@pytest.mark.parametrize(
    "after", ["x", "2026-01-01", ",", "2026-01-01T00:00:00,5", "2026-99-01T00:00:00+00:00,5", "\x00,1", "1,²"]
)
def test_a_key_that_makes_no_sense_shows_the_first_page(world, ines, after):
    world.hear("tove.hallam", TROUBLE)
    response = ines.get(url(world), {"after": after, "brand": "x", "case": "99999999999999999999", "queue": "no"})
    assert response.status_code == 200
    assert len(response.context["rows"]) == 1


def test_the_questions_to_the_database_do_not_grow_with_the_rows(world, ines):
    world.hear("tove.hallam", TROUBLE)
    ines.get(url(world))
    with CaptureQueriesContext(
        connection,
    ) as few:
        ines.get(url(world))
    many(world, 60)
    with CaptureQueriesContext(connection) as lots:
        ines.get(url(world))
    assert len(lots) <= len(few) + 1
    assert len(lots) <= 60


def test_filters(world, ines):
    world.hear("tove.hallam", TROUBLE)
    world.hear("kwend", "@skylark my bag is lost and nobody answers, this is terrible")
    case = Case.objects.get(brand=world.skylark)
    holding.tag(case, "Bags", on=True, by=world.ines, at=now())
    for query in (f"brand={world.skylark.pk}", "tag=bags"):
        assert [row.case.pk for row in ines.get(url(world, f"?{query}")).context["rows"]] == [case.pk]
    assert "fits the filter" in ines.get(url(world, "?network=Mail")).content.decode()
    assert len(ines.get(url(world, "?network=Paper")).context["rows"]) == 2


def test_the_list_alone_and_the_rail_alone(world, ines):
    world.hear("tove.hallam", TROUBLE)
    part = ines.get(url(world, "rows/")).content.decode()
    assert part.count("<li") == 1
    assert "hx-swap-oob" in part
    assert "<html" not in part
    assert "Waiting" in ines.get(url(world, "rail/?here=waiting")).content.decode()


def test_beyond_eight_brands_the_rail_leads_to_all(world, ines):
    assert "All brands" not in ines.get(url(world)).content.decode()
    more = [make_brand(world.workspace, f"Brand {number}", terms=[], at=now()) for number in range(8)]
    page = ines.get(url(world)).content.decode()
    assert f'href="{url(world)}?filter=1#filter"' in page
    assert "?brand=" + str(more[5].pk) in page
    assert f"?brand={world.skylark.pk}" not in page
    page = ines.get(url(world, "?filter=1")).content.decode()
    assert f'<option value="{world.skylark.pk}">Skylark</option>' in page
    assert '<details class="desk-filter" id="filter" open>' in page
    there = ines.get(url(world, f"?brand={world.skylark.pk}")).content.decode()
    assert f'?brand={world.skylark.pk}" aria-current="page"' in there


def test_a_chosen_case_is_shown_beside_the_list(world, ines):
    world.hear("tove.hallam", TROUBLE)
    other = world.hear("kwend", "@norrtel the line is dead since Monday, awful, fix it")
    case = Case.objects.get(entries__post=other)
    page = ines.get(url(world, f"?case={case.pk}")).content.decode()
    assert "Fix it and tell them" in page
    assert 'name="text"' in page
    assert "To <b>@kwend</b> on <b>Paper, in public</b>" in page


def test_the_other_workspace_is_not_there(world, other_world, client):
    other_world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    client.force_login(world.ines)
    assert client.get(f"/w/{other_world.workspace.slug}/").status_code == 404
    assert client.get(url(world, f"cases/{case.pk}/")).status_code == 404
    page = client.get(url(world, f"?case={case.pk}&brand={other_world.norrtel.pk}"))
    assert "charged" not in page.content.decode()


def test_a_reader_reads_and_has_no_composer(world, client):
    reader = User.objects.create_user("petra@harbour.example", "a long password", name="Petra Loomis")
    add_member(world.workspace, reader, role="reader", at=now())
    world.hear("tove.hallam", TROUBLE)
    client.force_login(reader)
    page = client.get(url(world)).content.decode()
    assert "charged me twice" in page
    assert 'name="text"' not in page


@pytest.mark.parametrize(
    "key", ["0001-01-01T00:00:00+14:00,1", "9999-12-31T23:59:59-12:00,1", "2026-13-01T00:00:00Z,1", "x,1", ",", "1"]
)
@pytest.mark.parametrize("queue", ["waiting", "mine", "closed", "snoozed"])
def test_a_key_at_the_ends_of_the_calendar_is_none(world, ines, key, queue):
    assert ines.get(url(world), {"queue": queue, "after": key}).status_code == 200


@pytest.mark.parametrize(
    "until", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59", "2199-01-01T00:00", "x"]
)
def test_an_absurd_moment_is_refused_in_words(world, ines, until):
    world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    page = ines.post(url(world, f"cases/{case.pk}/snooze/"), {"until": until}, follow=True)
    assert page.status_code == 200
    assert "Choose a moment" in page.content.decode()
    case.refresh_from_db()
    assert case.snoozed_until is None


def test_a_row_of_before_that_sleeps_for_ever_breaks_no_page(world, ines):
    world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    world.workspace.zone = "Asia/Tokyo"
    world.workspace.save()
    until = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    Snooze.objects.create(case=case, by=world.ines, at=now(), until=until)
    Case.objects.filter(pk=case.pk).update(snoozed_until=until)
    assert "for ever" in ines.get(url(world), {"queue": "snoozed"}).content.decode()
    assert ines.get(url(world, f"cases/{case.pk}/")).status_code == 200
