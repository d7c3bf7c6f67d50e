"""Loading a backup into an empty PostgreSQL database: its tables as they were then, filled, and brought up to date."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import django
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

from tellback.web.archive import PIECE, Manifest, Unusable
from tellback.web.backing import columns_of, listed
from tellback.web.restoring import unopened


def load(folder: Path, manifest: Manifest, key: str) -> list[str]:
    """One transaction: all of it is there afterwards, or nothing. Returns what cannot be opened. Raises Unusable."""
    django.setup()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                if columns_of(cursor):
                    raise Unusable("The PostgreSQL database is not empty: make a new one. Nothing was changed.")
            make_tables(manifest.migrations)
            with connection.cursor() as cursor:
                fill_tables(cursor, folder, manifest)
            connection.check_constraints()
            return unopened(fetch, key)
    except Error as fault:
        raise Unusable(f"PostgreSQL did not take it ({str(fault).splitlines()[0]}). Nothing was changed.") from fault


def fetch(statement: str) -> Any:
    cursor = connection.cursor()
    cursor.execute(statement)
    return cursor


def make_tables(migrations: Sequence[str]) -> None:
    """The tables as the backup's version had them; what is newer comes with the next start."""
    executor = MigrationExecutor(connection)
    executor.migrate(last_steps(executor.loader.graph, migrations))


def last_steps(graph: Any, migrations: Iterable[str]) -> list[tuple[str, str]]:
    """The last recorded step of each room. Raises Unusable for one that this installation does not know."""
    recorded: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for written in migrations:
        app, _, name = written.partition(".")
        recorded[app].add((app, name))
    unknown = [step for steps in recorded.values() for step in steps if step not in graph.nodes]
    if unknown:
        raise Unusable(f"The backup has steps that are not known here: {unknown[:3]}. Nothing was changed.")
    return [
        step
        for steps in recorded.values()
        for step in steps
        if not any(child.key in steps for child in graph.node_map[step].children)
    ]


def fill_tables(cursor: Any, folder: Path, manifest: Manifest) -> None:
    there = columns_of(cursor)
    strange = [name for name in manifest.tables if set(manifest.columns.get(name, ())) - set(there.get(name, ()))]
    if strange:
        raise Unusable(f"The backup has tables that this version does not make: {strange[:3]}. Nothing was changed.")
    cursor.execute(f"TRUNCATE {listed(sorted(there))} CASCADE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for name, count in manifest.tables.items():
        with (
            (folder / f"{name}.copy").open("rb") as file,
            cursor.copy(f'COPY "{name}" ({listed(manifest.columns[name])}) FROM STDIN') as copy,
        ):
            while piece := file.read(PIECE):
                copy.write(piece)
        cursor.execute(f'SELECT count(*) FROM "{name}"')
        found = cursor.fetchone()[0]
        if found != count:
            raise Unusable(f"{name} has {found} rows, not {count}. Nothing was changed.")
    for name, (last, called) in manifest.sequences.items():
        cursor.execute("SELECT setval(quote_ident(%s)::regclass, %s, %s)", [name, last, called])
