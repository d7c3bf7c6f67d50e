"""tellback bench live: how soon an event reaches all open pages of the real product.

Starts `tellback web` on a free port in an empty home, signs a member in, opens --clients streams and announces facts
in another process's place; the time runs from the commit to the receipt by each client. Everything on loopback.
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench live")
    made.add_argument("--clients", type=int, default=1_000)
    made.add_argument("--pulses", type=int, default=20)
    made.add_argument("--runs", type=int, default=3)
    options = made.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        os.environ["TELLBACK_HOME"] = home
        os.environ.pop("DATABASE_URL", None)
        begin()
        slug, cookies = members(options.clients)
        runs = [one_run(slug, cookies, options.clients, options.pulses) for _ in range(options.runs)]
    for run in runs:
        print(json.dumps(run))
    say(f"p99 in milliseconds: median {median(run['p99'] for run in runs)} of {[run['p99'] for run in runs]}")
    return 0


def members(clients: int) -> tuple[str, list[str]]:
    """A workspace and as many signed-in members as the streams of one (20 at most) ask for."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tellback.flow.founding import found
    from tellback.kit.clock import now
    from tellback.workspace.founding import add_member
    from tellback.workspace.models import User

    workspace = found("Bench", at=now())
    cookies = []
    for number in range(-(-clients // 20)):
        user = User(email=f"member{number}@bench.example", name=f"Member {number}")
        user.set_unusable_password()
        user.save()
        add_member(workspace, user, role="agent", at=now())
        store = SessionStore()
        store[SESSION_KEY], store[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
        store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        store.create()
        cookies.append(f"tellback={store.session_key}")
    return workspace.slug, cookies


def one_run(slug: str, cookies: list[str], clients: int, pulses: int) -> dict[str, Any]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "tellback", "web", "--port", str(port)])
    try:
        wait_for(port)
        return asyncio.run(crowd(f"http://127.0.0.1:{port}/w/{slug}/live/?topics=inbox", cookies, clients, pulses))
    finally:
        server.terminate()
        server.wait(timeout=30)


async def crowd(url: str, cookies: list[str], clients: int, pulses: int) -> dict[str, Any]:
    from tellback.live import bench

    loop = asyncio.get_running_loop()

    async def fire() -> float:
        return await loop.run_in_executor(None, announce_one)

    return await bench.measure(clients, pulses, url, fire, headers=[{"Cookie": each} for each in cookies])


def announce_one() -> float:
    """Commit one fact that makes the inbox old, and tell when it was committed."""
    from django.db import connection, transaction

    from tellback.cases.events import CaseOpened
    from tellback.events.announcing import announce
    from tellback.kit.clock import now
    from tellback.workspace.models import Workspace

    space = Workspace.objects.values_list("pk", flat=True).get(slug="bench")
    with transaction.atomic():
        announce(CaseOpened(workspace=space, subject=1, at=now(), brand=1))
    at = time.monotonic()
    connection.close()
    return at


def wait_for(port: int, seconds: float = 20) -> None:
    import http.client

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            line.request("GET", "/healthz")
            if line.getresponse().status == 200:
                line.close()
                return
            line.close()
        except OSError:
            time.sleep(0.05)
    raise SystemExit("The server did not begin within 20 seconds.")
