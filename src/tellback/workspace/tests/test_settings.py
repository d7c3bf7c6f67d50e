"""The settings of a workspace: brands, hours, members, teams, the workspace itself; who may what, and no other's."""

import re
from datetime import date

import pytest
from django.urls import reverse

from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.workspace import branding, calendars, founding, teaming
from tellback.workspace.models import Brand, Calendar, Holiday, Team, Term

WEEK = {f"day{number}": "" for number in range(7)}
PROMISES = {"first_answer": "20", "next_answer": "45", "calendar": "", "signature": ""}
READ = ["home", "general", "brands", "hours", "members", "teams"]


def page(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", READ)
def test_a_reader_sees_every_part(go, reader, things, name):
    text = page(go(name, as_user=reader))
    assert "Invite somebody" not in text
    assert 'class="button do"' not in text


def writes(world, things):
    calendar, team = things["calendar"], things["team"]
    return [
        ("general", [], "manager"),
        ("new_brand", [], "manager"),
        ("brand", [world.norrtel.pk], "manager"),
        ("brand_deletion", [world.norrtel.pk], "owner"),
        ("brand_disuse", [world.norrtel.pk], "manager"),
        ("new_calendar", [], "manager"),
        ("calendar", [calendar.pk], "manager"),
        ("calendar_deletion", [calendar.pk], "owner"),
        ("holidays", [calendar.pk], "manager"),
        ("holiday_removal", [calendar.pk, things["holiday"].pk], "manager"),
        ("invitations", [], "manager"),
        ("withdrawal", [things["invitation"].pk], "manager"),
        ("invitation_again", [things["invitation"].pk], "manager"),
        ("role", [world.member(world.ines).pk], "manager"),
        ("second_factors_off", [world.member(world.ines).pk], "owner"),
        ("departure", [world.member(world.ines).pk], "manager"),
        ("new_team", [], "manager"),
        ("team", [team.pk], "manager"),
        ("team_deletion", [team.pk], "owner"),
    ]


def test_who_may_not_change_is_refused_and_nothing_changes(go, client, world, reader, things):
    before = Fact.objects.count()
    for name, args, least in writes(world, things):
        refused = [reader, *([world.jonah] if least == "owner" else [])]
        for user in refused:
            assert go(name, *args, said={"name": "Taken over"}, as_user=user).status_code == 403, name
    assert Fact.objects.count() == before


def test_another_workspaces_members_find_nothing(client, world, other_world, things):
    for name, args, _ in writes(world, things):
        for slug, status in ((world.workspace.slug, 404), (other_world.workspace.slug, 404)):
            if slug == other_world.workspace.slug and not args:
                continue
            client.force_login(other_world.owner)
            address = reverse(f"space:{name}", args=[slug, *args])
            assert client.post(address, {"name": "Taken over"}).status_code == status, (name, slug)
            assert client.get(address).status_code in {404, 405}, (name, slug)
    for name in READ:
        assert client.get(reverse(f"space:{name}", args=[world.workspace.slug])).status_code == 404
    assert not Brand.objects.filter(name="Taken over").exists()


def test_strangers_are_asked_to_sign_in(client, world):
    assert client.get(reverse("space:home", args=[world.workspace.slug])).url.startswith("/account/login/")


def test_a_brand_is_named_and_heard_by_its_words(go, world):
    said = PROMISES | {
        "name": "Corrin Rail", "name_terms": "The Rail", "handle_terms": "corrinrail\n@care@rail.example",
        "hashtag_terms": "railfail, #lateagain", "misspelling_terms": "Corrin Rial\ncorrin rial",
        "site_terms": "https://rail.example/help", "exclusion_terms": "Corrin Railway Museum",
    }  # fmt: skip
    assert go("new_brand", said=said, as_user=world.jonah).status_code == 302
    brand = Brand.objects.get(name="Corrin Rail")
    assert (brand.first_answer, brand.next_answer, brand.calendar) == (20, 45, None)
    assert set(brand.terms.values_list("kind", "text")) == {
        ("name", "Corrin Rail"), ("name", "The Rail"), ("handle", "@corrinrail"), ("handle", "@care@rail.example"),
        ("hashtag", "#railfail"), ("hashtag", "#lateagain"), ("misspelling", "corrin rial"),
        ("site", "https://rail.example/help"), ("exclusion", "Corrin Railway Museum"),
    }  # fmt: skip
    post = world.hear("tove.hallam", "the corrin rial is late and nobody answers #lateagain")
    assert [mention.brand for mention in post.mentions.all()] == [brand]


def test_a_brand_is_changed_and_terms_that_stay_keep_their_row(go, world):
    kept = Term.objects.get(brand=world.norrtel, kind="handle")
    said = PROMISES | {"name": "Norrtel", "handle_terms": "@norrtel", "is_rival": "on"}
    go("brand", world.norrtel.pk, said=said, as_user=world.jonah)
    world.norrtel.refresh_from_db()
    assert world.norrtel.is_rival
    assert list(world.norrtel.terms.values_list("pk", "text")) == [(kept.pk, "@norrtel")]
    assert Fact.objects.filter(kind="brand.changed", subject=world.norrtel.pk).last().body == {"what": "changed"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "skylark"}, "one of this name already"),
        ({"name": ""}, "required"),
        ({"first_answer": "0"}, "greater than or equal to 1"),
        ({"first_answer": "-5"}, "greater than or equal to 1"),
        ({"first_answer": "99999999999999999999"}, "less than or equal to"),
        ({"handle_terms": "two words"}, "has a space in it"),
        ({"name_terms": "!!!"}, "no letter"),
        ({"name_terms": "x" * 121}, "longer than 120"),
        ({"site_terms": "norrtel"}, "no site"),
        ({"name_terms": "\n".join(f"word{n}" for n in range(201))}, "more than 200"),
        ({"calendar": "999999"}, "valid choice"),
        ({"signature": "x" * 81}, "at most 80"),
        ({"name_terms": "a"}, "stands in nearly every post"),
        ({"name_terms": "Norrtel\nThe"}, "“The” stands in nearly every post"),
        ({"misspelling_terms": "Nortel\nof the"}, "“of the” stands"),
        ({"exclusion_terms": "n"}, "nobody would be heard"),
        ({"exclusion_terms": "norrtel"}, "shut out everybody who writes “Norrtel”"),
        ({"name_terms": "Norrtel Mobile", "exclusion_terms": "MOBILE"}, "who writes “Norrtel Mobile”"),
    ],
)
def test_a_wrong_brand_is_said_and_what_was_typed_is_kept(go, world, wrong, words):
    said = PROMISES | {"name": "Norrtel", "misspelling_terms": "Nortel"} | wrong
    text = page(go("brand", world.norrtel.pk, said=said, as_user=world.jonah))
    assert words in text
    assert "Nortel" in text
    assert not world.norrtel.terms.filter(text="Nortel").exists()


