"""A served, seeded installation for browser tests: its own home, its own port, one signed-in member."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SEED = """
import django
django.setup()
from tellback.web.start import begin
begin()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from tellback.kit.clock import now
from tellback.web.world.seeding import seed, welcome
from tellback.workspace.models import User
space = seed(now())
user = User.objects.create_user("tester@corrin.example", "a long password", name="Nora Quill")
welcome(user)
store = SessionStore()
store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
store.create()
print(space.slug, store.session_key)
"""


@dataclass(frozen=True)
class Served:
    address: str
    slug: str
    session: str

    def cookie(self) -> dict[str, str]:
        return {"name": "tellback", "value": self.session, "url": self.address}


@contextmanager
def served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TELLBACK_HOME": home, "DJANGO_SETTINGS_MODULE": "tellback.web.settings"}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[2] / "src")
        environment.pop("DATABASE_URL", None)
        done = subprocess.run(
            [sys.executable, "-c", SEED], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        slug, session = done.stdout.split()[-2:]
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            port = door.getsockname()[1]
        server = subprocess.Popen([sys.executable, "-m", "tellback", "web", "--port", str(port)], env=environment)
        try:
            wait_for(port)
            yield Served(f"http://127.0.0.1:{port}", slug, session)
        finally:
            server.terminate()
            server.wait(timeout=20)


def wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                line.close()
                return
            line.close()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not begin")
