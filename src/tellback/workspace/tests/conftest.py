import shutil
from datetime import date

import pytest
from django.urls import reverse

from tellback.kit.tests.conftest import FLAGS


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = "tellback.workspace.tests.stub_urls"


@pytest.fixture(autouse=True)
def fresh_limits():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def go(client, world):
    """A function that asks for a page of the settings by its name, or posts to it."""

    def ask(name, *args, said=None, as_user=None, follow=False):
        if as_user is not None:
            client.force_login(as_user)
        address = reverse(f"space:{name}", args=[world.workspace.slug, *args])
        return client.get(address) if said is None else client.post(address, said, follow=follow)

    return ask


@pytest.fixture
def things(world):
    """One of each: calendar, holiday, team, invitation."""
    from tellback.kit.clock import now
    from tellback.workspace import calendars, founding, teaming

    boss, at = world.member(world.owner), now()
    week = [[(540, 1020)]] * 5 + [[], []]
    calendar = calendars.save_calendar(world.workspace, None, name="Office", zone="UTC", week=week, by=boss, at=at)
    holiday = calendars.close_on(calendar, date(2026, 12, 25), name="Harbour Day", by=boss, at=at)
    team = teaming.save_team(world.workspace, None, name="Baggage", members=[boss], by=boss, at=at)
    invitation, _ = founding.invite(world.workspace, "kasimir@harbour.example", role="agent", by=boss, at=at)
    return {"calendar": calendar, "holiday": holiday, "team": team, "invitation": invitation}


@pytest.fixture
def reader(world):
    from tellback.kit.clock import now
    from tellback.workspace.founding import add_member
    from tellback.workspace.models import User

    user = User.objects.create_user("petra@harbour.example", "a long password", name="Petra Loomis")
    add_member(world.workspace, user, role="reader", at=now())
    return user


@pytest.fixture(scope="module")
def chromium(django_db_setup):
    """Playwright runs a loop in this thread, and Django would refuse the database beside it if it were not told."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        started = running.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()