def test_an_own_name_that_is_excluded_is_said_beside_the_exclusions(go, world):
    said = PROMISES | {"name": "Norrtel", "exclusion_terms": "Norrtel"}
    text = page(go("brand", world.norrtel.pk, said=said, as_user=world.jonah))
    beside = text[text.index('id="id_exclusion_terms_error"') :]
    assert "such as Norrtel Street" in beside[: beside.index("</div>")]
    longer = PROMISES | {"name": "Norrtel", "exclusion_terms": "Norrtel Street"}
    assert go("brand", world.norrtel.pk, said=longer).status_code == 302


def test_a_new_brand_is_not_named_by_a_word_that_everybody_writes(go, world):
    assert "stands in nearly every post" in page(go("new_brand", said=PROMISES | {"name": "It"}, as_user=world.jonah))
    assert not Brand.objects.filter(name="It").exists()


def test_a_calendar_of_another_workspace_is_no_choice(go, world, other_world):
    theirs = Calendar.objects.create(workspace=other_world.workspace, name="Theirs", week=[])
    said = PROMISES | {"name": "Norrtel", "calendar": str(theirs.pk)}
    assert "valid choice" in page(go("brand", world.norrtel.pk, said=said, as_user=world.jonah))
    assert "Theirs" not in page(go("brand", world.norrtel.pk))


