"""Connections on their pages: made, tried, changed, paused, removed; and whose secrets stay secret."""

import threading

import pytest

from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.networks import adapters, configuring
from tellback.networks.connection import claim_due
from tellback.networks.contract import Broken, Outgoing
from tellback.networks.delivery import deliver
from tellback.networks.keeping import refuse
from tellback.networks.models import Connection
from tellback.networks.tests.conftest import FILLED, address


def test_a_connection_is_tried_and_made(made, world, bell):
    assert (made.name, made.label, made.brand, made.every) == ("Tower bell", "Bell", world.norrtel, 90)
    assert made.settings == {"host": "tower.example", "name": "Big one", "every": 4, "loud": True, "tone": "high"}
    assert made.all_settings()["password"] == "ding-4711"
    assert "ding" not in made.secrets
    assert bell.tried[0]["password"] == "ding-4711"
    assert Fact.objects.get(kind="connection.made").body == {"network": "bell", "name": "Tower bell"}


def test_only_what_a_page_may_connect_is_offered(manager, world):
    page = manager.get(address(world, "new")).content.decode()
    assert "<b>Bell</b>" in page
    assert "<b>Paper</b>" not in page
    for name in ("paper", "file", "gone", "nothing"):
        assert manager.get(address(world, "make", name)).status_code == 404


def test_a_failed_trial_keeps_the_form_and_not_the_connection(manager, world, bell):
    bell.faults = ["The tower is shut; ask the sexton."]
    page = manager.post(address(world, "make", "bell"), FILLED)
    said = page.content.decode()
    assert page.status_code == 422
    assert "The tower is shut; ask the sexton." in said
    assert "tower.example" in said
    assert "ding-4711" not in said
    assert not Connection.objects.filter(network="bell").exists()
    manager.post(address(world, "make", "bell"), {**FILLED, "anyway": "1"})
    row = Connection.objects.get(network="bell")
    assert row.last_fault == "The tower is shut; ask the sexton."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Paper"}, "name"),
        ({"set_host": ""}, "set_host"),
        ({"set_password": ""}, "set_password"),
        ({"set_tone": "loud"}, "set_tone"),
        ({"every": "1"}, "every"),
        ({"set_every": "x"}, "set_every"),
        ({"brand": "999999"}, "brand"),
    ],
)
def test_bad_input_is_said_beside_its_field(manager, world, bell, wrong, field):
    page = manager.post(address(world, "make", "bell"), {**FILLED, **wrong})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not bell.tried


def test_secrets_are_never_shown_again(manager, made, world):
    for name in ("connection", "settings"):
        page = manager.get(address(world, name, made.pk)).content.decode()
        assert "tower.example" in page
        assert "ding-4711" not in page
    assert "kept, encrypted" in manager.get(address(world, "connection", made.pk)).content.decode()


def test_an_empty_password_keeps_the_one_that_stands(manager, made, world):
    manager.post(
        address(world, "settings", made.pk), {**FILLED, "set_password": "", "set_tone": "low", "name": "Bell two"}
    )
    made.refresh_from_db()
    assert (made.name, made.settings["tone"], made.all_settings()["password"]) == ("Bell two", "low", "ding-4711")


def test_a_password_does_not_follow_to_another_address(manager, made, world, bell):
    bell.tried.clear()
    page = manager.post(
        address(world, "settings", made.pk), {**FILLED, "set_password": "", "set_host": "thief.example"}
    )
    assert list(page.context["form"].errors) == ["set_password"]
    assert not bell.tried
    made.refresh_from_db()
    assert made.settings["host"] == "tower.example"


def test_try_it_now_says_what_it_found(manager, made, world, bell):
    assert "It works." in manager.post(address(world, "check", made.pk)).content.decode()
    bell.faults = ["Its rope is torn."]
    assert "Its rope is torn." in manager.post(address(world, "check", made.pk)).content.decode()


def test_a_trial_that_never_ends_is_given_up(bell):
    stuck = threading.Event()
    bell.check = lambda settings: stuck.wait(20) and []
    try:
        assert "no answer within" in configuring.check(bell, {}, seconds=0.05)[0]
    finally:
        stuck.set()


