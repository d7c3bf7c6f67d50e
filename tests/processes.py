"""Other processes on the database of the running test: a second worker, a process to be killed."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "import django; django.setup()\n"


def database_url():
    """The address of the test's own database, as DATABASE_URL wants it."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite://{quote(str(held['NAME']))}"
    return f"postgres://{held['USER']}:{held['PASSWORD']}@{held['HOST']}:{held['PORT']}/{held['NAME']}"


def environment(**more):
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "tellback.web.settings",
        "TELLBACK_HOME": str(settings.HOME),
        "TELLBACK_KEY": settings.SECRET_KEY,
        "DATABASE_URL": database_url(),
        **more,
    }


def begin(code, **more):
    """Start Python with Django set up and run `code` in it; its output comes as text."""
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + code], env=environment(**more), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(process, within=60):
    """Wait for a process; its output, once it has ended well."""
    out, err = process.communicate(timeout=within)
    assert process.returncode == 0, err
    return out.strip()


def together(*codes, within=60):
    """Run several processes at the same moment and give their outputs."""
    started = [begin(code) for code in codes]
    return [end(process, within) for process in started]


def until(true, within=30.0, pause=0.05):
    """Wait for something to become true."""
    last = time.monotonic() + within
    while not true():
        assert time.monotonic() < last, "it did not come true in time"
        time.sleep(pause)


def in_thread(act):
    """Start a thread that does `act` and then leaves its database connection."""

    def run():
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
