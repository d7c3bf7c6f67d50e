"""Who may hold a stream open: a session that stands, of a member who is one."""

import pytest
from django.conf import settings
from django.test import Client

from tellback.web.live import visitor
from tellback.workspace.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def line_of_the_test(monkeypatch):
    """The connection is the test's own, with its transaction: it stays open."""
    monkeypatch.setattr("tellback.web.live.close_old_connections", lambda: None)


def asks(client: Client, slug: str):
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    return visitor({"path": f"/w/{slug}/live/", "headers": [(b"cookie", cookie.encode())]})


def test_a_member_hears(world, client):
    client.force_login(world.ines)
    found = asks(client, world.workspace.slug)
    assert found is not None
    assert (found.user, found.workspace) == (world.ines.pk, world.workspace.pk)
    assert asks(client, "elsewhere") is None


def test_a_new_password_ends_the_session_of_a_stream(world, client):
    client.force_login(world.ines)
    user = User.objects.get(pk=world.ines.pk)
    user.set_password("another sentence of words")
    user.save()
    assert asks(client, world.workspace.slug) is None


def test_a_closed_account_hears_nothing(world, client):
    client.force_login(world.ines)
    User.objects.filter(pk=world.ines.pk).update(is_active=False)
    assert asks(client, world.workspace.slug) is None


def test_a_session_without_the_mark_of_the_password_is_none(world, client):
    client.force_login(world.ines)
    session = client.session
    session["_auth_user_hash"] = ""
    session.save()
    assert asks(client, world.workspace.slug) is None
