"""Keys mean what one sees: the chosen row, the field that one is in, the popover that is open."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.serving import CHROMIUM, CHROMIUM_ARGUMENTS, served

pytestmark = pytest.mark.browser
CHOSEN = "a.row-name[aria-current]"


@pytest.fixture(scope="module")
def desk():
    with served() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield place, browser
        browser.close()


@pytest.fixture
def page(desk):
    place, browser = desk
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([place.cookie()])
    yield context.new_page()
    context.close()


@pytest.fixture
def inbox(desk):
    place, _ = desk
    return f"{place.address}/w/{place.slug}/"


def cases(page, inbox):
    page.goto(inbox)
    return page.eval_on_selector_all("a.row-name", "all => all.map(a => a.id.slice(4))")


def speaking(page, inbox):
    """A case that one can answer, with its page open."""
    for case in cases(page, inbox):
        page.goto(f"{inbox}cases/{case}/")
        if page.locator("#composer [data-send=second]").count() and page.locator("#composer [data-limit]").count():
            return case
    raise AssertionError("nobody can be answered")


def until(page, holds):
    """Let the page go on until something holds."""
    for _ in range(1000):
        if holds():
            return
        page.wait_for_timeout(10)
    raise AssertionError("it never held")


def keeping(held):
    def keep(route):
        held.append(route)

    return keep


def let_go(page, held):
    until(page, lambda: held)
    while held:
        held.pop().continue_()


def in_text(page):
    return page.evaluate("document.activeElement.id.startsWith('answer-')")


@pytest.mark.parametrize(
    ("key", "field", "typed", "goes_to"),
    [("z", "until", "2027-03-01T09:00", "snooze"), ("c", "words", "By phone", "closure")],
)
@pytest.mark.parametrize("scripts", [True, False])
def test_enter_in_a_popover_does_what_the_popover_is_for(desk, inbox, scripts, key, field, typed, goes_to):
    place, browser = desk
    context = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=scripts)
    context.add_cookies([place.cookie()])
    page = context.new_page()
    listing = context.request.get(inbox).text()
    for case in re.findall(r'id="row-(\d+)"', listing):
        page.goto(f"{inbox}cases/{case}/")
        if page.locator("#composer [data-send=second]").count():
            break
    page.locator("#composer textarea").fill("This is not finish")
    page.locator(f"summary[data-key={key}]").click()
    small = page.locator(f".more-panel [name={field}]")
    small.fill(typed)
    with page.expect_request(lambda sent: sent.method == "POST" and not sent.url.endswith("/draft/")) as sent:
        small.press("Enter")
    assert sent.value.url.endswith(f"/cases/{case}/{goes_to}/")
    page.wait_for_load_state()
    page.goto(f"{inbox}cases/{case}/")
    expect(page.locator(".entry-ours", has_text="This is not finish")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("fast", ["jjl", "jjx", "jjt"])
def test_a_key_acts_on_the_chosen_row_though_its_pane_is_slow(page, inbox, fast):
    rows = cases(page, inbox)
    page.keyboard.press("j")
    expect(page.locator(f"#pane form#composer[action*='/cases/{rows[1]}/']")).to_be_attached()
    held = []
    page.route(re.compile(r"/pane/"), keeping(held))
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_request(re.compile(rf"/cases/{rows[3]}/pane/")):
        page.keyboard.press(fast[-1])
    expect(page.locator(CHOSEN)).to_have_id(f"row-{rows[3]}")
    with page.expect_request(lambda sent: sent.method == "POST") as sent, page.expect_navigation():
        let_go(page, held)
    assert f"/cases/{rows[3]}/" in sent.value.url


def test_what_is_typed_behind_a_held_reply_stands_in_its_field(page, inbox):
    cases(page, inbox)
    held = []
    page.route(re.compile(r"/pane/"), keeping(held))
    with page.expect_request(re.compile(r"/pane/")):
        page.keyboard.type("jrHello x")
    let_go(page, held)
    expect(page.locator("#pane textarea")).to_have_value("Hello x")
    assert in_text(page)


def test_an_overtaken_pane_is_not_shown(page, inbox):
    rows = cases(page, inbox)
    held = []
    page.route(re.compile(r"/pane/"), keeping(held))
    for count in (1, 2):
        page.keyboard.press("j")
        until(page, lambda count=count: len(held) == count)
    page.evaluate("document.addEventListener('htmx:afterRequest', () => (window.answers = (window.answers ?? 0) + 1))")
    held[1].continue_()
    newest = page.locator(f"#pane form#composer[action*='/cases/{rows[2]}/']")
    expect(newest).to_be_attached()
    held[0].continue_()
    until(page, lambda: page.evaluate("window.answers >= 2"))
    expect(newest).to_be_attached()


@pytest.mark.parametrize("text", ["   ", "x" * 21_000])
def test_after_a_refusal_one_writes_on(page, inbox, text):
    speaking(page, inbox)
    page.locator("#composer textarea").fill(text)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".composer-wrong")).to_be_visible()
    page.keyboard.type("tx")
    expect(page.locator("#composer textarea")).to_have_value(re.compile("tx$"))


def test_a_case_by_hand_with_a_fault_leads_to_the_fault(page, inbox):
    page.goto(f"{inbox}cases/new/")
    page.locator("[name=who]").fill("Tove")
    page.locator("[name=text]").evaluate("field => field.required = false")
    with page.expect_navigation():
        page.get_by_role("button", name="Open the case").click()
    assert page.evaluate("document.activeElement.name") == "text"
    assert page.locator("[name=who]").input_value() == "Tove"


@pytest.mark.parametrize("key", ["c", "z"])
def test_a_popover_opened_by_key_takes_the_focus_and_gives_it_back(page, inbox, key):
    speaking(page, inbox)
    before = page.get_by_role("region", name="What happened")
    before.focus()
    page.keyboard.press(key)
    assert page.evaluate("document.activeElement.closest('.more-panel') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("details.more[open]")).to_have_count(0)
    expect(before).to_be_focused()


def test_a_draft_on_its_way_is_broken_off_by_sending(page, inbox):
    case = speaking(page, inbox)
    held = []
    page.route(re.compile(r"/draft/"), keeping(held))
    field = page.locator("#composer textarea")
    with page.expect_request(re.compile(r"/draft/")):
        field.press_sequentially("I am Nora. It is mended.")
    with page.expect_event("requestfailed", lambda sent: "/draft/" in sent.url), page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-ours", has_text="It is mended.")).to_have_count(1)
    page.goto(f"{inbox}cases/{case}/")
    expect(page.locator("#composer textarea")).to_have_value("")


def test_nothing_scrolls_that_has_nothing_to_scroll(page, inbox):
    speaking(page, inbox)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.goto(f"{inbox}chart/")
    assert page.locator(".slim .rail-nav").evaluate("rail => rail.scrollWidth <= rail.clientWidth")
