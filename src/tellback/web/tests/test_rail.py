"""The rail: its figures, asked by a prepared query, which answers as one built anew would, for whatever ids."""

from datetime import UTC, datetime

import pytest

from tellback.cases.models import Case
from tellback.kit.clock import now
from tellback.kit.prepared import MOST, CountOf, Prepared, first_of, words_of
from tellback.notices.models import Notice
from tellback.web.shell import rail
from tellback.workspace.models import User, Workspace

pytestmark = pytest.mark.django_db


def asked(space, user):
    unread = Notice.objects.filter(workspace=space, to=user)
    return Workspace.objects.filter(pk=space).values(
        "name", count=CountOf(unread), first=first_of(unread.order_by("at"), "at")
    )


def test_the_same_as_built_anew_for_other_ids_too(world):
    prepared = Prepared(asked, "space", "user")
    other = User.objects.create_user("other@firm.example")
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    for number in range(3):
        Notice.objects.create(workspace=world.workspace, to=other, key=f"k{number}", words="x", at=at)
    for user in (other, world.ines):
        ids = {"space": world.workspace.pk, "user": user.pk}
        assert prepared(**ids) == list(asked(**ids))
    assert prepared(space=world.workspace.pk, user=other.pk)[0]["first"] == at


def test_an_unknown_id_finds_nothing(world):
    assert Prepared(asked, "space", "user")(space=0, user=0) == []


def test_a_missing_id_is_said(world):
    with pytest.raises(KeyError, match="user"):
        Prepared(asked, "space", "user")(space=1)


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (MOST, "1,000"), (MOST + 1, "1,000+")])
def test_words_of_a_count(count, words):
    assert words_of(count) == words


def test_the_figures_are_those_of_the_queues(world):
    world.hear("tove", "@norrtel you charged me twice, fix it please")
    world.hear("runa", "@norrtel no line since Monday and nobody picks up the phone")
    world.hear("abel", "@norrtel your engineer never came, I lost a whole day of work")
    _, mine, put_off = Case.objects.order_by("id")
    Case.objects.filter(pk=mine.pk).update(holder=world.ines)
    Case.objects.filter(pk=put_off.pk).update(snoozed_until=now())
    queues, brands, rooms = rail(world.member(world.ines), "waiting").sections
    assert [(row.label, row.count) for row in queues.rows] == [
        ("Waiting", "2"), ("Mine", "1"), ("Unassigned", "1"), ("Next answer", "0"), ("Snoozed", "1"),
    ]  # fmt: skip
    assert [row.oldest for row in queues.rows] == ["just now", "just now", "just now", "", ""]
    assert {row.label: row.count for row in brands.rows} == {"Norrtel": "2", "Skylark": "0"}
    assert queues.rows[0].current
    assert rooms.rows[0].label == "Chart"
