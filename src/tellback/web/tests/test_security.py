"""What stands on every answer, and what never reaches a view."""

import os
import stat

import pytest
from django.http import QueryDict

from tellback.cases.models import Case, Entry
from tellback.kit.environment import home
from tellback.live.endpoint import Refused, _refuse
from tellback.replies.models import Canned
from tellback.web.archive import Unusable, read_manifest
from tellback.web.security import POLICY, held

MANIFEST = (
    '{{"product": "tellback", "format": {format}, "version": {version}, "database": "sqlite", "made_at": "x", '
    '"migrations": {migrations}, "tables": {tables}, "members": [], "sequences": {sequences}}}'
)
RIGHT = {"format": "1", "version": '"0.1"', "migrations": "[]", "tables": "{}", "sequences": "{}"}


def test_every_answer_carries_the_policy(client, db):
    for address in ("/account/login/", "/static/kit/none.css", "/nowhere/"):
        assert client.get(address)["Content-Security-Policy"] == POLICY, address


def test_a_static_file_carries_the_policy(client, db):
    page = client.get("/account/login/").content.decode()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Security-Policy"]) == (200, POLICY)


def test_a_refused_stream_carries_a_policy():
    import asyncio

    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(_refuse(send, Refused(401, "no")))
    assert b"frame-ancestors 'none'" in dict(sent[0]["headers"])[b"content-security-policy"]


def test_staff_pages_stay_in_no_cache(client, world):
    client.force_login(world.ines)
    assert client.get(f"/w/{world.workspace.slug}/")["Cache-Control"] == "private, no-store"


def test_what_no_database_holds_reaches_no_view(client, world):
    world.hear("tove.hallam", "@norrtel you charged me twice for October and nobody answers, fix it please")
    case = Case.objects.get()
    client.force_login(world.ines)
    client.post(f"/w/{world.workspace.slug}/cases/{case.pk}/notes/", {"text": "The bank\x00 says two."})
    assert Entry.objects.get(kind=Entry.Kind.NOTE).text == "The bank says two."
    assert client.get(f"/w/{world.workspace.slug}/", {"tag": "a\x00"}).status_code == 200


def test_what_is_sound_is_left_as_it_is():
    said = QueryDict("a=1&a=2&b=ü")
    assert held(said) is said
    assert held(QueryDict("a=%00x&a=2")).getlist("a") == ["x", "2"]


def test_a_team_of_absurd_numbers_is_refused_in_words(client, world):
    client.force_login(world.owner)
    for number in ("9" * 22, "x", "-1", "²"):
        form = {"name": "Baggage", "members": number}
        answer = client.post(f"/w/{world.workspace.slug}/settings/teams/new/", form)
        assert "Choose among the members" in answer.content.decode()


def test_a_reason_of_any_length_opens_again(client, world):
    world.hear("tove.hallam", "@norrtel you charged me twice for October and nobody answers, fix it please")
    case = Case.objects.get()
    client.force_login(world.ines)
    address = f"/w/{world.workspace.slug}/cases/{case.pk}/closure/"
    client.post(address, {"reason": "let_stand"})
    assert client.post(address, {"_method": "delete", "why": "w" * 5000}).status_code == 302
    assert max(len(entry.text) for entry in Entry.objects.filter(case=case)) < 300


def test_a_name_that_looks_like_a_place_is_none():
    row = Canned(text="Hello {name}, {agent} here, {other}.")
    assert row.filled(name="{agent}", agent="Ines") == "Hello {agent}, Ines here, {other}."


def test_a_home_that_was_open_is_closed(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        home({"TELLBACK_HOME": str(folder)})
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "made").touch()
        assert stat.S_IMODE((folder / "made").stat().st_mode) == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("part", "wrong"),
    [
        ("format", '"1"'), ("format", "null"), ("version", "7"), ("migrations", '"cases"'), ("migrations", "[1]"),
        ("migrations", "null"), ("tables", "[]"), ("tables", '{"a": true}'), ("sequences", '{"a": [1]}'),
        ("sequences", '{"a": ["1", true]}'), ("sequences", "[]"),
    ],
)  # fmt: skip
def test_a_manifest_of_another_shape_is_refused_in_words(part, wrong):
    assert read_manifest(MANIFEST.format(**RIGHT).encode()).version == "0.1"
    with pytest.raises(Unusable, match="cannot be read"):
        read_manifest(MANIFEST.format(**{**RIGHT, part: wrong}).encode())
