"""Fixtures that every test may use: a small world of two brands, three members and one sheet of paper."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest

# A busy machine is no fault of the code, so no example has a deadline; in CI the same examples are tried each time.
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")


@dataclass
class World:
    workspace: Any
    norrtel: Any
    skylark: Any
    ines: Any
    jonah: Any
    owner: Any
    paper: Any
    hear: Callable[..., Any]

    def member(self, user: Any) -> Any:
        return self.workspace.members.get(user=user)


@pytest.fixture
def world(db: None) -> World:
    return make_world("Harbour desk")


@pytest.fixture
def other_world(db: None) -> World:
    return make_world("Hill desk")


def make_world(name: str) -> World:
    from tellback.flow.founding import found
    from tellback.kit.clock import now
    from tellback.networks.models import Connection
    from tellback.networks.paper.adapter import SHEETS
    from tellback.triage.policy import chart_of
    from tellback.workspace.founding import add_member, make_brand
    from tellback.workspace.models import User

    chart_of.cache_clear()  # ids come again where each test's rows are rolled back
    at = now()
    tail = name.split(maxsplit=1)[0].lower()
    owner = User.objects.create_user(f"odile@{tail}.example", "a long password", name="Odile Farrow")
    workspace = found(name, at=at, owner=owner)
    ines = User.objects.create_user(f"ines@{tail}.example", "a long password", name="Ines Aldermoor")
    jonah = User.objects.create_user(f"jonah@{tail}.example", "a long password", name="Jonah Pell")
    add_member(workspace, ines, role="agent", at=at)
    add_member(workspace, jonah, role="manager", at=at)
    norrtel = make_brand(workspace, "Norrtel", terms=[("handle", "@norrtel"), ("hashtag", "#norrtelfail")], at=at)
    skylark = make_brand(workspace, "Skylark", terms=[("handle", "@skylark"), ("site", "skylark.example")], at=at)
    SHEETS.pop(name, None)
    paper = Connection.objects.create(
        workspace=workspace, network="paper", label="Paper", name="Paper", settings={"sheet": name}, made_at=at
    )
    return World(workspace, norrtel, skylark, ines, jonah, owner, paper, hearing(paper))


def hearing(paper: Any) -> Callable[..., Any]:
    """A function that lets somebody say something on paper and takes it through the line; returns the post."""
    from itertools import count

    from tellback.flow.incoming import take_in
    from tellback.kit.clock import now
    from tellback.listen.models import Post
    from tellback.networks.contract import Parcel
    from tellback.networks.keeping import Arrival
    from tellback.networks.paper.adapter import payload

    numbers = count(1)

    def hear(handle: str, text: str, id: str = "", **more: Any) -> Any:
        external = id or f"note-{next(numbers)}"
        parcel = Parcel(external, payload(external, handle, text, **more), "a test")
        take_in([Arrival(paper, parcel, now())])
        return Post.objects.filter(workspace=paper.workspace_id, external_id=external).first()

    return hear


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other database is left to the run on that one: every test runs on the one that it is about."""
    other = "only_sqlite" if os.environ.get("TEST_DATABASE_URL") else "only_postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed one: what is not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = 1
        reporter.write_line("CI: skipped tests count as failed", red=True)
