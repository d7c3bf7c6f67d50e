"""Home, invitations, a further workspace, one's own page, signing in."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from tellback.kit.clock import now
from tellback.workspace import founding
from tellback.workspace.models import Invitation, Member, User, Workspace

WORDS = {"name": "Kasimir Wend", "password": "slow boats to Corrin"}


@pytest.fixture
def invited(world):
    boss = world.member(world.owner)
    return founding.invite(world.workspace, "Kasimir@Harbour.example ", role="agent", by=boss, at=now())


def test_home_leads_where_one_belongs(client, world, other_world):
    assert client.get("/").url == "/account/login/?next=/"
    client.force_login(world.ines)
    assert client.get("/").url == f"/w/{world.workspace.slug}/"
    founding.add_member(other_world.workspace, world.ines, role="reader", at=now())
    page = client.get("/").content.decode()
    assert "Harbour desk" in page
    assert "Hill desk" in page


def test_who_belongs_nowhere_is_told_so(client, world):
    client.force_login(User.objects.create_user("bram@corrin.example", "a long password", name="Bram Tideswell"))
    assert "no workspace" in client.get("/").content.decode()


def test_the_invited_makes_an_account_and_is_in(client, world, invited):
    _, token = invited
    page = client.get(f"/join/{token}/").content.decode()
    assert "Harbour desk" in page
    assert "kasimir@harbour.example" in page
    answer = client.post(f"/join/{token}/", WORDS)
    assert answer.url == f"/w/{world.workspace.slug}/"
    member = Member.objects.get(user__email="kasimir@harbour.example")
    assert (member.role, member.user.name) == ("agent", "Kasimir Wend")
    assert client.session["_auth_user_id"] == str(member.user.pk)
    again = Client().get(f"/join/{token}/")
    assert again.status_code == 404
    assert "taken already" in again.content.decode()


def test_a_bad_password_keeps_the_name(client, invited):
    page = client.post(f"/join/{invited[1]}/", WORDS | {"password": "kasimir@harbour.example"}).content.decode()
    assert 'value="Kasimir Wend"' in page
    assert "too similar" in page
    assert not User.objects.filter(email="kasimir@harbour.example").exists()


def test_who_has_an_account_signs_in_first_and_joins_by_a_post(client, other_world, world):
    boss = world.member(world.owner)
    _, token = founding.invite(world.workspace, other_world.ines.email, role="manager", by=boss, at=now())
    assert client.get(f"/join/{token}/").url == f"/account/login/?next=/join/{token}/"
    client.force_login(other_world.ines)
    client.get(f"/join/{token}/")
    assert not world.workspace.members.filter(user=other_world.ines).exists()
    client.post(f"/join/{token}/")
    assert world.workspace.members.get(user=other_world.ines).role == "manager"


def test_an_invitation_lets_in_its_own_address_only(client, world, other_world, invited):
    client.force_login(other_world.ines)
    assert "was written to kasimir@harbour.example" in client.get(f"/join/{invited[1]}/").content.decode()
    client.post(f"/join/{invited[1]}/")
    assert not world.workspace.members.filter(user=other_world.ines).exists()


def test_what_is_over_is_said_kindly(client, world, invited):
    row, token = invited
    Invitation.objects.filter(pk=row.pk).update(at=now() - timedelta(days=15))
    assert "14 days" in client.get(f"/join/{token}/").content.decode()
    assert client.post(f"/join/{token}/", WORDS).status_code == 404
    Invitation.objects.filter(pk=row.pk).update(at=now(), withdrawn_at=now())
    assert "withdrawn" in client.get(f"/join/{token}/").content.decode()
    assert "copy it whole" in client.get("/join/half-a-lin/").content.decode()


def test_an_owner_makes_a_further_workspace_and_others_do_not(client, world):
    client.force_login(world.jonah)
    assert client.get("/new/").status_code == 403
    client.force_login(world.owner)
    assert client.get("/new/").status_code == 200
    answer = client.post("/new/", {"workspace": "Skylark Care", "zone": "UTC"})
    made = Workspace.objects.get(name="Skylark Care")
    assert answer.url == f"/w/{made.slug}/"
    assert made.members.get().user == world.owner


def test_my_page_changes_the_name_and_never_the_address(client, world):
    client.force_login(world.ines)
    assert "invited anew" in client.get("/me/").content.decode()
    said = {"name": "Ines A.", "email": "ines2@harbour.example", "password": "a long password"}
    assert client.post("/me/", said).status_code == 302
    world.ines.refresh_from_db()
    assert (world.ines.name, world.ines.email) == ("Ines A.", "ines@harbour.example")


def test_colours_are_kept_by_the_browser(client, world):
    client.force_login(world.ines)
    client.post("/me/colours/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/me/").content.decode()
    client.post("/me/colours/", {"theme": "system"})
    assert "data-theme=" not in client.get("/me/").content.decode()
    client.cookies["tellback_theme"] = '"><script>'
    assert "data-theme=" not in client.get("/me/").content.decode()


def test_guessing_a_password_is_slowed(client, world):
    said = {"login": "ines@harbour.example", "password": "a wrong guess"}
    pages = [client.post("/account/login/", said).content.decode() for _ in range(6)]
    assert "do not belong together" in pages[0]
    assert "Too many tries" in pages[-1]
    right = client.post("/account/login/", said | {"password": "a long password"})
    assert right.status_code == 200


def test_nobody_signs_up(client, world):
    page = client.post(
        "/account/signup/", {"email": "x@corrin.example", "password1": "slow boats", "password2": "slow boats"}
    )
    assert "By invitation only" in page.content.decode()
    assert not User.objects.filter(email="x@corrin.example").exists()


def test_a_forgotten_password_is_replaced_by_mail(client, world):
    answer = client.post("/account/password/reset/", {"email": "ines@harbour.example"}, follow=True)
    assert "Look at your mail" in answer.content.decode()
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[0].body).group(1)
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    client.post(where, {"password1": "slow boats to Corrin", "password2": "slow boats to Corrin"})
    world.ines.refresh_from_db()
    assert world.ines.check_password("slow boats to Corrin")


def test_the_link_in_the_mail_is_ours_whatever_host_was_asked(client, world):
    given = {"email": world.ines.email}
    client.post(
        "/account/password/reset/", given, headers={"host": "localhost:6666"}, HTTP_REFERER="http://localhost:6666/"
    )
    assert mail.outbox[0].subject == "[Tellback] A new password for Tellback"
    assert f"{settings.PUBLIC_URL}/account/password/reset/key/" in mail.outbox[0].body
    assert "6666" not in mail.outbox[0].body


def test_without_mail_the_page_says_so(client, world, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "No mail is set up" in client.get("/account/password/reset/").content.decode()


def test_an_address_of_allauth_leads_to_ours(client, world):
    client.force_login(world.ines)
    assert client.get("/account/email/").url == "/me/"


@pytest.mark.parametrize(
    "path",
    [
        "login/", "logout/", "password/change/", "password/reset/", "inactive/", "password/reset/done/", "signup/",
        "password/reset/key/done/", "password/reset/key/1-x/", "reauthenticate/", "2fa/", "2fa/webauthn/",
        "confirm-email/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_page_of_signing_in_wears_our_shell(client, world, path, signed_in):
    if signed_in:
        client.force_login(world.ines)
    answer = client.get(f"/account/{path}")
    if answer.status_code == 302:
        return
    page = answer.content.decode()
    assert 'class="plain-main' in page, path
    scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)
    assert all('type="application/json"' in attributes for attributes in scripts), scripts
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_seeds_of_apps_are_sealed(world):
    from allauth.mfa.totp.internal.auth import TOTP

    made = TOTP.activate(world.ines, "JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in str(made.instance.data)
    from allauth.mfa.utils import decrypt

    assert decrypt(made.instance.data["secret"]) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize("name", ["Norrtel " * 11, "x" * 300])
def test_a_name_too_long_is_said_beside_its_field_and_kept(client, world, name):
    client.force_login(world.owner)
    field = client.get("/new/").content.decode().split('name="workspace"')[1].split(">")[0]
    assert "maxlength" not in field  # a browser would cut what is pasted, without a word
    page = client.post("/new/", {"workspace": name, "zone": "UTC"}).content.decode()
    wrong = page[page.index('id="id_workspace_error"') :]
    assert "80 characters" in wrong[: wrong.index("</div>")]
    assert f'value="{name}"' in page


def test_names_that_fill_their_column_get_addresses_of_their_own(world):
    made = [founding.make_workspace("x" * 80, at=now()) for _ in range(12)]
    assert len({row.slug for row in made}) == 12
    assert all(len(row.slug) <= row._meta.get_field("slug").max_length for row in made)