def test_a_brand_goes_while_nobody_was_heard_and_stays_after(go, world):
    world.hear("tove.hallam", "@norrtel you charged me twice for October and nobody answers")
    refused = go("brand_deletion", world.norrtel.pk, said={}, as_user=world.owner, follow=True)
    assert "People were heard about this brand" in page(refused)
    assert go("brand_deletion", world.skylark.pk, said={}).status_code == 302
    assert list(Brand.objects.filter(workspace=world.workspace)) == [world.norrtel]


def test_every_table_that_hangs_on_a_brand_counts_as_use(world):
    tables = {link.related_model._meta.label_lower for link in Brand._meta.related_objects}
    assert {"listen.mention", "cases.case", "replies.reply"} <= tables
    assert not branding.is_used(world.skylark)


def test_hours_with_split_shifts(go, world):
    said = WEEK | {"name": "Office", "zone": "Europe/Berlin", "day0": "9:00-12:00, 13:00-17:30", "day5": "closed"}
    answer = go("new_calendar", said=said, as_user=world.jonah)
    row = Calendar.objects.get()
    assert answer.url.endswith(f"/hours/{row.pk}/")
    assert row.week == [[[540, 720], [780, 1050]], [], [], [], [], [], []]
    text = page(go("calendar", row.pk))
    assert 'value="9:00-12:00, 13:00-17:30"' in text
    assert re.search(r"(Open|Closed) now; (closes|opens)", text)


def test_a_wrong_shift_is_said_beside_its_day(go, world):
    said = WEEK | {"name": "Office", "zone": "Nowhere/Else", "day2": "17:00-9:00", "day3": "9-12"}
    text = page(go("new_calendar", said=said, as_user=world.jonah))
    wrong = text[text.index('id="id_day2_error"') :]
    assert "ends before it begins" in wrong[: wrong.index("</div>")]
    assert 'value="17:00-9:00"' in text
    assert 'value="9-12"' in text
    assert "valid choice" in text
    assert not Calendar.objects.exists()


def test_holidays_come_and_go(go, world, things):
    calendar = things["calendar"]
    go("holidays", calendar.pk, said={"day": "2126-12-26", "name": "Second day"}, as_user=world.jonah)
    go("holidays", calendar.pk, said={"day": "2126-12-26", "name": "The second day"})
    go("holidays", calendar.pk, said={"day": "2126-12-26", "name": ""})
    assert "Closed on 26 December 2126 (The second day)." in page(go("calendar", calendar.pk))
    assert [(str(h.day), h.name) for h in calendar.holidays.order_by("day")] == [
        ("2026-12-25", "Harbour Day"), ("2126-12-26", "The second day"),
    ]  # fmt: skip
    assert date(2126, 12, 26) in calendar.hours().closed
    go("holiday_removal", calendar.pk, things["holiday"].pk, said={})
    assert calendar.holidays.count() == 1
    assert "Open again on 25 December 2026 (Harbour Day)." in page(go("calendar", calendar.pk))
    assert "That day is over" in page(go("holidays", calendar.pk, said={"day": "2020-12-25"}))
    assert "valid date" in page(go("holidays", calendar.pk, said={"day": "the second"}))
    assert "between the years" in page(go("holidays", calendar.pk, said={"day": "9999-12-31"}))


