"""The first owner: by the token on the console, once."""

import stat
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from tellback.kit.clock import now
from tellback.workspace import first_run
from tellback.workspace.founding import make_workspace
from tellback.workspace.models import Member, User, Workspace

SAID = {
    "name": "Odile Farrow", "email": "odile@norrtel.example", "password": "slow boats to Corrin",
    "workspace": "Norrtel Care", "zone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture
def token(db):
    yield first_run.token(settings.HOME)
    first_run.close()


def test_the_token_is_made_once_and_only_its_owner_reads_it(token):
    path = Path(settings.HOME) / "first-run"
    assert len(token) >= 24
    assert first_run.token(settings.HOME) == token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_empty_file_is_written_anew(token):
    path = Path(settings.HOME) / "first-run"
    path.write_text("")
    assert not first_run.fits("")
    assert first_run.token(settings.HOME)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_first_page_says_where_the_token_is_and_never_shows_it(client, token):
    page = client.get("/").content.decode()
    assert "console" in page
    assert token not in page


def test_the_wrong_token_opens_nothing(client, token):
    for wrong in ("x", token + "x", token[:-1], token.upper()):
        assert client.get(f"/start/{wrong}/").status_code == 404
        assert client.post(f"/start/{wrong}/", SAID).status_code == 404
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_first_owner_is_made_and_signed_in_and_the_token_gone(client, settings):
    token = first_run.token(settings.HOME)
    demo = make_workspace("Corrin, made up", at=now(), is_demo=True)
    User.objects.create_user("tove@corrin.example", None, name="Tove Hallam")
    assert client.get(f"/start/{token}/").status_code == 200
    answer = client.post(f"/start/{token}/", SAID)
    assert answer.status_code == 302, answer.content.decode()
    # The made-up town is there to look at; ones own desk is one click away.
    space = Workspace.objects.get(is_demo=False)
    assert (answer.url, space.zone) == (f"/w/{demo.slug}/", "Europe/Berlin")
    owner = User.objects.get(email=SAID["email"])
    assert owner.check_password(SAID["password"])
    assert set(owner.memberships.values_list("workspace", "role")) == {(space.pk, "owner"), (demo.pk, "owner")}
    assert not (Path(settings.HOME) / "first-run").exists()
    assert client.get(f"/start/{token}/").status_code == 404
    assert first_run.token(settings.HOME) is None
    assert client.session["_auth_user_id"] == str(owner.pk)


def test_what_was_typed_is_kept_and_what_is_wrong_is_said(client, token):
    page = client.post(f"/start/{token}/", SAID | {"password": "password", "email": "no address"}).content.decode()
    assert 'value="Norrtel Care"' in page
    assert "too common" in page
    assert "Enter a valid email" in page
    assert not User.objects.exists()


def test_a_file_left_behind_goes_when_somebody_can_sign_in(world):
    path = Path(settings.HOME) / "first-run"
    path.write_text("left over")
    assert not first_run.fits("left over")
    assert first_run.token(settings.HOME) is None
    assert not path.exists()


@pytest.mark.django_db(transaction=True)
def test_two_that_race_make_one_owner(settings):
    settings.TELLBACK_FOUNDER = "tellback.workspace.tests.test_first_run.slow_founder"
    barrier, lost = threading.Barrier(2), []

    def one(number):
        barrier.wait()
        said = SAID | {"email": f"owner{number}@norrtel.example", "at": now()}
        try:
            first_run.begin(**said)
        except first_run.AlreadyFounded:
            lost.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in (1, 2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(lost) == 1
    assert User.objects.count() == Member.objects.count() == 1


def slow_founder(name, *, at, owner, zone):
    time.sleep(0.2)
    return import_string("tellback.flow.founding.found")(name, at=at, owner=owner, zone=zone)
