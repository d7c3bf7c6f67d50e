"""tellback listen: the listeners alone."""

import argparse
from collections.abc import Sequence

from tellback.web.start import begin


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="tellback listen", description="Listen at all connections.").parse_args(arguments)
    begin()
    from tellback.web import engine

    engine.run([engine.listening])
    return 0