def test_a_holiday_of_another_calendar_is_not_found(go, world, other_world, things):
    theirs = Calendar.objects.create(workspace=other_world.workspace, name="Theirs", week=[])
    day = Holiday.objects.create(calendar=theirs, day=date(2026, 1, 1))
    assert go("holiday_removal", theirs.pk, day.pk, said={}, as_user=world.owner).status_code == 404
    assert go("holiday_removal", things["calendar"].pk, day.pk, said={}).status_code == 404


def test_a_calendar_goes_and_its_brands_are_open_always(go, world, things):
    Brand.objects.filter(pk=world.norrtel.pk).update(calendar=things["calendar"])
    go("calendar_deletion", things["calendar"].pk, said={}, as_user=world.owner)
    world.norrtel.refresh_from_db()
    assert world.norrtel.calendar is None


def test_teams(go, world, other_world):
    ines, theirs = world.member(world.ines), other_world.member(other_world.ines)
    go("new_team", said={"name": "Baggage", "members": [ines.pk]}, as_user=world.jonah)
    team = Team.objects.get()
    assert list(team.members.all()) == [ines]
    assert "valid choice" in page(go("team", team.pk, said={"name": "Baggage", "members": [theirs.pk]}))
    assert "one of this name" in page(go("new_team", said={"name": "baggage"}))
    go("team", team.pk, said={"name": "Lost luggage"})
    assert list(Team.objects.values_list("name", flat=True)) == ["Lost luggage"]
    assert list(team.members.all()) == []
    go("team_deletion", team.pk, said={}, as_user=world.owner)
    assert not Team.objects.exists()


def test_the_workspace_itself(go, world):
    said = {"name": "Harbour Care", "zone": "Asia/Tokyo", "approval": "on", "ask_after": "60"}
    slug = world.workspace.slug
    go("general", said=said, as_user=world.jonah)
    world.workspace.refresh_from_db()
    space = world.workspace
    assert (space.name, space.zone, space.approval, space.ask_after) == ("Harbour Care", "Asia/Tokyo", True, 60)
    assert space.slug == slug
    assert Fact.objects.filter(kind="workspace.changed", subject=space.pk).count() == 1
    wrong = {"name": " ", "zone": "Mars/Olympus", "ask_after": "-1"}
    text = page(go("general", said=wrong))
    assert "required" in text
    assert text.count("valid choice") == 2


@pytest.mark.parametrize(("said", "kept"), [("0", 0), ("10080", 10_080), ("never", None), ("45", 45)])
def test_when_customers_are_asked(go, world, said, kept):
    type(world.workspace).objects.update(ask_after=45)
    assert "45 minutes after closing" in page(go("general", as_user=world.owner))
    go("general", said={"name": "Harbour", "zone": "UTC", "ask_after": said}, as_user=world.jonah)
    world.workspace.refresh_from_db()
    assert world.workspace.ask_after == kept
    chosen = page(go("general")).split('name="ask_after"')[1].split("</select>")[0]
    assert f'value="{said}" selected' in chosen


@pytest.mark.parametrize("name", READ)
def test_more_rows_take_no_more_queries(go, world, things, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    boss, at = world.member(world.owner), now()
    go(name, as_user=world.owner)
    with CaptureQueriesContext(connection) as few:
        go(name)
    for number in range(5):
        founding.make_brand(world.workspace, f"Rival {number}", at=at, is_rival=True)
        week = [[(540, 1020)]] * 7
        made = calendars.save_calendar(world.workspace, None, name=f"C{number}", zone="UTC", week=week, by=boss, at=at)
        calendars.close_on(made, date(2027, 1, 1), name="", by=boss, at=at)
        teaming.save_team(world.workspace, None, name=f"T{number}", members=[boss], by=boss, at=at)
        founding.invite(world.workspace, f"p{number}@corrin.example", role="agent", by=boss, at=at)
    with django_assert_num_queries(len(few)):
        go(name)
