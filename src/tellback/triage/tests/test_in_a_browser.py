"""The chart's pages in Chromium: no word stands over another, and nothing is cut on a narrow screen."""

from datetime import timedelta

import pytest
from django.test import Client

from tellback.kit.clock import now
from tellback.triage import judging
from tellback.triage.models import Question
from tellback.triage.tests.test_chart_page import POSTS, Doubtful
from tellback.workspace.tests.conftest import chromium  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OVER = """() => [...document.querySelectorAll('.heap-row')].filter(row => {
  const waits = document.createRange();
  waits.selectNodeContents(row.querySelector('.wait-words'));
  return waits.getBoundingClientRect().right > row.querySelector('.heap-words').getBoundingClientRect().left;
}).length"""
CUT = "() => [...document.querySelectorAll('.table-frame')].filter(one => one.scrollWidth > one.clientWidth).length"


@pytest.fixture
def shown(chromium, live_server, world):  # noqa: F811
    signed_in = Client()
    signed_in.force_login(world.jonah)
    context = chromium.new_context()
    cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in signed_in.cookies.items()]
    context.add_cookies(cookies)
    page = context.new_page()

    def at(width, path):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/w/{world.workspace.slug}/{path}")
        return page

    yield at
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("waits", [timedelta(days=60), timedelta(days=3), timedelta(hours=20, minutes=55)])
def test_a_long_wait_stands_beside_the_words(shown, world, monkeypatch, width, waits):
    monkeypatch.setattr(judging, "_judge", [Doubtful(judging._judge[0])])
    world.hear("vale", POSTS[3])
    Question.objects.update(asked_at=now() - waits)
    for path in ("chart/", "chart/questions/"):
        page = shown(width, path)
        assert page.locator(".heap-row").count() == 1
        assert page.evaluate(OVER) == 0


def test_the_versions_are_whole_on_a_narrow_screen(shown):
    page = shown(390, "chart/policies/")
    assert page.evaluate(CUT) == 0
    box = page.get_by_role("link", name="Download version 1").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
