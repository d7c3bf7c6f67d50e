"""Nothing of one workspace is seen or touched from another: every address, with the other's ids, name and session.

The crawl reads the addresses from the urlconf. A new one whose ids are not in IDS, or that stands outside /w/ and is
not in OUTSIDE, fails here, and the words say what to add.
"""

import re

import pytest
from conftest import make_world
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.furnished import NOBODYS, ROOMS, crossed, furnish, rows_of, way_to_workspace

pytestmark = pytest.mark.django_db

# "the part of the address ahead/<parameter>" -> the noun of furnished.py whose id stands there.
IDS = {
    "w/<slug:space>": "space",
    "attachments/<int:pk>": "attachment",
    "brands/<int:pk>": "brand",
    "canned/<int:pk>": "canned",
    "cases/<int:pk>": "case",
    "connections/<int:pk>": "connection",
    "holidays/<int:day>": "holiday",
    "hours/<int:pk>": "calendar",
    "invitations/<int:pk>": "invitation",
    "joinings/<int:pk>": "joining",
    "members/<int:pk>": "member",
    "notices/<int:notice>": "notice",
    "people/<int:pk>": "person",
    "policies/<int:version>": "version",
    "posts/<int:pk>": "post",
    "questions/<int:question>": "question",
    "replies/<int:pk>": "open_reply",
    "teams/<int:pk>": "team",
}
# Parameters that name nothing of a workspace, with a value that is sensible there.
WORDS = {
    "edge/<str:key>": "true:yes",
    "shipped/<slug:name>": "air-force-2009",
    "new/<slug:network>": "paper",
    "ended/<slug:slug>": "no-such-workspace",
    "asked/<str:token>": "no-such-token",
    "join/<str:token>": "no-such-token",
    "start/<str:token>": "no-such-token",
    "confirm-email/<key>": "no-such-key",
    "key/<uidb36>": "zz",
    "-<key>": "no-such-key",
    "keys/<int:pk>": "999999",
}
# Addresses outside a workspace: they may answer anybody, and say nothing of any workspace that is not the asker's.
OUTSIDE = re.compile(r"^(healthz|account/.*|kit/parts|asked/.*|start/.*|join/.*|new/|ended/.*|me/.*|)$")
# What stands beside Django and only explains itself here: (address, status).
ELSEWHERE = {"w/<slug:space>/live/": 501}
HIDDEN = {404, 405}
MARKS = ("amberquay", "brindlewick")
# Names under which forms send ids: each is sent with the other workspace's id.
FORM = {
    "brand": "brand", "holder": "user", "team": "team", "teams": "team", "person": "person", "into": "person",
    "away": "person", "post": "post", "case": "case", "reply": "open_reply", "telling": "telling", "tag": "tag",
    "strand": "strand", "canned": "canned", "calendar": "calendar", "connection": "connection", "question": "question",
    "policy": "policy", "version": "version", "member": "member", "user": "user", "to": "user", "notice": "notice",
    "pk": "case", "id": "case", "handle": "person", "join": "case", "draft": "draft", "other": "person",
}  # fmt: skip


def routes(resolver=None, ahead=""):
    """Every address of the urlconf, as it is written."""
    for entry in (resolver or get_resolver()).url_patterns:
        written = ahead + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from routes(entry, written)
        elif isinstance(entry, URLPattern):
            yield re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", written)


PLACE = re.compile(r"([^/<>]*/)?([^/<>]*)(<[^>]+>)")
ROUTES = sorted(set(routes()))


def key_of(match):
    return f"{match[1] or ''}{match[2]}{match[3]}" if not match[2] else f"{match[2]}{match[3]}"


def places(route):
    """The parameters of an address, each as IDS and WORDS name it."""
    return [key_of(match) for match in PLACE.finditer(route)]


def unknown(route):
    """What must be added to the tables above before this address is covered; "" when it is."""
    missing = [key for key in places(route) if key not in IDS and key not in WORDS]
    if missing:
        return f"{route}: add {missing} to IDS with a row in furnished.py; to WORDS if it names nothing of one."
    if not route.startswith("w/<slug:space>/") and not OUTSIDE.match(route):
        return f"{route}: it stands outside /w/<space>/. Put it below, or into OUTSIDE if it shows nothing of any."
    return ""


def fill(route, space, things):
    def value(match):
        key = key_of(match)
        said = space if key == "w/<slug:space>" else WORDS.get(key) or things[IDS[key]]
        return f"{match[1] or ''}{match[2]}{said}"

    return "/" + PLACE.sub(value, route)


