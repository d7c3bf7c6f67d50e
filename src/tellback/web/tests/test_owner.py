import io
from unittest import mock

import pytest

from tellback.triage.models import Policy
from tellback.web.commands import owner
from tellback.workspace.models import Member, User, Workspace

WORD = "seven grey herons"


@pytest.fixture
def command(db, monkeypatch, capsys):
    def run(*arguments, password=WORD):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n" if password else ""))
        with mock.patch("tellback.web.commands.owner.begin"):
            code = owner.main([*arguments, "--password-stdin"])
        out, err = capsys.readouterr()
        assert WORD not in out + err
        assert out == ""
        return code, err

    return run


def test_the_first_owner_founds_the_workspace(command):
    code, words = command("Odile@Harbour.example", "--workspace", "Harbour desk", "--name", "Odile Farrow")
    member = Member.objects.get()
    assert (code, member.role, member.user.email, str(member)) == (0, "owner", "odile@harbour.example", "Odile Farrow")
    assert Policy.objects.in_force(member.workspace_id)
    assert member.user.check_password(WORD)
    assert "Founded" in words


def test_a_further_owner_joins(command):
    command("odile@harbour.example", "--workspace", "Harbour desk")
    code, words = command("petra@harbour.example", "--workspace", "Harbour desk")
    assert (code, Workspace.objects.count(), Member.objects.filter(role="owner").count()) == (0, 1, 2)
    assert "Founded" not in words


def test_an_account_serves_two_workspaces_with_its_own_password(command):
    command("odile@harbour.example", "--workspace", "Harbour desk")
    assert command("odile@harbour.example", "--workspace", "Hill desk")[0] == 0
    assert User.objects.count() == 1
    code, words = command("odile@harbour.example", "--workspace", "Third", password="another long word")
    assert (code, Workspace.objects.count()) == (2, 2)
    assert "another password" in words


@pytest.mark.parametrize(
    ("email", "space", "word", "says"),
    [
        ("odile@harbour.example", "Harbour", "", "no password came"),
        ("odile@harbour.example", "Harbour", "short", "too short"),
        ("odile@harbour.example", "Harbour", "123456789012", "numeric"),
        ("odile.farrow@harbour.example", "Harbour", "odile.farrow", "similar"),
        ("nobody", "Harbour", WORD, "no mail address"),
        ("odile@harbour.example", " ", WORD, "needs a name"),
    ],
)
def test_what_will_not_do_changes_nothing(command, email, space, word, says):
    code, words = command(email, "--workspace", space, password=word)
    assert code == 2
    assert says in words
    assert "Nothing was changed" in words
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


def test_the_password_is_never_an_argument(db):
    with pytest.raises(SystemExit) as stop:
        owner.main(["odile@harbour.example", "--workspace", "Harbour", "--password", WORD])
    assert stop.value.code == 2
