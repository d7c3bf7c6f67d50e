"""A workspace that its owner ended: nothing of it stays in any table, the search or on disk; no other is touched."""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.house.furnished import ROOMS, furnish, rows_of, way_to_workspace

from tellback.events.models import Fact
from tellback.flow import ending
from tellback.kit.clock import now
from tellback.listen import search
from tellback.listen.models import Likeness, Post
from tellback.networks.connection import claim_due
from tellback.networks.contract import Outgoing
from tellback.networks.delivery import deliver
from tellback.networks.models import Connection
from tellback.networks.paper.adapter import SHEETS
from tellback.work.models import Job
from tellback.work.worker import run_all_due
from tellback.workspace.ending import CannotEnd, end
from tellback.workspace.models import Invitation, User, Workspace

from .test_forgetting import everywhere, files_with

# Each batch is to be a transaction of its own, as it is in a worker.
pytestmark = pytest.mark.django_db(transaction=True)
MARKS = ("amberquay", "brindlewick")


@pytest.fixture
def two(world, other_world, settings, tmp_path):
    """Both furnished with one of everything."""
    settings.MEDIA_ROOT = tmp_path / "files"
    furnish(world, MARKS[0])
    furnish(other_world, MARKS[1])
    run_all_due()
    return world, other_world


def end_it(world):
    end(world.workspace, typed=world.workspace.name, by=world.member(world.owner), at=now())
    run_all_due()


def test_nothing_of_it_stays_and_nothing_of_another_goes(two):
    first, second = two
    space, before = first.workspace.pk, rows_of(second.workspace)
    alike = Likeness.objects.filter(post_id__in=Post.objects.filter(workspace=second.workspace).values("pk")).count()
    accounts = set(User.objects.values_list("email", "password"))
    assert all(rows_of(first.workspace).values())
    end_it(first)
    left = {table: rows for table, rows in rows_of(first.workspace).items() if rows}
    assert left == {}
    assert not Workspace.objects.filter(pk=space).exists()
    assert rows_of(second.workspace) == before
    assert Likeness.objects.count() == alike
    assert set(User.objects.values_list("email", "password")) == accounts
    assert everywhere(MARKS[0]) == [("workspace_user", "name")]  # accounts stay
    assert everywhere(MARKS[1])
    assert files_with(MARKS[0]) == []
    assert files_with(MARKS[1])
    assert not list((Path(ending.settings.MEDIA_ROOT) / str(space)).glob("*"))


def test_the_search_knows_nothing_of_it(two):
    first, second = two
    space = first.workspace.pk
    assert search.search(space, MARKS[0], limit=5)
    end_it(first)
    assert search.search(space, MARKS[0], limit=5) == []
    assert search.search(second.workspace.pk, MARKS[1], limit=5)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO listen_post_fts(listen_post_fts) VALUES ('integrity-check')")


def test_every_table_has_its_place_in_the_order():
    ours = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in ROOMS and way_to_workspace(model)
    }
    assert ours | {"listen.Likeness"} == {label for label, _ in ending.ORDER}
    place = {label: number for number, (label, _) in enumerate(ending.ORDER)}
    for label, number in place.items():
        for field in apps.get_model(label)._meta.concrete_fields:
            target = field.related_model._meta.label if field.is_relation else label
            assert target == label or place.get(target, 999) > number, f"{label} stands below {target}"


def test_batches_and_what_was_written_behind_us(two, monkeypatch):
    first, _ = two
    monkeypatch.setattr(ending, "BATCH", 2)
    late = iter([first])
    empty = ending.empty

    def write_behind(model, way, space):
        empty(model, way, space)
        if model is Connection and (behind := next(late, None)):
            Connection.objects.create(workspace=behind.workspace, network="paper", label="P", name="P", made_at=now())

    monkeypatch.setattr(ending, "empty", write_behind)
    Workspace.objects.filter(pk=first.workspace.pk).update(ended_at=now())
    assert ending.remove.func(first.workspace.pk) == "gone"
    assert not any(rows_of(first.workspace).values())


def test_one_that_nobody_ended_is_left_alone(two):
    assert ending.remove.func(two[0].workspace.pk) == "not ended"
    assert all(rows_of(two[0].workspace).values())


def test_nothing_is_sent_from_it_any_more(world):
    Workspace.objects.filter(pk=world.workspace.pk).update(ended_at=now())
    outgoing = Outgoing(key="k1", to=None, text="hello", answers="", thread="")
    assert deliver(world.paper, outgoing, at=now()).state == "dead"
    assert not SHEETS[world.workspace.name].written


def address(world, name):
    return reverse(f"space:{name}", args=[world.workspace.slug])


def test_an_owner_types_its_name(client, world, other_world):
    client.force_login(world.owner)
    assert "Delete this workspace" in client.get(address(world, "general")).content.decode()
    wrong = client.post(address(world, "end"), {"name": "Hill desk"}).content.decode()
    assert "That is not its name. Nothing was deleted." in wrong
    assert 'value="Hill desk"' in wrong
    assert not Job.objects.filter(task__contains="ending").exists()
    answer = client.post(address(world, "end"), {"name": " Harbour  desk "})
    assert answer.url == f"/ended/{world.workspace.slug}/"
    assert client.get(address(world, "home")).url == answer.url
    page = client.get(answer.url).content.decode()
    assert "Harbour desk is being deleted." in page
    assert "0 left" in page
    assert claim_due(at=now()).workspace == other_world.workspace
    assert claim_due(at=now()) is None
    stranger = Client()
    stranger.force_login(other_world.owner)
    assert "Harbour desk" not in stranger.get(answer.url).content.decode()
    run_all_due()
    assert client.get(answer.url).status_code == 404
    assert "it is gone now" in client.get(answer.url, headers={"HX-Request": "true"}).content.decode()
    assert not Fact.objects.filter(workspace_id=world.workspace.pk).exists()


def test_only_an_owner_ends_it_and_never_the_made_up_town(client, world):
    client.force_login(world.jonah)
    assert client.post(address(world, "end"), {"name": "Harbour desk"}).status_code == 403
    assert "Delete this workspace" not in client.get(address(world, "general")).content.decode()
    with pytest.raises(CannotEnd, match="ask an owner"):
        end(world.workspace, typed="Harbour desk", by=world.member(world.jonah), at=now())
    world.workspace.is_demo = True
    with pytest.raises(CannotEnd, match="come back"):
        end(world.workspace, typed="Harbour desk", by=world.member(world.owner), at=now())


def test_what_gave_up_is_taken_up_by_the_clock(two):
    space = two[0].workspace.pk
    Workspace.objects.filter(pk=space).update(ended_at=now())
    assert ending.resume.func() == 1
    run_all_due()
    assert not Workspace.objects.filter(pk=space).exists()
    assert ending.resume.func() == 0


def test_who_left_before_does_not_see_it_go(client, world):
    Workspace.objects.filter(pk=world.workspace.pk).update(ended_at=now())
    client.force_login(world.ines)
    assert client.get(f"/ended/{world.workspace.slug}/").status_code == 200
    world.workspace.members.filter(user=world.ines).update(left_at=now())
    assert client.get(f"/ended/{world.workspace.slug}/").status_code == 404


def test_its_invitations_and_its_owners_found_nothing(client, world):
    row = Invitation(workspace=world.workspace, email="late@harbour.example", by=world.owner, at=now())
    assert row.stands(now())
    client.force_login(world.owner)
    assert client.get("/new/").status_code == 200
    row.workspace.ended_at = now()
    row.workspace.save()
    assert not row.stands(now())
    assert client.get("/new/").status_code == 403
