"""Signing in in Chromium, under the strict policy: passkeys, keys as second step, codes of an app; axe on each page."""

import re
from urllib.parse import urlsplit

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(chromium, live_server, world):
    """Opens a page in a browser of its own; `page.faults` gathers what the console and other hosts would tell."""
    contexts = []

    def opened(**how):
        context = chromium.new_context(**how)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on("console", lambda said: page.faults.append(said.text) if is_fault(said) else None)
        page.on("request", lambda asked: page.faults.append(asked.url) if elsewhere(asked.url) else None)
        page.home = f"http://localhost:{urlsplit(live_server.url).port}"
        return page

    yield opened
    for context in contexts:
        context.close()


def is_fault(said):
    # The stream is served beside Django, and this test serves Django alone; a 404 is a page that is wanted.
    return said.type == "error" and not re.search(r"\b(404|501)\b", said.text)


def elsewhere(url):
    return urlsplit(url).hostname not in {"localhost", None}


def sign_in(page, email="ines@harbour.example", password="a long password"):
    page.goto(f"{page.home}/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def with_key(page, **more):
    """A virtual key in this browser, which says yes to everything."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options | more})
    return devices, made["authenticatorId"]


def go_as_oneself(page, path):
    """A page that asks once more who one is."""
    page.goto(page.home + path)
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill("a long password")
        page.get_by_role("button", name="Go on").click()
        page.wait_for_url(page.home + path)


def add_key(page, alone=True):
    go_as_oneself(page, "/account/2fa/webauthn/add/")
    page.get_by_label("What you call it").fill("Office laptop")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url("**/recovery-codes/")


def sign_out(page):
    page.goto(f"{page.home}/me/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/login/**")


def test_a_passkey_is_added_and_signs_in_without_a_password(open_page):
    page = open_page()
    sign_in(page)
    devices, key = with_key(page)
    add_key(page)
    assert len(devices.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    assert "10 recovery codes" in page.locator("h1").inner_text()
    page.goto(f"{page.home}/account/2fa/webauthn/")
    assert "Office laptop" in page.locator("main").inner_text()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/w/harbour-desk/")
    page.goto(f"{page.home}/me/")
    assert page.get_by_label("E-mail").input_value() == "ines@harbour.example"
    assert page.faults == []


def test_a_key_of_nobody_signs_in_nobody_and_the_page_says_so(open_page):
    page = open_page()
    with_key(page)
    page.goto(f"{page.home}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_role("alert").filter(has_text="No key was used").wait_for()
    assert page.url == f"{page.home}/account/login/"


def test_a_key_as_second_step(open_page):
    page = open_page()
    sign_in(page)
    with_key(page)
    add_key(page, alone=False)
    sign_out(page)
    sign_in(page)
    assert page.url == f"{page.home}/account/2fa/authenticate/"
    page.goto(f"{page.home}/me/")
    assert page.url == f"{page.home}/account/2fa/authenticate/"
    page.get_by_role("button", name="Use a key").click()
    page.wait_for_url(lambda url: "/2fa/" not in url)
    page.goto(f"{page.home}/me/")
    assert page.get_by_label("E-mail").input_value() == "ines@harbour.example"
    assert page.faults == []


def test_the_code_of_an_app(open_page, monkeypatch):
    from allauth.mfa.totp.internal.auth import TOTP

    page = open_page()
    sign_in(page)
    go_as_oneself(page, "/account/2fa/totp/activate/")
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    seed = page.locator(".totp-letters").inner_text()
    field = page.get_by_label("The six figures")
    field.fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    assert "This is not the code" in page.locator("main").inner_text()
    assert page.locator(".totp-letters").inner_text() == seed
    page.get_by_label("The six figures").fill(code_now(seed))
    page.get_by_role("button", name="Switch it on").click()
    page.wait_for_url("**/recovery-codes/")
    spare = page.locator(".codes").inner_text().split()[0]
    sign_out(page)
    sign_in(page)
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "This is not the code" in page.locator("main").inner_text()
    # a code is good once, and this half minute's is used
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda *parts: True)
    page.get_by_label("Code").fill(code_now(seed))
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/harbour-desk/")
    sign_out(page)
    sign_in(page)
    page.get_by_label("Code").fill(spare)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/harbour-desk/")
    assert page.faults == []


def code_now(seed):
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(seed, next(iter(yield_hotp_counters_from_time()))))


def test_sign_in_works_without_scripts(open_page):
    page = open_page(java_script_enabled=False)
    sign_in(page)
    assert page.url == f"{page.home}/w/harbour-desk/"
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()


def test_keys_are_bound_to_names_and_the_page_says_so(open_page):
    page = open_page()
    page.home = page.home.replace("localhost", "127.0.0.1")
    sign_in(page)
    go_as_oneself(page, "/account/2fa/webauthn/add/")
    assert "open the page at localhost" in page.locator("main").inner_text()


SIZES = [
    {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    for width, height in ((1440, 900), (390, 844))
    for scheme in ("light", "dark")
]
SETTINGS = ["", "general/", "brands/", "brands/new/", "hours/", "hours/new/", "members/", "teams/", "teams/new/"]
SIGNED_IN = [f"/w/harbour-desk/settings/{part}" for part in SETTINGS] + [
    "/me/", "/new/", "/account/logout/", "/account/password/change/", "/account/2fa/", "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/", "/account/2fa/totp/activate/", "/account/reauthenticate/",
]  # fmt: skip
SIGNED_OUT = [
    "/account/login/", "/account/signup/", "/account/password/reset/", "/account/password/reset/done/",
    "/account/inactive/", "/join/nothing/", "/asked/nothing/",
]  # fmt: skip


@pytest.mark.parametrize("how", SIZES, ids=lambda how: f"{how['viewport']['width']}-{how['color_scheme']}")
def test_axe_finds_nothing_and_nothing_runs_over(open_page, how):
    page = open_page(**how)
    found = {path: wrong_with(page, path) for path in SIGNED_OUT}
    sign_in(page, "odile@harbour.example")
    go_as_oneself(page, "/account/2fa/totp/activate/")
    found |= {path: wrong_with(page, path) for path in SIGNED_IN}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert page.faults == []


def wrong_with(page, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.goto(page.home + path)
    over = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [one["id"] for one in axe.Axe().run(page).response["violations"]] + ["runs over"] * over


def test_a_new_desk_works_in_the_zone_of_the_browser(open_page, world):
    page = open_page(timezone_id="Asia/Tokyo")
    sign_in(page, "odile@harbour.example")
    page.goto(f"{page.home}/new/")
    zone = page.get_by_label("Time zone")
    assert zone.input_value() == "Asia/Tokyo"
    zone.select_option("Europe/Berlin")
    page.get_by_label("Workspace").fill(" ")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_load_state()
    assert zone.input_value() == "Europe/Berlin"
    assert not page.faults


def test_without_scripts_the_zone_is_utc(open_page, world):
    page = open_page(timezone_id="Asia/Tokyo", java_script_enabled=False)
    sign_in(page, "odile@harbour.example")
    page.goto(f"{page.home}/new/")
    assert page.get_by_label("Time zone").input_value() == "UTC"
