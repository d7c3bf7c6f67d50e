"""How a connection stands, in words that are true: also of one that was kept although its trial failed."""

import re
from datetime import timedelta

import pytest

from tellback.kit.clock import now
from tellback.networks.models import Connection
from tellback.networks.standing import Standing
from tellback.networks.tests.conftest import FILLED, address
from tellback.networks.views.connections import headline


def test_what_is_kept_although_its_trial_failed_does_not_say_that_it_listens(manager, world, bell):
    bell.faults = ["The tower is shut; ask the sexton"]
    page = manager.post(address(world, "make", "bell"), {**FILLED, "anyway": "1"}, follow=True).content.decode()
    row = Connection.objects.get(network="bell")
    assert "listens from now on" not in page
    assert "Kept, and not reachable yet." in page
    for name, args in (("connection", [row.pk]), ("connections", [])):
        said = manager.get(address(world, name, *args)).content.decode()
        assert re.search(r"not reachable</span> for <time[^>]*data-since", said)
        assert "The tower is shut; ask the sexton. It is tried again" in said
    row.heard({}, at=now())
    assert "not reachable" not in manager.get(address(world, "connection", row.pk)).content.decode()


def test_settings_kept_although_their_trial_failed_say_so_too(manager, made, world, bell):
    bell.faults = ["Its rope is torn."]
    manager.post(address(world, "settings", made.pk), {**FILLED, "set_password": "", "anyway": "1"})
    made.refresh_from_db()
    assert made.last_fault == "Its rope is torn."
    assert made.last_fault_at


def test_trouble_counts_from_when_it_began(made):
    first, later = now(), now() + timedelta(hours=1)
    made.failed("No answer", at=first)
    made.failed("Still no answer", at=later)
    made.refresh_from_db()
    assert (made.last_fault, made.last_fault_at) == ("Still no answer", first)
    made.heard({}, at=later)
    made.failed("Gone again", at=later)
    made.refresh_from_db()
    assert made.last_fault_at == later


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], "Nowhere yet."),
        (["trouble"], "The one connection is not reachable."),
        (["paused"], "The one connection is paused."),
        (["fresh", "removed"], "We listen at one connection."),
        (["trouble", "listening"], "1 of 2 connections is not reachable."),
        (["trouble", "trouble"], "2 of 2 connections are not reachable."),
        (["listening", "paused"], "We listen at 1 of 2 connections. All that listen are reachable."),
    ],
)
def test_the_headline_is_right_for_one_and_for_many(states, words):
    assert headline([Standing(state, "", "") for state in states]) == words
