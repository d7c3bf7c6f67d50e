"""tellback bench posts: invented posts of 8 to 38 words as JSON Lines; the same seed gives the same bytes."""

import argparse
import sys
from collections.abc import Sequence

from tellback.networks.file.bench_posts import write


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench posts")
    made.add_argument("--count", type=int, default=10_000)
    made.add_argument("--seed", type=int, default=1)
    options = made.parse_args(arguments)
    write(sys.stdout, options.count, options.seed)
    return 0
