"""./run test [--peers] [pytest's own arguments]

Without --peers: all tests that need nothing but Python, on SQLite; it says what it left out.
With --peers: those too that drive a browser or speak to real servers, and everything again on PostgreSQL.
"""

import sys

from postgresql import NotThere, running
from steps import step, tool

OTHERS = "browser or peers"


def main() -> int:
    arguments = sys.argv[1:]
    peers = "--peers" in arguments
    rest = [argument for argument in arguments if argument != "--peers"]
    pytest = tool("pytest", *(rest or ["-n", "2"]))
    if not peers:
        passed = step("Tests on SQLite", [*pytest, "-m", f"not ({OTHERS})"])
        print("Left out: tests marked browser and peers, and PostgreSQL. ./run test --peers runs them.")
        return 0 if passed else 1
    passed = step("Tests on SQLite, with browser and servers", pytest)
    try:
        with running() as url:
            passed &= step("Tests on PostgreSQL", [*pytest, "-m", f"not ({OTHERS})"], TEST_DATABASE_URL=url)
    except NotThere as fault:
        print(fault, file=sys.stderr)
        passed = False
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
