"""tellback backup FILE: a whole copy into one file, while everything runs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    target = None if options.file == "-" else Path(options.file).resolve()
    if target and (target.exists() or not target.parent.is_dir()):
        say(f"tellback backup: {target} exists already, or its folder does not. Nothing was written.")
        return 2
    begin(migrate=False)
    from django.db.utils import Error

    from tellback.web.archive import Unusable
    from tellback.web.backing import back_up

    try:
        manifest = back_up(target, sys.stdout.buffer, with_key=options.with_key)
    except (Unusable, Error, OSError) as fault:
        say(f"tellback backup: {fault}. No backup was made.")
        return 2
    rows = sum(manifest.tables.values())
    files = sum(member.name.startswith("files/") for member in manifest.members)
    say(f"Backed up {rows:,} rows of {len(manifest.tables)} tables and {files:,} files to {options.file}.")
    if manifest.missing:
        say(f"{len(manifest.missing)} files were not there: {', '.join(manifest.missing[:5])}")
    if manifest.with_key:
        say("The key is in it: whoever has this file can read every secret. Keep it as you keep a password.")
    else:
        say("The key is not in it: keep the file `key` of the home elsewhere, or secrets must be entered again.")
    return 1 if manifest.missing else 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="tellback backup", description="A whole copy into one file, while running.")
    made.add_argument("file", help="a file that does not exist yet (tar.gz); - is standard output")
    made.add_argument("--with-key", action="store_true", help="put the key into it")
    return made
