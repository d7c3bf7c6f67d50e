"""The kit in Chromium: nothing for axe to find, keys, one live connection for all tabs, words that stay true."""

import queue
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from tellback.kit import views
from tellback.kit.time import waited

pytestmark = pytest.mark.browser

PART = '<div data-live="inbox" data-href="/part" id="part">old</div>'


@pytest.fixture
def parts(site):
    site.pages["/"] = views.parts(RequestFactory().get("/kit/parts")).content.decode()
    return site


@pytest.fixture
def page(browser, site, request):  # after the site, so that it is closed before: what still loads is not cut off
    context = browser.new_context(**getattr(request, "param", {}))
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.on("console", lambda said: page.faults.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert page.faults == []


SIZES = [
    {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    for width, height in ((1440, 900), (390, 844), (320, 640))
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize(
    "page", SIZES, indirect=True, ids=lambda size: f"{size['viewport']['width']}-{size['color_scheme']}"
)
def test_axe_finds_nothing_and_nothing_runs_over(page, parts):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.goto(parts.url)
    found = axe.Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("page", [{"viewport": {"width": 1440, "height": 900}}], indirect=True)
def test_slim_rail_keeps_its_names_for_those_who_hear(page, parts):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    parts.pages["/"] = parts.pages["/"].replace('<body class="console', '<body class="console slim')
    page.goto(parts.url)
    assert page.locator(".rail").bounding_box()["width"] == 56
    assert not page.locator(".rail .chip").is_visible()
    assert axe.Axe().run(page).response["violations"] == []


def test_axe_would_find_grey_on_grey(page, site):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    site.pages["/"] = render_to_string("kit/plain.html").replace(
        "</main>", '<h1>Here</h1><font color="#999999">pale</font></main>'
    )
    page.goto(site.url)
    assert "color-contrast" in [one["id"] for one in axe.Axe().run(page).response["violations"]]


def test_keys_act_but_never_while_one_types(page, parts):
    page.goto(parts.url)
    page.evaluate(
        "window.pressed = 0; document.querySelector('[data-key=z]').addEventListener('click', () => pressed++)"
    )
    page.keyboard.press("z")
    page.locator("#example-reply").press_sequentially("zzz")
    assert page.evaluate("pressed") == 1
    assert page.locator("#example-reply").input_value() == "zzz"


def test_question_mark_lists_the_keys_and_letters_can_be_turned_off(page, parts):
    page.goto(parts.url)
    page.evaluate(
        "window.pressed = 0; document.querySelector('[data-key=z]').addEventListener('click', () => pressed++)"
    )
    page.keyboard.press("?")
    assert "Snooze" in page.locator("#all-keys").inner_text()
    page.get_by_label("Single letters act").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    assert page.evaluate("pressed") == 0
    assert page.locator("#all-keys").count() == 0


def test_key_leads_to_the_field_until_something_is_written(page, parts):
    parts.pages["/"] = parts.pages["/"].replace('data-key="z"', 'data-key="z" data-key-field="example-reply"')
    page.goto(parts.url)
    page.keyboard.press("z")
    assert page.evaluate("document.activeElement.id") == "example-reply"
    assert page.locator("#example-reply").input_value() == ""


def test_j_and_k_move_along_the_rows(page, parts):
    page.goto(parts.url)
    rows = page.locator(".row-name")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert rows.nth(1).get_attribute("aria-current") == "true"
    page.keyboard.press("k")
    assert rows.nth(0).get_attribute("aria-current") == "true"
    assert page.locator(".row.chosen").count() == 1


def test_characters_left_are_what_one_sees(page, parts):
    page.goto(parts.url)
    page.locator("#example-reply").fill("a👨‍👩‍👧é")
    assert page.locator("#example-left").inner_text() == "277 left"
    page.locator("#example-reply").fill("x" * 283)
    assert page.locator("#example-left").inner_text() == "3 too many"


def test_clock_of_the_page_says_the_same_words(page, parts):
    now = datetime(2026, 11, 19, 14, 32, tzinfo=UTC)
    lengths = [0, 59, 60, 3599, 3600, 3660, 4320, 7199, 86399]
    page.goto(parts.url)
    said = page.evaluate(
        """async ([now, moments]) => {
            const clock = await import("/static/kit/js/clock.js");
            return moments.map((moment) => clock.waited(new Date(moment), new Date(now)));
        }""",
        [now.isoformat(), [(now - timedelta(seconds=length)).isoformat() for length in lengths]],
    )
    assert said == [waited(now - timedelta(seconds=length), now) for length in lengths]


def test_a_form_is_sent_once(page, site):
    form = '<form method="post" action="/never" id="f"><button>Send</button></form></main>'
    site.pages["/"] = render_to_string("kit/plain.html").replace("</main>", form)
    page.goto(site.url)
    sent = page.evaluate(
        """() => {
            let sent = 0;
            document.addEventListener("submit", (event) => {
                sent += !event.defaultPrevented;
                event.preventDefault();
            });
            const form = document.getElementById("f");
            form.requestSubmit(); form.requestSubmit();
            return sent;
        }"""
    )
    assert sent == 1


class Hub:
    """Stands in for the hub: each connection gets what is said while it is open."""

    def __init__(self):
        self.open = []
        self.count = 0
        self.ended = False

    def __call__(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        lines = queue.SimpleQueue()
        self.count += 1
        self.open.append(lines)
        try:
            while not self.ended:
                try:
                    line = f"data: {lines.get(timeout=0.1)}\n\n"
                except queue.Empty:
                    line = ": here\n\n"
                handler.wfile.write(line.encode())
                handler.wfile.flush()
        except OSError:
            pass
        self.open.remove(lines)

    def say(self, line):
        for lines in list(self.open):
            lines.put(line)


def until(page, holds, seconds=8.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        page.wait_for_timeout(50)
    return False


def test_tabs_share_one_connection_and_the_next_takes_over(page, site):
    hub = Hub()
    console = render_to_string("kit/console.html", {"live_url": "/live"})
    site.pages |= {"/": console.replace("</main>", f"{PART}</main>"), "/live": hub, "/part": "new"}
    page.goto(site.url)
    other = page.context.new_page()
    other.goto(site.url)
    assert until(page, lambda: hub.open)
    page.wait_for_timeout(1200)
    assert hub.count == 1
    hub.say("no message")
    hub.say('{"topics": ["chart"]}')
    page.wait_for_timeout(300)
    assert "/part" not in site.asked
    hub.say('{"topics": ["inbox", "inbox"]}')
    hub.say('{"topics": ["inbox"]}')
    assert until(page, lambda: page.locator("#part").inner_text() == other.locator("#part").inner_text() == "new")
    page.wait_for_timeout(300)
    assert site.asked.count("/part") == 2  # once for each tab, though it was said three times
    page.close()
    assert until(other, lambda: hub.count == 2)
    assert until(other, lambda: site.asked.count("/part") == 3)
    hub.ended = True


def test_a_cut_is_said_and_taken_back(page, site):
    hub = Hub()
    console = render_to_string("kit/console.html", {"live_url": "/live"})
    site.pages |= {"/": console.replace("</main>", f"{PART}</main>"), "/live": hub, "/part": "new"}
    page.goto(site.url)
    assert until(page, lambda: hub.open)
    assert page.locator("[data-live-state]").inner_text() == ""
    site.pages.pop("/live")
    hub.ended = True
    assert until(page, lambda: "Not live since" in page.locator("[data-live-state]").inner_text(), 12)
    hub.ended = False
    site.pages["/live"] = hub
    assert until(page, lambda: page.locator("[data-live-state]").inner_text() == "", 15)
    assert until(page, lambda: page.locator("#part").inner_text() == "new")
    hub.ended = True
    page.faults.clear()  # the browser itself notes that the connection was refused
