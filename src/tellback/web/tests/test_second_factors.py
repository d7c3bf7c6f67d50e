"""Second factors: a new password is no way around them, and who lost them is let in by an owner or the operator."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.notices.models import Notice
from tellback.web.commands import owner
from tellback.work.worker import run_all_due
from tellback.workspace.founding import add_member
from tellback.workspace.models import User
from tellback.workspace.second_factors import take_off_all

SEED = "JBSWY3DPEHPK3PXP"
NEW = "slow boats to Corrin"


@pytest.fixture
def go(client, world):
    """A function that asks for a page of the settings by its name, or posts to it."""

    def ask(name, *args, said=None, as_user=None, follow=False):
        if as_user is not None:
            client.force_login(as_user)
        address = reverse(f"space:{name}", args=[world.workspace.slug, *args])
        return client.get(address) if said is None else client.post(address, said, follow=follow)

    return ask


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def guarded(world):
    """Ines has an app and recovery codes."""
    TOTP.activate(world.ines, SEED)
    RecoveryCodes.activate(world.ines)
    return world.ines


def code():
    return format_hotp_value(hotp_value(SEED, next(yield_hotp_counters_from_time())))


def reset(client, email):
    """A new password by the link in the mail, as anybody does who reads that mailbox."""
    client.post("/account/password/reset/", {"email": email})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body).group(1)
    where = client.get(link, follow=True).redirect_chain[-1][0]
    return client.post(where, {"password1": NEW, "password2": NEW})


def sign_in(client, email, password=NEW):
    return client.post("/account/login/", {"login": email, "password": password})


def test_after_a_reset_by_mail_the_second_factor_is_still_asked(client, guarded):
    reset(client, guarded.email)
    assert SESSION_KEY not in client.session
    assert sign_in(client, guarded.email).url.startswith("/account/2fa/authenticate/")
    assert SESSION_KEY not in client.session
    assert client.get("/me/").status_code == 302
    assert Authenticator.objects.filter(user=guarded).count() == 2
    client.post("/account/2fa/authenticate/", {"code": code()})
    assert client.session[SESSION_KEY] == str(guarded.pk)


@pytest.mark.parametrize("alone", [True, False])
def test_so_is_a_passkey(client, world, alone):
    """One that signs in alone, and one that is a second step after the password."""
    key = {"name": "Laptop", "passwordless": alone, "credential": {}}
    Authenticator.objects.create(user=world.ines, type=Authenticator.Type.WEBAUTHN, data=key)
    reset(client, world.ines.email)
    assert sign_in(client, world.ines.email).url.startswith("/account/2fa/authenticate/")
    assert SESSION_KEY not in client.session
    assert Authenticator.objects.filter(user=world.ines).count() == 1


def test_a_reset_ends_every_session_that_stood(client, guarded):
    elsewhere, another = Client(), Client()
    for browser in (elsewhere, another):
        browser.force_login(guarded)
        assert browser.get("/me/").status_code == 200
    reset(client, guarded.email)
    for browser in (elsewhere, another):
        assert browser.get("/me/").url.startswith("/account/login/")


def test_a_link_resets_once(client, guarded):
    reset(client, guarded.email)
    again = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[-1].body).group(1)
    assert "This link is used up" in Client().get(again, follow=True).content.decode()


def test_an_owner_takes_off_what_a_member_lost(go, world, guarded):
    page = go("members", as_user=world.owner).content.decode()
    assert "For when Ines Aldermoor has lost key and phone" in page
    go("second_factors_off", world.member(guarded).pk, said={})
    assert not Authenticator.objects.filter(user=guarded).exists()
    fact = Fact.objects.get(kind="member.factors_off")
    assert (fact.by_id, fact.subject, fact.body) == (world.owner.pk, world.member(guarded).pk, {"user": guarded.pk})
    run_all_due()
    notice = Notice.objects.get(to=guarded)
    assert "Odile Farrow took your second factors off" in notice.words
    assert "lost key and phone" not in go("members").content.decode()
    browser = Client()
    assert sign_in(browser, guarded.email, "a long password").url == "/"
    assert browser.session[SESSION_KEY] == str(guarded.pk)


def test_only_an_owner_does_so_and_not_for_themselves(go, world, guarded):
    assert go("second_factors_off", world.member(guarded).pk, said={}, as_user=world.jonah).status_code == 403
    assert "lost key and phone" not in go("members").content.decode()
    TOTP.activate(world.owner, SEED)
    said = go("second_factors_off", world.member(world.owner).pk, said={}, as_user=world.owner, follow=True)
    assert "These are your own" in said.content.decode()
    assert Authenticator.objects.count() == 3


def test_an_owner_of_one_workspace_does_not_open_another(go, world, other_world, guarded):
    add_member(other_world.workspace, guarded, role="agent", at=now())
    said = go("second_factors_off", world.member(guarded).pk, said={}, as_user=world.owner, follow=True)
    assert "Whoever runs Tellback can" in said.content.decode()
    assert Authenticator.objects.filter(user=guarded).count() == 2
    add_member(other_world.workspace, world.owner, role="owner", at=now())
    go("second_factors_off", world.member(guarded).pk, said={})
    assert not Authenticator.objects.filter(user=guarded).exists()
    assert Fact.objects.filter(kind="member.factors_off").count() == 2


def test_the_operator_takes_them_off(world, guarded, monkeypatch, capsys):
    monkeypatch.setattr(owner, "begin", lambda: None)
    assert owner.main([guarded.email.upper(), "--without-second-factors"]) == 0
    assert "2 taken off" in capsys.readouterr().err
    assert Fact.objects.get(kind="member.factors_off").by_id is None
    run_all_due()
    assert "Whoever runs this installation" in Notice.objects.get(to=guarded).words
    assert owner.main(["nobody@harbour.example", "--without-second-factors"]) == 2
    assert owner.main([guarded.email]) == 2
    assert "needs --workspace" in capsys.readouterr().err


def test_who_has_none_is_told_nothing(world):
    assert take_off_all(User.objects.get(pk=world.ines.pk), by=None, at=now()) == 0
    assert not Fact.objects.filter(kind="member.factors_off").exists()
