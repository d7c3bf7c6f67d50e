"""The inbox under one's hands: the row that takes a row's place, the focus, and the pane beside the list."""

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
def tabs(desk):
    """Two tabs of two browsers, so that what is done in one comes to the other over the live stream alone."""
    place, browser = desk
    contexts = [browser.new_context(viewport={"width": 1440, "height": 900}) for _ in range(2)]
    for context in contexts:
        context.add_cookies([place.cookie()])
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def inbox(desk):
    place, _ = desk
    return f"{place.address}/w/{place.slug}/"


def ids(page):
    return page.eval_on_selector_all("a.row-name", "all => all.map(a => a.id)")


def focused(page):
    return page.evaluate("document.activeElement.id")


def stand_at(page, inbox, place):
    """Open the inbox and go down to a row; its number, and that of the row behind it."""
    with page.expect_response(lambda answer: "live" in answer.url):
        page.goto(inbox)
    for _ in range(place):
        page.keyboard.press("j")
    rows = ids(page)
    expect(page.locator(CHOSEN)).to_have_id(rows[place])
    expect(page.locator(f"#pane form#composer[action*='/cases/{rows[place][4:]}/']")).to_be_attached()
    return rows[place][4:], rows[place + 1][4:]


def do(page, inbox, case, act, **form):
    """Another member's act on a case."""
    page.goto(f"{inbox}cases/{case}/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(f"{inbox}cases/{case}/{act}/", form={"csrfmiddlewaretoken": token, **form})
    assert answer.ok


@pytest.mark.parametrize("key", ["x", "l"])
def test_after_an_act_one_goes_on_with_the_row_behind(tabs, inbox, key):
    page, _ = tabs
    _, following = stand_at(page, inbox, 3)
    page.keyboard.press(key)
    expect(page.locator(CHOSEN)).to_have_id(f"row-{following}")
    expect(page.locator(f"#pane form#composer[action*='/cases/{following}/']")).to_be_attached()
    assert focused(page) == f"row-{following}"
    rows = ids(page)
    page.keyboard.press("j")
    assert focused(page) == rows[rows.index(f"row-{following}") + 1]


def test_when_another_closes_it_the_row_behind_is_chosen(tabs, inbox):
    mine, theirs = tabs
    case, following = stand_at(mine, inbox, 4)
    do(theirs, inbox, case, "closure", reason="let_stand")
    expect(mine.locator(f"#row-{case}")).to_have_count(0)
    expect(mine.locator(CHOSEN)).to_have_id(f"row-{following}")
    expect(mine.locator(f"#pane form#composer[action*='/cases/{following}/']")).to_be_attached()
    assert focused(mine) == f"row-{following}"


def test_what_one_writes_stays_when_another_closes_it(tabs, inbox):
    mine, theirs = tabs
    case, following = stand_at(mine, inbox, 2)
    mine.locator("#pane textarea[name=text]").fill("I am Nora, and I write to you")
    do(theirs, inbox, case, "closure", reason="let_stand")
    expect(mine.locator(f"#row-{case}")).to_have_count(0)
    expect(mine.locator("#pane").get_by_role("button", name="Open again")).to_be_visible()
    expect(mine.locator("#pane textarea[name=text]")).to_have_value("I am Nora, and I write to you")
    mine.evaluate("document.activeElement.blur()")
    mine.keyboard.press("j")
    expect(mine.locator(CHOSEN)).to_have_id(f"row-{following}")


def test_the_pane_says_who_took_it(tabs, inbox):
    mine, theirs = tabs
    case, _ = stand_at(mine, inbox, 1)
    assert mine.locator("#pane button[data-key=t]").count() == 1
    do(theirs, inbox, case, "holding")
    expect(mine.locator("#pane .head")).to_contain_text("Nora Quill has it")
    expect(mine.locator("#pane button[data-key=t]")).to_have_count(0)


def test_the_pane_shows_the_answer(tabs, inbox):
    mine, theirs = tabs
    case, _ = stand_at(mine, inbox, 5)
    do(theirs, inbox, case, "replies", text="I am Nora. It is mended.")
    expect(mine.locator("#pane .facts")).to_contain_text("It is mended.")


@pytest.mark.parametrize("width", [390, 1440])
def test_a_case_opens_at_its_top_on_a_phone_and_the_newest_is_one_step_away(desk, inbox, width):
    place, browser = desk
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.add_cookies([place.cookie()])
    page = context.new_page()
    page.goto(inbox)
    for case in [one[4:] for one in ids(page)[:4]]:
        page.goto(f"{inbox}cases/{case}/", wait_until="networkidle")
        assert page.evaluate("scrollY") == 0
    page.goto(f"{inbox}cases/{longest(page, inbox)}/", wait_until="load")
    assert page.evaluate("scrollY") == 0
    step = page.get_by_role("link", name="To the newest words")
    if width == 390:
        step.click()
        top = page.locator(":target").bounding_box()["y"]
        rail = page.locator(".rail").bounding_box()
        assert rail["y"] + rail["height"] <= top < 300
    else:
        expect(step).to_be_hidden()
    context.close()


def longest(page, inbox):
    """A case that does not fit on a phone and in which both sides spoke."""
    for case in range(1, 60):
        page.goto(f"{inbox}cases/{case}/")
        if page.locator(".entry .said").count() > 1 and page.locator(".to-newest").count():
            return case
    raise AssertionError("no case is long")


def test_a_draft_that_cannot_be_kept_says_so_until_it_is(tabs, inbox):
    page, _ = tabs
    case, _ = stand_at(page, inbox, 1)
    page.goto(f"{inbox}cases/{case}/")
    field = page.locator("textarea[data-unkept]")
    field.press_sequentially("I am Nora")
    expect(page.locator(f"#draft-{case}")).to_contain_text("Draft kept")
    page.context.set_offline(True)
    field.press_sequentially(" and more")
    expect(page.locator(".unkept")).to_contain_text("Not kept since")
    assert field.input_value() == "I am Nora and more"
    page.context.set_offline(False)
    expect(page.locator(".unkept")).to_have_text("", timeout=15_000)
    page.reload()
    expect(page.locator("textarea[data-unkept]")).to_have_value("I am Nora and more")
