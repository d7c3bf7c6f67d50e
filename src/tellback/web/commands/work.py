"""tellback work: the workers and the clock alone."""

import argparse
from collections.abc import Sequence

from tellback.web.start import begin


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="tellback work", description="Run jobs and the clock.").parse_args(arguments)
    begin()
    from tellback.web import engine

    engine.run([engine.workers, engine.ticking])
    return 0
