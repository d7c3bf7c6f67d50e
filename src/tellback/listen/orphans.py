"""Files of no row: a batch that was taken back, or whose process was killed, left them on the disk.

A file is written before its row is committed, so a young file without a row may be work under way. Only those are
looked at that are older than any transaction.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from tellback.listen.post import Attachment

AT_ONCE = 500


def sweep(*, written_before: datetime) -> int:
    """Remove them, workspace by workspace; returns how many went."""
    root = Path(settings.MEDIA_ROOT)
    folders = [path for path in root.iterdir() if is_of_a_workspace(path)] if root.is_dir() else []
    return sum(sweep_folder(folder, written_before.timestamp()) for folder in folders)


def is_of_a_workspace(path: Path) -> bool:
    """Anything else below the root is not ours to remove."""
    return path.name.isascii() and path.name.isdigit() and path.is_dir() and not path.is_symlink()


def sweep_folder(folder: Path, before: float) -> int:
    gone = 0
    files = old_files(folder, before)
    while part := list(islice(files, AT_ONCE)):
        known = held(int(folder.name), [f"{folder.name}/{name}" for name in part])
        for name in part:
            if f"{folder.name}/{name}" not in known:
                (folder / name).unlink(missing_ok=True)
                gone += 1
    return gone


def old_files(folder: Path, before: float) -> Iterator[str]:
    for entry in os.scandir(folder):
        try:
            if entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < before:
                yield entry.name
        except FileNotFoundError:  # its row went meanwhile, and the file with it
            continue


def held(workspace: int, paths: list[str]) -> set[str]:
    """Those of these paths that a row names."""
    rows = Attachment.objects.filter(Q(path__in=paths) | Q(raw_path__in=paths), workspace=workspace)
    return {path for pair in rows.values_list("path", "raw_path") for path in pair}