def names_rows(route):
    return any(key in IDS for key in places(route) if key != "w/<slug:space>")


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker, tmp_path_factory):
    """Both workspaces, made once: each test takes back what it changes."""
    files = tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        first, second = make_world("Harbour desk"), make_world("Hill desk")
        yield first, furnish(first, MARKS[0]), second, furnish(second, MARKS[1])
        transaction.set_rollback(True)


class Undo(Exception):
    pass


def tried(ask):
    """Run in a transaction that is taken back, so that every address meets the same two workspaces."""
    try:
        with transaction.atomic():
            ask()
            raise Undo
    except Undo:
        pass


def said(response):
    """All that the answer shows: body, and where it sends one."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", "replace") + response.headers.get("Location", "")


def answers(client, url, more):
    """The three ways to ask. The last is a form that says DELETE, for browsers without scripts."""
    yield "GET", client.get(url, more)
    yield "GET for a part", client.get(url, more, headers={"HX-Request": "true"})
    yield "POST", client.post(url, more)
    yield "DELETE", client.delete(url)
    yield "POST as DELETE", client.post(url, {**more, "_method": "delete"})


def faults(client, route, url, more, *, allowed):
    """What is wrong with the answers, in words."""
    wrong = []
    for how, response in answers(client, url, more):
        if MARKS[1] in said(response).lower():
            wrong.append(f"{how} {url} shows words of the other workspace")
        if allowed and response.status_code not in {*allowed, ELSEWHERE.get(route)}:
            wrong.append(f"{how} {url} answers {response.status_code}, not one of {sorted(allowed)}")
    return wrong


@pytest.mark.parametrize("route", ROUTES)
def test_every_address_is_covered(route):
    assert not unknown(route), unknown(route)


def test_an_address_that_is_not_covered_is_noticed():
    assert "add ['ships/<int:pk>']" in unknown("w/<slug:space>/ships/<int:pk>/")
    assert "outside /w/" in unknown("ships/")
    assert not unknown("w/<slug:space>/cases/<int:pk>/closure/")
    assert fill("w/<slug:space>/cases/<int:pk>/notes/", "hill", {"case": 7}) == "/w/hill/cases/7/notes/"
    assert places("account/password/reset/key/<uidb36>-<key>/") == ["key/<uidb36>", "-<key>"]


@pytest.mark.parametrize("route", [route for route in ROUTES if not unknown(route)])
def test_nothing_is_seen_or_touched_from_outside(two, route):
    first, ours, second, theirs = two
    before = rows_of(second.workspace)
    wrong = []

    def crawl():
        member, stranger = Client(), Client()
        member.force_login(first.owner)
        inside = route.startswith("w/<slug:space>/")
        foreign = {name: theirs[noun] for name, noun in FORM.items()}
        if names_rows(route):
            wrong.extend(
                faults(member, route, fill(route, ours["space"], theirs), {}, allowed=HIDDEN | {400, 403, 302})
            )
        if inside:
            wrong.extend(faults(member, route, fill(route, theirs["space"], theirs), {}, allowed=HIDDEN))
            wrong.extend(faults(stranger, route, fill(route, theirs["space"], theirs), {}, allowed=HIDDEN | {302}))
        wrong.extend(faults(member, route, fill(route, ours["space"], ours), foreign, allowed=set()))
        after = rows_of(second.workspace)
        wrong.extend(f"{route} changed the other's {table}" for table in before if before[table] != after[table])
        wrong.extend(f"{route} ties a row to the other workspace: {fault}" for fault in crossed())

    tried(crawl)
    assert not wrong, "\n".join(wrong)


def test_every_staff_address_asks_for_an_account(two):
    _, ours, _, _ = two
    for route in ROUTES:
        if route.startswith("w/<slug:space>/") and route not in ELSEWHERE and not unknown(route):
            response = Client().get(fill(route, ours["space"], ours))
            assert response.status_code in {302, *HIDDEN}, route
            assert response.status_code != 302 or "/login/" in response["Location"], route


def test_the_furniture_is_whole(two):
    """Each table has rows in both workspaces: what is not planted cannot be seen to leak."""
    first, _, second, _ = two
    for world in (first, second):
        empty = [table for table, rows in rows_of(world.workspace).items() if not rows]
        assert empty in ([], ["events_ripple"]), empty
    strange = {
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS and model.__module__.startswith("tellback.") and not way_to_workspace(model)
    } - NOBODYS
    assert not strange, f"{strange} belong to no workspace: say in furnished.py (NOBODYS) why that is right."
    assert crossed() == []


def test_a_row_tied_to_the_other_workspace_is_noticed(two):
    from tellback.cases.models import Case

    _, ours, _, theirs = two

    def cross():
        Case.objects.filter(pk=ours["case"]).update(team=theirs["team"])
        assert ("cases_case", "team", 1) in crossed()

    tried(cross)
