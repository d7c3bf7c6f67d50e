"""tellback bench line: posts a second through the whole line, beside a bare bulk insert of the same posts.

Each run is a whole command in an empty home: `tellback replay` plays, then `bench line --bound` inserts the posts of
that home into the same table, with its indexes, of another. Start-up is not counted, by either. Medians of --runs.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tellback.web.start import begin, say

BATCH = 500


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    if options.bound:
        return bound(Path(options.bound))
    runs = [one_run(options.file, options.mapping, options.speed) for _ in range(options.runs)]
    rates = [run["posts_per_second"] for run in runs]
    shares = [run["posts_per_second"] / run["bound"] for run in runs]
    say(f"posts a second through the line: median {median(rates):,.0f} of {', '.join(f'{r:,.0f}' for r in rates)}")
    say(f"bare bulk insert of the same posts: median {median(run['bound'] for run in runs):,.0f}")
    say(f"share of that bound: median {median(shares):.1%}")
    p50, p99 = (median(run[name] for run in runs) for name in ("p50_seconds", "p99_seconds"))
    say(f"arrival to case: p50 {p50:.3f} s, p99 {p99:.3f} s")
    print(json.dumps(runs, indent=1))
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="tellback bench line")
    made.add_argument("file", nargs="?", default="-")
    made.add_argument("--mapping", default="tellback")
    made.add_argument("--speed", default="max")
    made.add_argument("--runs", type=int, default=3)
    made.add_argument("--bound", default="", help=argparse.SUPPRESS)
    return made


def one_run(file: str, mapping: str, speed: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as other:
        figures = Path(home) / "figures.json"
        tellback(home, "replay", file, "--mapping", mapping, "--speed", speed, "--json", str(figures))
        answer = tellback(other, "bench", "line", "--bound", home)
        return {**json.loads(figures.read_text()), "bound": float(answer)}


def tellback(home: str, *arguments: str) -> str:
    environment = {**os.environ, "TELLBACK_HOME": home}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tellback", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode == 2:
        raise SystemExit(2)
    return done.stdout


def bound(home: Path) -> int:
    """Posts a second of nothing but inserts: the rows of another home's posts, 500 a transaction."""
    begin()
    from django.db import connection, transaction

    from tellback.kit import bulk
    from tellback.kit.process import settle_down
    from tellback.listen.models import Post

    columns = [str(field.column) for field in Post._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute("ATTACH DATABASE %s AS other", [str(home / "tellback.sqlite3")])
        cursor.execute(f"SELECT {', '.join(columns)} FROM other.listen_post ORDER BY id")
        rows = cursor.fetchall()
        cursor.execute("DETACH DATABASE other")
        cursor.execute("PRAGMA foreign_keys = OFF")
    settle_down()
    begun = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            bulk.insert_values(Post, columns, rows[start : start + BATCH])
    print(len(rows) / (time.perf_counter() - begun))
    return 0
