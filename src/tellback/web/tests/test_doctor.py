import json
import time
from datetime import timedelta
from unittest import mock

import pytest

from tellback.kit.clock import now
from tellback.kit.secret import seal
from tellback.networks.contract import Parcel
from tellback.networks.keeping import Arrival, keep_for_later
from tellback.networks.models import Connection, RawItem
from tellback.triage.models import Adoption
from tellback.web.commands import doctor
from tellback.web.doctor import base, house, machine
from tellback.web.doctor.finding import run
from tellback.work.models import Job
from tellback.workspace.models import Member, User


def states(findings, topic=None):
    return {row.state for row in findings if topic in {None, row.topic}}


def of(findings, topic):
    return [row for row in findings if row.topic == topic]


@pytest.fixture
def command(world, capsys):
    def ask(*arguments):
        with mock.patch("tellback.web.commands.doctor.begin"):
            code = doctor.main(arguments)
        return code, capsys.readouterr().out

    return ask


def test_a_healthy_house_is_ok(command):
    code, out = command()
    assert (code, "0 wrong" in out) == (0, True), out
    for topic in (
        "versions",
        "home",
        "key",
        "disk",
        "database",
        "migrations",
        "clock",
        "jobs",
        "policies",
        "connections",
    ):
        assert f" {topic} " in out


def test_for_programs_it_is_json(command):
    _, out = command("--json", "--quick")
    found = json.loads(out)
    assert found["wrong"] == 0
    assert "connections" not in {row["topic"] for row in found["findings"]}
    assert {"topic", "state", "words", "todo"} == set(found["findings"][0])


def test_what_is_wrong_makes_it_say_so(command):
    Adoption.objects.update(ended_at=now())
    code, out = command("--quick")
    assert code == 1
    assert "has no chart in force" in out
    assert "1 wrong" in out


def test_an_unreachable_database_ends_it_with_words(command):
    with mock.patch("tellback.web.doctor.base.one", side_effect=OSError("connection refused")):
        code, out = command()
    assert code == 1
    assert "cannot be reached: connection refused" in out
    assert "jobs" not in out


def test_rights_of_home_and_key(tmp_path):
    key = tmp_path / "key"
    key.write_text("k" * 64)
    tmp_path.chmod(0o755)
    key.chmod(0o644)
    assert states(machine.home_folder(tmp_path)) == states(machine.key(tmp_path, {})) == {"look"}
    tmp_path.chmod(0o700)
    key.chmod(0o600)
    assert states(machine.home_folder(tmp_path)) == states(machine.key(tmp_path, {})) == {"ok"}
    assert states(machine.key(tmp_path, {"TELLBACK_KEY": "short"})) == {"wrong"}
    assert states(machine.key(tmp_path, {"TELLBACK_KEY": "x" * 50})) == {"ok"}


def test_a_check_that_stumbles_is_a_finding(tmp_path):
    found = list(run(machine.checks(tmp_path / "gone", {}, "http://localhost", ["localhost"])))
    assert of(found, "home")[0].state == "wrong"
    assert "FileNotFoundError" in of(found, "home")[0].words
    assert of(found, "address")[0].state == "ok"


@pytest.mark.parametrize(
    ("url", "hosts", "state"),
    [
        ("http://127.0.0.1:8000", ["127.0.0.1"], {"ok"}),
        ("http://[::1]:8000", ["[::1]"], {"ok"}),
        ("https://desk.harbour.example", ["desk.harbour.example"], {"ok"}),
        ("https://desk.harbour.example", [".harbour.example"], {"ok"}),
        ("https://desk.harbour.example", ["127.0.0.1"], {"wrong", "ok"}),
        ("https://other-harbour.example", [".harbour.example"], {"wrong", "ok"}),
        ("http://desk.harbour.example", ["desk.harbour.example"], {"wrong"}),
        ("https://desk.harbour.example", ["*"], {"look", "ok"}),
        ("desk.harbour.example", ["desk.harbour.example"], {"wrong"}),
    ],
)
def test_addresses(url, hosts, state):
    assert states(machine.address(url, hosts)) == state


@pytest.mark.parametrize(("free", "state"), [(100, "wrong"), (800, "look"), (90_000, "ok")])
def test_room_on_the_disk(tmp_path, free, state):
    usage = mock.Mock(free=free * 1024**2, total=100_000 * 1024**2)
    with mock.patch("shutil.disk_usage", return_value=usage):
        assert states(machine.disk(tmp_path)) == {state}


