"""Every page that a link leads to, on a desk and on a phone, in light and dark: axe finds nothing, no other host is
asked for anything, nothing is wider than the screen, and the browser has no complaint (so the policy holds)."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.browser.serving import CHROMIUM, CHROMIUM_ARGUMENTS, served

pytestmark = pytest.mark.browser
VIEWS = [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light"), (390, 844, "dark")]
LEAVE = re.compile(r"/(logout|static|live|healthz)|\.(jpeg|png|pdf|txt|json)$|download|attachments|/file/$")


@pytest.fixture(scope="module")
def desk():
    with served() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield place, browser
        browser.close()


def kind_of(address):
    """Pages that differ only by a number are one kind; so are those of one queue or search."""
    parts = urlsplit(address)
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    return re.sub(r"/\d+(?=/|$)", "/N", parts.path) + ("?" + "&".join(names) if names else "")


def pages(place, context):
    """One address of each kind, found by following links from the inbox, at most three steps away."""
    page = context.new_page()
    found = {}
    waiting = [(place.address + f"/w/{place.slug}/", 0), (place.address + "/me/", 0), (place.address + "/kit/parts", 0)]
    while waiting:
        address, depth = waiting.pop(0)
        if kind_of(address) in found or LEAVE.search(address):
            continue
        response = page.goto(address, wait_until="load")
        found[kind_of(address)] = (address, response.status if response else 0)
        if depth < 3:
            links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
            inside = (urljoin(address, link).split("#")[0] for link in links)
            waiting += [(link, depth + 1) for link in inside if link.startswith(place.address + "/")]
    page.close()
    return found


def test_every_page_is_fit_for_everybody(desk):
    place, browser = desk
    context = browser.new_context()
    context.add_cookies([place.cookie()])
    found = pages(place, context)
    assert len(found) >= 20, sorted(found)
    faults = [f"{kind}: {status}" for kind, (_, status) in found.items() if status >= 400]
    for width, height, scheme in VIEWS:
        faults += look(place, browser, found, width, height, scheme)
    assert not faults, "\n".join(faults)


def look(place, browser, found, width, height, scheme):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.add_cookies([place.cookie()])
    page = context.new_page()
    faults = []
    where = ""
    page.on(
        "request",
        lambda r: None if r.url.startswith((place.address, "data:")) else faults.append(f"{where} asks {r.url}"),
    )
    page.on("console", lambda m: faults.append(f"{where}: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda e: faults.append(f"{where}: {e}"))
    axe = Axe()
    for kind, (address, _) in sorted(found.items()):
        where = f"{kind} at {width} {scheme}"
        page.goto(address, wait_until="load")
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            faults.append(f"{where}: {over} px wider than the screen")
        for violation in axe.run(page).response["violations"]:
            nodes = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
            faults.append(f"{where}: {violation['id']}: {nodes}")
    context.close()
    return faults
