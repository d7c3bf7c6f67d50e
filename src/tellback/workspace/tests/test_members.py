"""Members: invited, changed, removed; the last owner stays."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.workspace import founding
from tellback.workspace.models import Invitation, Member


def page(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_invitation_shows_its_link_once_and_is_mailed(go, world):
    go("invitations", said={"email": "Kasimir@harbour.example", "role": "agent"}, as_user=world.jonah)
    link = re.search(r'value="(http[^"]+/join/[^"]+/)"', page(go("members"))).group(1)
    assert "/join/" not in page(go("members"))
    assert mail.outbox[0].to == ["kasimir@harbour.example"]
    assert link in mail.outbox[0].body
    row = Invitation.objects.get()
    assert founding.invitation(link.rstrip("/").rsplit("/", 1)[1], at=now()) == row
    fact = Fact.objects.get(kind="invitation.sent")
    assert "kasimir" not in str(fact.body)
    go("withdrawal", row.pk, said={})
    row.refresh_from_db()
    assert row.withdrawn_at


def test_without_mail_the_link_is_to_be_sent_by_hand(go, world, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    go("invitations", said={"email": "kasimir@harbour.example", "role": "agent"}, as_user=world.jonah)
    assert "No mail is set up here" in page(go("members"))


def test_a_mail_that_fails_loses_no_invitation(go, world, monkeypatch):
    def refuse(*parts):
        raise ConnectionRefusedError

    monkeypatch.setattr("tellback.workspace.views.invitations.send_mail", refuse)
    go("invitations", said={"email": "kasimir@harbour.example", "role": "agent"}, as_user=world.jonah)
    assert "could not be sent" in page(go("members"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"email": "ines@harbour.example", "role": "agent"}, "is a member already"),
        ({"email": "no address", "role": "agent"}, "valid email"),
        ({"email": "kasimir@harbour.example", "role": "owner"}, "valid choice"),
        ({"email": "kasimir@harbour.example"}, "required"),
    ],
)
def test_a_wrong_invitation_is_said(go, world, said, words):
    assert words in page(go("invitations", said=said, as_user=world.jonah))
    assert not Invitation.objects.exists()


def test_who_has_not_arrived_is_invited_again(go, client, world, things):
    first = things["invitation"]
    Invitation.objects.filter(pk=first.pk).update(at=now() - timedelta(days=20))
    assert "The 14 days of the link are over." in page(go("members", as_user=world.jonah))
    go("invitation_again", first.pk, said={})
    assert mail.outbox[0].to == ["kasimir@harbour.example"]
    first.refresh_from_db()
    fresh = Invitation.objects.get(withdrawn_at=None)
    assert (fresh.email, fresh.role, fresh.by) == (first.email, first.role, world.jonah)
    assert first.withdrawn_at
    link = re.search(r"https?://[^/]+(/join/\S+)", mail.outbox[0].body).group(1)
    client.logout()
    assert client.get(link).status_code == 200
    assert go("invitation_again", first.pk, said={}, as_user=world.jonah).status_code == 404


def test_a_manager_sends_no_owners_invitation_again(go, world):
    row, _ = founding.invite(
        world.workspace, "kasimir@harbour.example", role="owner", by=world.member(world.owner), at=now()
    )
    assert "Send again" not in page(go("members", as_user=world.jonah))
    assert go("invitation_again", row.pk, said={}).status_code == 403


def test_roles_change_within_ones_own(go, world):
    ines = world.member(world.ines)
    go("role", ines.pk, said={"role": "manager"}, as_user=world.jonah)
    ines.refresh_from_db()
    assert ines.role == "manager"
    fact = Fact.objects.get(kind="member.role_changed")
    assert (fact.subject, fact.by_id, fact.body) == (ines.pk, world.jonah.pk, {"before": "agent", "role": "manager"})
    for pk, role in ((ines.pk, "owner"), (world.member(world.owner).pk, "reader"), (ines.pk, "emperor")):
        go("role", pk, said={"role": role})
    assert set(Member.objects.filter(workspace=world.workspace).values_list("role", flat=True)) == {"manager", "owner"}


def test_the_last_owner_stays(go, world):
    boss = world.member(world.owner)
    for name, said in (("role", {"role": "agent"}), ("departure", {})):
        assert "needs an owner" in page(go(name, boss.pk, said=said, as_user=world.owner, follow=True))
    boss.refresh_from_db()
    assert (boss.role, boss.left_at) == ("owner", None)
    go("role", world.member(world.ines).pk, said={"role": "owner"})
    assert go("departure", boss.pk, said={}).url == "/"
    assert go("members").status_code == 404


def test_everybody_may_go_and_a_manager_removes(go, world, reader):
    own = world.member(reader)
    assert go("departure", own.pk, said={}, as_user=reader).url == "/"
    assert go("departure", world.member(world.ines).pk, said={}, as_user=world.jonah).status_code == 302
    assert Member.objects.active().filter(workspace=world.workspace).count() == 2
    assert Fact.objects.filter(kind="member.left").count() == 2
    assert go("departure", own.pk, said={}).status_code == 404


def test_the_roles_are_explained_above_their_selects(client, world):
    client.force_login(world.owner)
    page = client.get(f"/w/{world.workspace.slug}/settings/members/").content.decode()
    assert page.index("Reader: sees everything") < page.index('name="role"')
