"""tellback serve (and ./run): the pages in this process; workers, clock and listeners in a child that is kept alive."""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from tellback.web.commands.web import WRONG, CannotListen, open_door, parser, serve_pages
from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    made = parser("tellback serve", "Serve pages, work and listen, all in one.")
    made.add_argument("--empty", action="store_true", help="without the invented world")
    options = made.parse_args(arguments)
    os.environ.setdefault("TELLBACK_URL", f"http://localhost:{options.port}")
    try:
        door = open_door(options.host, options.port)
    except CannotListen as fault:
        say(f"tellback: {fault}")
        return WRONG
    with door:
        return serve(options, door)


def serve(options: argparse.Namespace, door: socket.socket) -> int:
    """Pages here, the engine in a child, until a signal comes."""
    begin()
    greet(options.host, door.getsockname()[1])
    engine = Engine(["--parent", str(os.getpid()), *(["--world"] if not options.empty else [])])
    engine.start()
    # uvicorn raises the signal once more when it has closed its streams: that must not skip what comes after it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        return serve_pages(door)
    except KeyboardInterrupt:
        return 0
    finally:
        engine.stop()


def greet(host: str, port: int) -> None:
    """Say where it is, and, until there is an owner, the one address that makes the first."""
    from django.conf import settings

    from tellback.workspace import first_run

    # By name where that is this machine: browsers bind passkeys to a name, not to a number.
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"
    token = first_run.token(settings.HOME)
    if token:
        say(
            f"\n  Tellback is at {address}\n  Nobody owns it yet. Open this address to begin:\n\n"
            f"  {address}/start/{token}/\n"
        )
    else:
        say(f"\n  Tellback is at {address}\n")


class Engine:
    """The child process; started again when it dies, with a pause that grows while it dies at once."""

    def __init__(self, arguments: list[str]) -> None:
        self.command = [sys.executable, "-m", "tellback", "engine", *arguments]
        self.stopping = threading.Event()
        self.child: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self.keep_alive, daemon=True, name="engine")

    def start(self) -> None:
        self.thread.start()

    def keep_alive(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            begun = time.monotonic()
            # Its own session: Ctrl-C in the terminal reaches us, and we stop it in order.
            self.child = subprocess.Popen(self.command, start_new_session=True)
            code = self.child.wait()
            if self.stopping.is_set():
                return
            pause = 1.0 if time.monotonic() - begun > 60 else min(60.0, pause * 2)
            say(f"tellback: the engine ended (code {code}); it starts again in {pause:.0f} s")
            self.stopping.wait(pause)

    def stop(self) -> None:
        self.stopping.set()
        if self.child is not None and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.child.kill()