def test_a_trial_that_stumbles_is_said(bell):
    def stumble(settings):
        raise ValueError("odd")

    bell.check = stumble
    assert configuring.check(bell, {}) == ["The trial stumbled: ValueError: odd"]


def test_pause_and_go_on(manager, made, world):
    Connection.objects.exclude(pk=made.pk).update(paused_at=now())
    manager.post(address(world, "pause", made.pk))
    assert claim_due(at=now()) is None
    assert "paused" in manager.get(address(world, "connections")).content.decode()
    manager.delete(address(world, "pause", made.pk))
    assert claim_due(at=now()) == made
    assert Fact.objects.filter(kind="connection.paused").count() == 1


def test_removed_is_silent_both_ways_and_comes_back(manager, made, world):
    Connection.objects.exclude(pk=made.pk).update(paused_at=now())
    assert "All that it heard stays" in manager.get(address(world, "removal", made.pk)).content.decode()
    manager.post(address(world, "removal", made.pk))
    made.refresh_from_db()
    assert claim_due(at=now()) is None
    outgoing = Outgoing(key="k1", to=None, text="hello", answers="", thread="")
    assert deliver(made, outgoing, at=now()).state == "dead"
    manager.post(address(world, "make", "bell"), FILLED)
    manager.post(address(world, "removal", made.pk), {"_method": "delete"})
    made.refresh_from_db()
    assert (made.name, made.removed_at, made.all_settings()["password"]) == ("Tower bell (2)", None, "ding-4711")


def test_passwords_of_removed_ones_go(made):
    configuring.remove(made, by=None or made.workspace.members.first().user, at=now())
    assert configuring.forget_secrets(removed_before=made.made_at) == 0
    assert configuring.forget_secrets(removed_before=now()) == 1
    made.refresh_from_db()
    assert made.secrets == ""


def test_trouble_is_said_with_what_to_do(manager, made, world):
    made.failed("The password is wrong; enter it again", at=now())
    page = manager.get(address(world, "connections")).content.decode()
    assert "1 of 2 connections is not reachable." in page
    assert "The password is wrong; enter it again. It is tried again" in page


def test_what_it_could_not_take_is_listed(manager, made, world):
    refuse(made, [Broken(f"It has no id {number}", f"line {number}") for number in range(25)], at=now())
    page = manager.get(address(world, "connection", made.pk)).content.decode()
    assert "It has no id 24" in page
    assert "It has no id 4<" not in page


def test_a_network_that_is_gone_still_has_its_page(manager, made, world, monkeypatch):
    monkeypatch.setattr(adapters, "ADAPTERS", {"paper": adapters.ADAPTERS["paper"]})
    adapters.adapter.cache_clear()
    assert "not installed here" in manager.get(address(world, "connection", made.pk)).content.decode()
    assert manager.get(address(world, "settings", made.pk)).status_code == 404
    assert "not installed here" in manager.post(address(world, "check", made.pk)).content.decode()


def test_an_agent_sees_and_changes_nothing(client, made, world):
    client.force_login(world.ines)
    assert client.get(address(world, "connections")).status_code == 200
    assert "Pause" not in client.get(address(world, "connection", made.pk)).content.decode()
    for name, args in (
        ("new", []),
        ("make", ["bell"]),
        ("settings", [made.pk]),
        ("check", [made.pk]),
        ("pause", [made.pk]),
        ("removal", [made.pk]),
    ):
        assert client.post(address(world, name, *args)).status_code == 403


def test_another_workspace_sees_nothing(client, made, world, other_world):
    client.force_login(other_world.owner)
    for name in ("connection", "settings", "check", "pause", "removal"):
        assert client.post(address(world, name, made.pk)).status_code == 404
        assert client.post(address(other_world, name, made.pk)).status_code == 404
    assert "Tower bell" not in client.get(address(other_world, "connections")).content.decode()


def test_a_live_part_is_a_part(manager, made, world):
    page = manager.get(address(world, "connections"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "Tower bell" in page