def test_jobs_that_failed_or_wait(world):
    assert states(house.jobs()) == {"ok"}
    Job.objects.create(task="a.b.mend", state="failed", run_at=now(), enqueued_at=now(), finished_at=now())
    assert states(house.jobs()) == {"look"}
    Job.objects.create(task="a.b.mend", run_at=now() - timedelta(hours=3), enqueued_at=now() - timedelta(hours=3))
    found = list(house.jobs())
    assert states(found) == {"look", "wrong", "ok"}
    assert "3 h old" in found[-1].words


def test_parcels_that_were_not_read(world):
    assert states(house.parcels()) == {"ok"}
    keep_for_later([Arrival(world.paper, Parcel("a", "{}"), now())])
    assert states(house.parcels()) == {"ok"}
    RawItem.objects.update(arrived_at=now() - timedelta(minutes=20))
    found = list(house.parcels())
    assert states(found) == {"wrong"}
    assert "20 min ago" in found[0].words


def test_secrets_of_another_key(world, settings):
    Connection.objects.update(secrets=seal({"password": "low tide"}))
    assert states(house.secrets()) == {"ok"}
    settings.SECRET_KEY = "another" * 9
    found = list(house.secrets())
    assert states(found) == {"wrong"}
    assert "Paper (Harbour desk)" in found[0].words


def test_owners_and_the_first_run(world):
    assert states(house.owners()) == {"ok"}
    Member.objects.filter(role="owner").delete()
    assert states(house.owners()) == {"look", "ok"}
    User.objects.all().delete()
    assert "first-run page is open" in next(iter(house.owners())).words


def test_connections_are_asked_and_slow_ones_left_behind(world, monkeypatch):
    monkeypatch.setattr(house, "LIMIT", 0.2)
    make = Connection.objects.create
    make(workspace=world.workspace, network="paper", label="P", name="Nameless", settings={}, made_at=now())
    make(workspace=world.workspace, network="paper", label="P", name="Slow", settings={"slow": True}, made_at=now())
    make(workspace=world.workspace, network="none", label="P", name="Unknown", settings={}, made_at=now())
    make(
        workspace=world.workspace,
        network="paper",
        label="P",
        name="Paused",
        settings={},
        made_at=now(),
        paused_at=now(),
    )
    make(
        workspace=world.workspace,
        network="paper",
        label="P",
        name="Closed",
        secrets="gAAAAAB",
        settings={},
        made_at=now(),
    )
    real = house.ask
    monkeypatch.setattr(house, "ask", lambda row: time.sleep(1) if "slow" in row.settings else real(row))
    found = {row.words.partition(": ")[2]: row.state for row in house.connections()}
    assert found["Paper answers"] == found["Paused is paused"] == "ok"
    assert found["Nameless: Give the sheet a name."] == "wrong"
    assert found["Slow did not answer within 0.2 s."] == "wrong"
    assert [
        state for words, state in found.items() if words.startswith(("Unknown: its adapter", "Closed: These secrets"))
    ] == ["wrong"] * 2


def test_the_clocks_agree(world):
    assert states(base.drift()) == {"ok"}
    with mock.patch("tellback.web.doctor.base.now", return_value=now() + timedelta(minutes=3)):
        found = list(base.drift())
    assert states(found) == {"look"}
    assert "18" in found[0].words


def test_migrations_behind_and_ahead(world):
    assert states(base.migrations()) == {"ok"}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cases', '0999_later', '2026-01-01')"
        )
    found = list(base.migrations())
    assert states(found) == {"wrong"}
    assert "cases.0999_later" in found[0].words


def test_a_default_address_is_not_said_as_if_it_were_set():
    (finding,) = machine.address("http://localhost:8000", ["localhost"], named=False)
    assert finding.words.startswith("TELLBACK_URL is not set")


@pytest.mark.parametrize(
    ("environ", "state", "words"),
    [
        ({}, "look", "TELLBACK_SMTP is not set: invitations and new passwords are not sent"),
        ({"TELLBACK_SMTP": "smtps://u:secret@mail.example"}, "look", "TELLBACK_MAIL_FROM is not set"),
        (
            {"TELLBACK_SMTP": "smtps://u:secret@mail.example", "TELLBACK_MAIL_FROM": "desk@norrtel.example"},
            "ok",
            "by mail.example, from desk@norrtel.example",
        ),
    ],
)
def test_how_its_own_mails_leave(environ, state, words):
    (finding,) = machine.mail(environ)
    assert finding.state == state
    assert words in finding.words
    assert "secret" not in finding.words
