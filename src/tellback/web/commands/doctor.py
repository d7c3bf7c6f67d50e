"""tellback doctor: what is configured, reachable, wrong, and what to do."""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tellback.web.start import begin, pending_migrations

if TYPE_CHECKING:
    from tellback.web.doctor.finding import Finding


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    begin(migrate=False)
    from tellback.web.doctor.finding import table

    found = list(examine(quick=options.quick))
    faults = sum(row.state == "wrong" for row in found)
    if options.json:
        sys.stdout.write(json.dumps({"wrong": faults, "findings": [asdict(row) for row in found]}, indent=2) + "\n")
    else:
        counted = f"{faults} wrong, {sum(row.state == 'look' for row in found)} to look at, {len(found)} looked at"
        sys.stdout.write(f"{table(found)}\n\n{counted}\n")
    sys.stdout.flush()
    return 1 if faults else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="tellback doctor", description="What is configured, reachable, wrong; what to do."
    )
    made.add_argument("--json", action="store_true", help="for programs: the same rows as JSON")
    made.add_argument("--quick", action="store_true", help="do not ask the connections")
    return made


def examine(*, quick: bool) -> "Iterator[Finding]":
    from django.conf import settings

    from tellback.web.doctor import base, house, machine
    from tellback.web.doctor.finding import run

    yield from run(machine.checks(Path(settings.HOME), os.environ, settings.PUBLIC_URL, settings.ALLOWED_HOSTS))
    first = base.reachable()
    yield first
    if first.state != "ok":
        return
    yield from run(base.checks())
    # Tables of another version would only make every check stumble.
    if pending_migrations() == 0:
        yield from run(house.checks(quick=quick))
