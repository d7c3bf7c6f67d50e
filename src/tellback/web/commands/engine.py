"""What `tellback serve` starts beside its pages: workers, clock, listeners, and the invented world while it plays."""

import argparse
from collections.abc import Sequence

from tellback.web.start import begin


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback engine")
    made.add_argument("--world", action="store_true", help="seed the invented world and play it")
    made.add_argument("--parent", type=int, default=None, help="stop when this process is gone")
    options = made.parse_args(arguments)
    begin(migrate=False)
    from tellback.web import engine

    parts = [engine.workers, engine.ticking, engine.listening]
    if options.world:
        from tellback.web.world.beginning import begin_world, live_world

        # Before the workers start: the story's own jobs are done in the story's own time.
        begin_world()
        parts.append(live_world)
    engine.run(parts, parent=options.parent)
    return 0
