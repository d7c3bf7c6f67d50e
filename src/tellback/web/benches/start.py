"""tellback bench start: seconds from the command to the first page, and memory at rest, in an empty home.

Memory is RSS, summed over the pages' process and the engine's, half a minute after the start.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tellback.web.start import say


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench start")
    made.add_argument("--runs", type=int, default=5)
    made.add_argument("--rest", type=float, default=30, help="seconds before the memory is read")
    made.add_argument("--world", action="store_true", help="with the invented world")
    options = made.parse_args(arguments)
    runs = [one_run(options.rest if number == 0 else 0, options.world) for number in range(options.runs)]
    for run in runs:
        print(json.dumps(run))
    say(f"first page: median {median(run['seconds'] for run in runs):.2f} s; memory {runs[0]['megabytes']:.0f} MB")
    return 0


def one_run(rest: float, world: bool) -> dict[str, float]:
    with socket.socket() as door, tempfile.TemporaryDirectory() as home:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
        door.close()
        command = [sys.executable, "-m", "tellback", "serve", "--port", str(port), *([] if world else ["--empty"])]
        begun = time.perf_counter()
        server = subprocess.Popen(command, env={**os.environ, "TELLBACK_HOME": home}, stderr=subprocess.DEVNULL)
        try:
            seconds = first_page(port, begun)
            time.sleep(rest)
            return {"seconds": round(seconds, 3), "megabytes": round(memory(server.pid), 1)}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=40)


def first_page(port: int, begun: float) -> float:
    while time.perf_counter() - begun < 60:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/")
            if line.getresponse().status < 500:
                return time.perf_counter() - begun
        except OSError:
            time.sleep(0.02)
    raise SystemExit("No page within a minute.")


def memory(pid: int) -> float:
    """Megabytes of RSS of a process and its children. Linux."""
    total = resident(pid)
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(task.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid:
            total += resident(int(task.parent.name))
    return total


def resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
