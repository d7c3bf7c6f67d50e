"""tellback bench grown: posts a second through the whole line with many posts already there, on one database; then how
long a post takes from its arrival to its case at 500 a second.

Everything goes through the line, the posts that fill it up too. With --keep the home stays, for `bench pages`.
On PostgreSQL: set DATABASE_URL to an empty database.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench grown")
    made.add_argument("--steps", default="0,10000,100000,1000000", help="how many posts are there before each measure")
    made.add_argument("--measure", type=int, default=10_000, help="posts in each measure")
    made.add_argument("--keep", default="", help="a folder to use as home, and to leave")
    options = made.parse_args(arguments)
    with ExitStack() as stack:
        home = options.keep or stack.enter_context(tempfile.TemporaryDirectory())
        os.environ["TELLBACK_HOME"] = home
        begin()
        figures = [one_step(int(step), options.measure, Path(home)) for step in options.steps.split(",")]
    for row in figures:
        print(json.dumps(row))
        share = f"{row['share']:.0%} of the first"
        late = f"p99 at {PACE:.0f} a second {row['paced_p99_seconds']:.3f} s"
        say(f"{row['before']:>10,} there: {row['posts_per_second']:,.0f} a second, {share}; {late}")
    return 0


PACED, PACE = 2_500, 500.0  # posts, and how many of them a second
_first: list[float] = []


def one_step(before: int, measure: int, home: Path) -> dict[str, Any]:
    """Fill up to `before` posts, then measure. Seeds differ, so that every post is new."""
    from tellback.listen.models import Post

    there = Post.objects.count()
    if there < before:
        say(f"Filling from {there:,} to {before:,} posts")
        play(home, before - there, seed=before + 1, loud=True)
    there = Post.objects.count()
    figures = play(home, measure, seed=before + 2, loud=False)
    _first.append(figures["posts_per_second"])
    paced = play(home, PACED, seed=before + 3, loud=False, rate=PACE)
    more = {name: paced[name] for name in ("p50_seconds", "p99_seconds")}
    share = figures["posts_per_second"] / _first[0]
    return {"before": there, "share": share, **figures, **{f"paced_{name}": value for name, value in more.items()}}


def play(home: Path, count: int, *, seed: int, loud: bool, rate: float | None = None) -> dict[str, Any]:
    from tellback.flow import replay
    from tellback.kit.process import settle_down
    from tellback.networks.file.bench_posts import write

    path = home / "bench.jsonl"
    with path.open("w") as out:
        write(out, count, seed)
    connection = replay.prepare(str(path), "tellback", space="Bench")
    connection.settings = {"path": str(path), "mapping": "tellback"}  # a home may have been moved
    connection.save(update_fields=["settings"])
    settle_down()
    report = replay.play(connection, replay.Speed(rate=rate), progress=Words() if loud else None)
    path.unlink()
    return report.as_dict()


class Words:
    """A line every half minute."""

    def __init__(self) -> None:
        self.said = time.monotonic()

    def __call__(self, share: float, report: Any) -> None:
        if time.monotonic() - self.said > 30:
            self.said = time.monotonic()
            say(f"{share:4.0%}  {report.rows:,} rows, {report.rows / report.seconds:,.0f} a second")
