"""What the developers' commands share: running a step, and saying how long it took."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SOURCES = ["src", "tests", "dev", "training", "conftest.py", "run"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), **more}


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def step(name: str, command: Sequence[str], **more: str) -> bool:
    """Run one named step from the root of the clone. True when it passed."""
    print(f"\n== {name}", flush=True)
    begun = time.monotonic()
    passed = subprocess.run(command, cwd=ROOT, env=environment(**more), check=False).returncode == 0
    print(f"== {name}: {'passed' if passed else 'FAILED'} ({time.monotonic() - begun:.0f} s)", flush=True)
    return passed
