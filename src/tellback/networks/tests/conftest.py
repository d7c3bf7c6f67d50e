"""A network of the tests: its connections can be filled in, tried, and found wanting."""

import sys
import types

import pytest
from django.urls import reverse

from tellback.networks import adapters
from tellback.networks.contract import Field
from tellback.networks.models import Connection
from tellback.networks.paper.adapter import Paper


class Bell(Paper):
    name = "bell"
    title = "Bell"
    faults: list[str] = []
    tried: list[dict] = []
    fields = (
        Field("host", "Tower", "Where it hangs"),
        Field("name", "Name on the bell", required=False),
        Field("password", "Password", secret=True),
        Field("every", "Strokes", kind="number", required=False, initial=3),
        Field("loud", "Ring loudly", kind="switch", required=False),
        Field("tone", "Tone", kind="choice", choices=("low", "high"), initial="low"),
    )

    def check(self, settings):
        self.tried.append(dict(settings))
        return list(self.faults)


@pytest.fixture
def bell(monkeypatch):
    found = Bell()
    found.faults, found.tried = [], []
    monkeypatch.setitem(sys.modules, "the_bell", types.SimpleNamespace(adapter=found))
    monkeypatch.setattr(
        adapters, "ADAPTERS", {"paper": adapters.ADAPTERS["paper"], "bell": "the_bell", "gone": "no.such.module"}
    )
    adapters.adapter.cache_clear()
    yield found
    adapters.adapter.cache_clear()


@pytest.fixture
def manager(client, world, bell):
    client.force_login(world.jonah)
    return client


FILLED = {
    "name": "Tower bell",
    "set_host": "tower.example",
    "set_name": "Big one",
    "set_password": "ding-4711",
    "set_every": "4",
    "set_loud": "on",
    "set_tone": "high",
    "every": "90",
}


def address(world, name, *args):
    return reverse(f"networks:{name}", args=[world.workspace.slug, *args])


@pytest.fixture
def made(manager, world):
    manager.post(address(world, "make", "bell"), {**FILLED, "brand": world.norrtel.pk})
    return Connection.objects.get(network="bell")
