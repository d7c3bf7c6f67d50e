"""Putting a backup into an empty home. All is checked in a folder beside it, which takes the home's name at the end."""

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.fernet import InvalidToken

from tellback import __version__
from tellback.kit.secret import fernet
from tellback.web.archive import Accept, Manifest, Unusable, unpack

SEALED = re.compile(r"gAAAA[\w-]+=*")
# Where sealed values may stand: (words for one, statement).
SECRETS = {
    "connection": "SELECT secrets FROM networks_connection",
    "second step of signing in": "SELECT data FROM mfa_authenticator",
}


def restore(source: BinaryIO, home: Path, *, database_url: str, key: str) -> tuple[Manifest, list[str]]:
    """Restore into `home`. Returns what was restored and what it lacks, in words. Raises Unusable: nothing is changed.

    `key` is the installation's key where it comes from the environment, else "".
    """
    refuse_full(home)
    home.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{home.name}-restore-", dir=home.parent))
    try:
        manifest = unpack(source, work, accept=Fitting(database_url))
        standing = key or (read_key(work) if manifest.with_key else "")
        lacks = fill(work, manifest, standing)
        move(work, home)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return manifest, [*lacks, *words_missing(manifest)]


def refuse_full(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Unusable(f"{home} is not empty. Name an empty folder with --home, or move it away. Nothing was changed.")


class Fitting(Accept):
    """A backup fits this code and this kind of database."""

    def __init__(self, database_url: str) -> None:
        self.here = "postgresql" if database_url.startswith("postgres") else "sqlite"

    def __call__(self, manifest: Manifest) -> None:
        if manifest.database != self.here:
            advice = (
                "set DATABASE_URL to an empty PostgreSQL database"
                if manifest.database == "postgresql"
                else "restore without DATABASE_URL"
            )
            raise Unusable(f"This is a backup of {manifest.database}, not {self.here}: {advice}. Nothing was changed.")
        unknown = unknown_migrations(manifest.migrations)
        if number(manifest.version) > number(__version__) or unknown:
            raise Unusable(
                f"This backup was made by Tellback {manifest.version}; this is {__version__}. "
                "Restore it with that version or a later one. Nothing was changed."
            )


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def unknown_migrations(names: Iterable[str]) -> list[str]:
    """Steps of our own rooms that this code does not have."""
    rooms = {room.name: room for room in files("tellback").iterdir() if room.is_dir()}
    split = [name.partition(".") for name in names]
    return [
        f"{room}.{step}"
        for room, _, step in split
        if room in rooms and not rooms[room].joinpath("migrations", f"{step}.py").is_file()
    ]


def read_key(work: Path) -> str:
    return (work / "key").read_text().strip()


def fill(work: Path, manifest: Manifest, key: str) -> list[str]:
    """Check the database, or load it. Returns what cannot be opened."""
    if manifest.database == "sqlite":
        return check_sqlite(work / "tellback.sqlite3", manifest, key)
    # Django makes a home and a key where there is none: let it be this one.
    os.environ["TELLBACK_HOME"] = str(work)
    from tellback.web.loading import load

    found = load(work / "tables", manifest, key)
    shutil.rmtree(work / "tables")
    return found


def check_sqlite(path: Path, manifest: Manifest, key: str) -> list[str]:
    """Raises Unusable where the database is not what the manifest says, or not sound."""
    with closing(sqlite3.connect(path)) as base:
        try:
            wrong = faults_of(base, manifest)
            if wrong:
                raise Unusable(f"The database in it is not sound: {wrong}. Nothing was changed.")
            return unopened(base.execute, key)
        except sqlite3.DatabaseError as fault:
            raise Unusable(f"The database in it cannot be read ({fault}). Nothing was changed.") from fault


def faults_of(base: sqlite3.Connection, manifest: Manifest) -> str:
    state = base.execute("PRAGMA integrity_check").fetchone()[0]
    if state != "ok":
        return str(state)
    if base.execute("PRAGMA foreign_key_check").fetchone():
        return "rows point at others that are not there"
    base.execute("INSERT INTO listen_post_fts(listen_post_fts, rank) VALUES ('integrity-check', 1)")
    base.rollback()
    for name, count in manifest.tables.items():
        found = base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        if found != count:
            return f"{name} has {found} rows, not {count}"
    return ""


def unopened(execute: Any, key: str) -> list[str]:
    """Secrets that this key does not open, in words with what to do. Without a key none opens."""
    lines = []
    for noun, statement in SECRETS.items():
        try:
            rows = [str(row[0]) for row in execute(statement).fetchall()]
        except sqlite3.OperationalError:
            continue
        closed = sum(not opens(row, key) for row in rows)
        if closed:
            lines.append(
                f"The secrets of {closed} {noun if closed == 1 else noun + 's'} cannot be opened without the old key: "
                "put the file `key` of the old home into the new one, or enter them again."
            )
    return lines


def opens(text: str, key: str) -> bool:
    """True where every sealed value in the text opens with this key, or there is none."""
    for token in SEALED.findall(text):
        try:
            if not key:
                return False
            fernet(key).decrypt(token.encode())
        except InvalidToken:
            return False
    return True


def words_missing(manifest: Manifest) -> list[str]:
    lines = []
    if not manifest.with_key:
        lines.append("The key is not in this backup: everybody signs in again, unless the old key is put back first.")
    if manifest.missing:
        lines.append(f"{len(manifest.missing)} files were gone when the backup was made; their posts say so.")
    return lines


def move(work: Path, home: Path) -> None:
    """The checked folder becomes the home."""
    if home.exists():
        home.rmdir()
    work.chmod(0o700)
    os.rename(work, home)
