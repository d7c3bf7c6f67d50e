import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from tellback.kit import views
from tellback.kit.rail import Chip, Rail, Row, Section


def rail():
    queues = (
        Row("Waiting", "/waiting", "23", "2 days", step=4, current=True, icon="inbox", key="w"),
        Row("Mine", "/mine"),
    )
    rooms = (Row("Radar", "/radar", icon="signal", chip=Chip("storm", "1 storm")),)
    brands = Section("Brands", empty="None yet")
    return Rail(
        (Section("Who waits", queues), brands, Section("Rooms", rooms, icons=True)), "Ines", "Harbour desk", "/me"
    )


def parts():
    return views.parts(RequestFactory().get("/kit/parts")).content.decode()


def test_rail_shows_rows_counts_and_where_one_is():
    page = render_to_string("kit/console.html", {"rail": rail()})
    assert page.count('aria-current="page"') == 1
    assert 'data-key="w"' in page
    assert "None yet" in page
    assert "wait-4" in page
    assert "1 storm" in page
    assert 'href="/me"' in page


def test_rail_knows_where_one_is():
    assert rail().here().label == "Waiting"
    assert Rail(()).here() is None


@pytest.mark.parametrize("template", ["kit/console.html", "kit/portal.html", "kit/plain.html"])
def test_shells_stand_without_any_context(template):
    page = render_to_string(template)
    assert 'id="main"' in page
    assert 'href="#main"' in page
    assert '<html lang="en' in page


@pytest.mark.parametrize("code", ["400", "403", "403_csrf", "404", "500"])
def test_errors_say_what_happened_and_where_to_go(code):
    page = render_to_string(f"{code}.html")
    assert page.count("<h1") == 1
    assert '<a class="button" href="/">' in page
    assert "!" not in re.sub(r"<[^>]*>", "", page)


def test_theme_may_be_chosen():
    assert 'data-theme="dark"' in render_to_string("kit/plain.html", {"theme": "dark"})


def test_live_address_stands_on_the_body():
    assert 'data-live-url="/live"' in render_to_string("kit/console.html", {"live_url": "/live"})


def test_nothing_is_styled_or_scripted_in_the_page():
    page = parts()
    assert not re.search(r"\sstyle=|\son\w+=|<style", page)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", page))


def test_page_asks_nobody_else():
    page = parts()
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_ids_are_given_once():
    ids = re.findall(r'\sid="([^"]+)"', parts())
    assert len(ids) == len(set(ids))


def test_notice_offers_undo_only_where_there_is_one():
    assert "Undo" not in render_to_string("kit/_notice.html", {"text": "Kept."})
    assert 'action="/undo/3"' in render_to_string("kit/_notice.html", {"text": "Let stand.", "undo_url": "/undo/3"})


def test_pager_shows_only_the_neighbours_there_are():
    page = render_to_string("kit/_pager.html", {"shown": "50 of 60", "later_url": "?after=50"})
    assert 'rel="next"' in page
    assert 'rel="prev"' not in page
