"""How good the rule signals are on the airline tweets: python training/measure_rules.py

Reads $TELLBACK_DATA/triage/airline.csv.gz (columns text, sentiment). Words were tuned by looking at totals of the
even rows only; the odd rows are the figure to quote. Prints polarity, ends of the default chart, and cost.
"""

import csv
import gc
import gzip
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tellback.triage.examples import shipped
from tellback.triage.rules import RuleJudge
from tellback.triage.signals import Exhibit, Signal, polarity
from tellback.triage.walk import walk

KINDS = ("negative", "neutral", "positive")
FACTS = {"about_us": 1.0, "seen_before": 0.0, "open_incident": 0.0}
Judged = Sequence[dict[str, Signal]]


def rows() -> list[tuple[str, str]]:
    path = Path(os.environ["TELLBACK_DATA"]) / "triage" / "airline.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [(row["text"], row["sentiment"]) for row in csv.DictReader(file)]


def report_polarity(name: str, truth: Sequence[str], judged: Judged) -> None:
    pairs: Counter[tuple[str, str]] = Counter(zip(truth, map(polarity, judged), strict=True))
    right = sum(pairs[kind, kind] for kind in KINDS)
    scores = [f1(pairs, kind) for kind in KINDS]
    each = ", ".join(f"{kind} {score:.3f}" for kind, score in zip(KINDS, scores, strict=True))
    print(f"{name}: {len(truth)} posts, accuracy {right / len(truth):.3f}, macro-F1 {sum(scores) / 3:.3f} ({each})")


def f1(pairs: Counter[tuple[str, str]], kind: str) -> float:
    said = sum(pairs[other, kind] for other in KINDS)
    were = sum(pairs[kind, other] for other in KINDS)
    return 2 * pairs[kind, kind] / (said + were)


def report_ends(judged: Judged) -> None:
    chart, _ = shipped("union")
    gc.freeze()  # what is kept here for the report would not be kept in a stream
    begun = time.process_time()
    walks = [walk(chart, signals, {}) for signals in judged]
    cost = (time.process_time() - begun) / len(judged)
    ends = Counter(way.action or f"waits at {way.waits_at}" for way in walks)
    for end, count in ends.most_common():
        print(f"  {end:24} {count:6} {count / len(walks):7.2%}")
    waiting = sum(way.action is None for way in walks)
    print(f"waiting: {waiting / len(walks):.2%}; walking costs {cost * 1e6:.1f} µs a post")


def main() -> None:
    found = rows()
    exhibits = [Exhibit(text, "en", 0, FACTS) for text, _ in found]
    judge = RuleJudge()
    judge.signals(exhibits[:200])
    gc.freeze()
    begun = time.process_time()
    judged = judge.signals(exhibits)
    cost = (time.process_time() - begun) / len(found)
    length = sum(len(text.split()) for text, _ in found) / len(found)
    truth = [sentiment for _, sentiment in found]
    report_polarity("even rows (tuned on)", truth[::2], judged[::2])
    report_polarity("odd rows (held out)", truth[1::2], judged[1::2])
    print(f"judging costs {cost * 1e6:.1f} µs a post of {length:.1f} words; ends of the union chart, all rows:")
    report_ends(judged)


if __name__ == "__main__":
    main()
