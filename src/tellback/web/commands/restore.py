"""tellback restore FILE: put a backup into an empty home."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tellback.web.archive import Unusable
from tellback.web.start import say


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    home = Path(options.home or os.environ.get("TELLBACK_HOME", "var")).resolve()
    # Set before Django starts: settings read the home when they are loaded.
    os.environ["TELLBACK_HOME"] = str(home)
    try:
        return put_back(options.file, home)
    except Unusable as fault:
        say(f"tellback restore: {fault}")
    except OSError as fault:
        say(f"tellback restore: {fault}. Nothing was changed.")
    return 2


def put_back(file: str, home: Path) -> int:
    from tellback.web.restoring import restore

    url, key = os.environ.get("DATABASE_URL", ""), os.environ.get("TELLBACK_KEY", "")
    if url.startswith("sqlite"):
        raise Unusable("DATABASE_URL names a SQLite file; a backup is restored into a home: leave DATABASE_URL out.")
    if file == "-":
        manifest, lacks = restore(sys.stdin.buffer, home, database_url=url, key=key)
    else:
        with open(file, "rb") as source:
            manifest, lacks = restore(source, home, database_url=url, key=key)
    rows = sum(manifest.tables.values())
    say(
        f"Restored {rows:,} rows of {len(manifest.tables)} tables, made {manifest.made_at}, into {home}. "
        "All checks hold."
    )
    for line in lacks:
        say(f"  {line}")
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="tellback restore", description="Put a backup into an empty home.")
    made.add_argument("file", help="a file that `tellback backup` made; - is standard input")
    made.add_argument("--home", default="", help="the folder (default: TELLBACK_HOME, else ./var); it must be empty")
    return made
