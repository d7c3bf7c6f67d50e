"""Where the pages are served: said before anything is promised."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tellback.web.commands import serve, web
from tellback.web.commands.web import CannotListen, open_door

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def taken():
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.mark.parametrize("command", [serve, web])
def test_a_taken_port_is_said_and_nothing_is_greeted_or_begun(command, taken, capsys, monkeypatch):
    for name in ("begin", "serve_pages"):
        monkeypatch.setattr(command, name, lambda *_: pytest.fail("it began all the same"))
    assert command.main(["--port", str(taken)]) == 2
    said = capsys.readouterr().err
    assert "something else does already. Choose another --port." in said
    assert "Tellback is at" not in said


@pytest.mark.parametrize(("host", "port"), [("no-such-name.example", 0), ("127.0.0.1", 99_999)])
def test_what_cannot_be_is_said_in_words(host, port):
    with pytest.raises(CannotListen, match="Choose another") as caught:
        open_door(host, port)
    assert "Errno" not in str(caught.value)


def test_help_from_a_clone_names_all_commands():
    said = subprocess.run([sys.executable, ROOT / "run", "help"], capture_output=True, text=True, check=True, cwd=ROOT)
    for name in ("serve", "doctor", "test", "check", "format", "lock"):
        assert f"\n  {name} " in said.stdout, name
