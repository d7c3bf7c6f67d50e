"""Making a backup while everything runs: one consistent moment of the database, and the files that it speaks of."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tellback import __version__
from tellback.kit.bulk import is_postgresql
from tellback.kit.clock import now
from tellback.web.archive import Manifest, Unusable, digest, is_safe, write

SQLITE_FILE = "tellback.sqlite3"


@dataclass(slots=True)
class Copied:
    """A consistent copy of the database: where its members lie, and what it holds."""

    places: list[tuple[str, Path]]
    tables: dict[str, int]
    migrations: list[str]
    attachments: list[str]
    columns: dict[str, list[str]] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)


def back_up(target: Path | None, out: BinaryIO | None, *, with_key: bool) -> Manifest:
    """Write a backup to `target` (whole or not at all) or, without one, to `out`. Raises Unusable."""
    folder = target.parent if target else None
    with tempfile.TemporaryDirectory(prefix=".tellback-backup-", dir=folder) as work:
        manifest, places = gather(Path(work), with_key=with_key)
        if target is None:
            if out is None:
                raise Unusable("There is nowhere to write the backup to.")
            write(out, manifest, places)
            return manifest
        whole = Path(work) / "whole"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            write(file, manifest, places)
            file.flush()
            os.fsync(file.fileno())
        # A link and not a rename: it fails where somebody made a file of that name meanwhile.
        os.link(whole, target)
    return manifest


def gather(work: Path, *, with_key: bool) -> tuple[Manifest, list[tuple[str, Path]]]:
    copied = copy_postgresql(work) if is_postgresql() else copy_sqlite(work)
    files, missing = attached(copied.attachments)
    places = copied.places + files
    if with_key:
        key = work / "key"
        key.write_text(settings.SECRET_KEY)
        places.append(("key", key))
    manifest = Manifest(
        version=__version__,
        database="postgresql" if is_postgresql() else "sqlite",
        made_at=now().isoformat(),
        migrations=copied.migrations,
        tables=copied.tables,
        members=[replace(digest(path), name=name) for name, path in places],
        with_key=with_key,
        missing=missing,
        columns=copied.columns,
        sequences=copied.sequences,
    )
    return manifest, places


def attached(paths: list[str]) -> tuple[list[tuple[str, Path]], list[str]]:
    """The files of attachments: (name in the archive, place), and those that are not there any more."""
    root = Path(settings.MEDIA_ROOT)
    named = [(f"files/{path}", root / path) for path in sorted(set(paths))]
    there = [(name, path) for name, path in named if is_safe(name) and path.is_file()]
    known = {name for name, _ in there}
    return there, [name for name, _ in named if name not in known]


def copy_sqlite(work: Path) -> Copied:
    """By SQLite's own backup, all pages in one step: writers go on, the copy is of one moment."""
    place = work / SQLITE_FILE
    with (
        closing(sqlite3.connect(settings.DATABASES["default"]["NAME"], timeout=60)) as source,
        closing(sqlite3.connect(place)) as copy,
    ):
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        names = [row[0] for row in copy.execute(TABLES)]
        tables = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}
        done = copy.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
        return Copied(
            [(SQLITE_FILE, place)], tables, [row[0] for row in done], [row[0] for row in copy.execute(ATTACHED)]
        )


# The search's own tables are counted by its integrity check.
TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
    "AND name NOT LIKE '%_fts%' ORDER BY name"
)
ATTACHED = "SELECT path FROM listen_attachment WHERE path <> ''"


def copy_postgresql(work: Path) -> Copied:
    """One REPEATABLE READ transaction sees one moment; COPY writes it table by table."""
    folder = work / "tables"
    folder.mkdir()
    connection.ensure_connection()
    raw: Any = connection.connection
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            columns = columns_of(cursor)
            tables = {name: copy_out(raw, name, columns[name], folder) for name in columns}
            cursor.execute(ATTACHED)
            attachments = [row[0] for row in cursor.fetchall()]
            migrations = [f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()]
            sequences = dict(sequences_of(cursor))
        finally:
            cursor.execute("ROLLBACK")
    places = [(f"tables/{name}.copy", folder / f"{name}.copy") for name in columns]
    return Copied(places, tables, migrations, attachments, columns, sequences)


def columns_of(cursor: Any) -> dict[str, list[str]]:
    """table -> columns, without those that PostgreSQL makes itself."""
    cursor.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' "
        "ORDER BY c.table_name, c.ordinal_position"
    )
    found: dict[str, list[str]] = {}
    for table, column in cursor.fetchall():
        found.setdefault(table, []).append(column)
    return found


def listed(columns: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def copy_out(raw: Any, table: str, columns: list[str], folder: Path) -> int:
    """Returns the rows copied."""
    with raw.cursor() as cursor, (folder / f"{table}.copy").open("wb") as out:
        with cursor.copy(f'COPY "{table}" ({listed(columns)}) TO STDOUT') as copy:
            for piece in copy:
                out.write(piece)
        return int(cursor.rowcount)


def sequences_of(cursor: Any) -> Iterator[tuple[str, tuple[int, bool]]]:
    cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1")
    for (name,) in cursor.fetchall():
        cursor.execute(f'SELECT last_value, is_called FROM "{name}"')
        last, called = cursor.fetchone()
        yield name, (last, called)
