"""tellback bench NAME: the commands behind docs/measured.md."""

from collections.abc import Sequence
from importlib import import_module

from tellback.web.start import say

BENCHES = {
    "posts": "make invented posts: --count N --seed S, JSON Lines on standard output",
    "line": "posts a second through the whole line, and as a share of a bare bulk insert: FILE --mapping NAME",
    "grown": "the same with many posts already there: --before 1000000",
    "pages": "p50 and p95 of inbox, search and the other pages: --posts 1000000",
    "live": "how soon an event reaches all open pages: --clients 1000",
    "start": "cold start to the first page, and memory at rest",
    "fuzz": "every parser with broken input: --seconds 3600",
}


def main(arguments: Sequence[str]) -> int:
    name = arguments[0] if arguments else ""
    if name not in BENCHES:
        say("tellback bench NAME ...\n" + "\n".join(f"  {key:<7}{words}" for key, words in BENCHES.items()))
        return 0 if name in {"-h", "--help"} else 2
    module = import_module(f"tellback.web.benches.{name}")
    code: int = module.main(arguments[1:])
    return code
