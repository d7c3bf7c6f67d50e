"""A PostgreSQL of our own for the tests: on loopback, on a free port, gone at the end. Debian's `postgresql` serves."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NotThere(RuntimeError):
    """No PostgreSQL server is installed; the words say how to get one."""


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    raise NotThere("No PostgreSQL server is installed: apt-get install postgresql (the tests start their own).")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextmanager
def running() -> Iterator[str]:
    """Start a server in a temporary folder and give its URL. It refuses to run as root, so root lends it a user."""
    tools = binaries()
    folder = tempfile.mkdtemp(prefix="tellback-pg-")
    who = {"user": "postgres"} if os.geteuid() == 0 else {}
    if who:
        shutil.chown(folder, "postgres")
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, **who}
    data = f"{folder}/data"
    subprocess.run(
        [tools / "initdb", "-D", data, "-U", "tellback", "-A", "trust", "-E", "UTF8", "--no-locale"],
        check=True,
        **quiet,
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    pg_ctl = [tools / "pg_ctl", "-D", data, "-w"]
    subprocess.run([*pg_ctl, "-l", f"{folder}/log", "-o", options, "start"], check=True, **quiet)
    try:
        yield f"postgres://tellback@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, **quiet)
        shutil.rmtree(folder, ignore_errors=True)
