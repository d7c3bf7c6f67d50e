"""Writing many rows at once: ids taken before, one statement a table, the same code on both databases.

Django's bulk_create builds a model instance and a compiled row for each object; on the incoming line, where one
post makes a dozen rows, that is most of the time. Here an instance is read straight into a tuple.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import DateTimeField, Field, JSONField, Model
from django.db.models.base import ModelState
from django.db.transaction import TransactionManagementError

Made = TypeVar("Made", bound=Model)
Row = tuple[Any, ...]


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def moment(at: datetime | None) -> Any:
    """A datetime in the form in which the database keeps it (SQLite: naive UTC text, as Django writes it)."""
    return at if at is None or is_postgresql() else as_text(at)


@lru_cache(maxsize=4096)
def as_text(at: datetime | None) -> str | None:
    # A batch has few different moments and many rows, so most of them are written once.
    return None if at is None else str(at.astimezone(UTC).replace(tzinfo=None))


# Made once: json.dumps with any option builds an encoder for each call.
as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=128)
def blank(model: type[Model]) -> tuple[dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """What a new instance holds before anything is said of it: plain defaults, and those that are made each time."""
    fields = model._meta.concrete_fields
    made = tuple((f.attname, f.default) for f in fields if f.has_default() and callable(f.default))
    plain = {field.attname: None if field.primary_key else field.get_default() for field in fields}
    return plain, made


def row(model: type[Made], **values: Any) -> Made:
    """A new instance, values by column attribute (`brand_id=3`), past Model.__init__ and its checks.

    On the incoming line a post makes ten instances; __init__ was a quarter of the whole line's time.
    """
    plain, made = blank(model)
    instance = model.__new__(model)
    instance.__dict__ = {"_state": ModelState(), **plain}
    for name, make in made:
        instance.__dict__[name] = make()
    instance.__dict__.update(values)
    return instance


def take_ids(model: type[Model], count: int) -> range | list[int]:
    """`count` fresh ids of a table, to be used in the running transaction.

    SQLite: the transaction holds the write lock, so what follows the highest id ever given is ours.
    PostgreSQL: the table's own sequence is asked for all of them at once.
    """
    if count == 0:
        return []
    if not connection.in_atomic_block:
        raise TransactionManagementError("Ids are taken inside the transaction that uses them.")
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return range(first, first + count)


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model, giving each the next id if it has none. No signals, no save()."""
    if not rows:
        return
    model = type(rows[0])
    columns, read = plan(model, is_postgresql())
    with transaction.atomic(savepoint=False):
        number([row for row in rows if row.pk is None])
        insert_values(model, columns, [read(row) for row in rows])


def insert_values(model: type[Model], columns: Sequence[str], values: Sequence[Row]) -> None:
    """Insert rows of plain values in database form, ids among them; `columns` are the table's own names."""
    if not values:
        return
    table = model._meta.db_table
    if is_postgresql():
        copy_rows(table, columns, values)
        return
    quoted = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(["?"] * len(columns))
    raw_many(f'INSERT INTO "{table}" ({quoted}) VALUES ({places})', values)


def number(rows: Sequence[Model]) -> None:
    """Give ids to rows of one model that have none yet, in their order."""
    if rows:
        for row, pk in zip(rows, take_ids(type(rows[0]), len(rows)), strict=True):
            row.pk = pk


@lru_cache(maxsize=128)
def plan(model: type[Model], postgresql: bool) -> tuple[tuple[str, ...], Callable[[Any], Row]]:
    """The columns of a model's table and a function that reads an instance into a row of that order."""
    fields = list(model._meta.concrete_fields)
    names = [field.attname for field in fields]
    changes = [(at, to) for at, field in enumerate(fields) if (to := conversion(field, postgresql))]

    def as_row(instance: Any) -> Row:
        # Past the descriptors, which look for a deferred value at each reading: a new instance has none.
        held = instance.__dict__
        values = [held[name] for name in names]
        for at, to in changes:
            values[at] = to(values[at])
        return tuple(values)

    return tuple(str(field.column) for field in fields), as_row


def conversion(field: "Field[Any, Any]", postgresql: bool) -> Callable[[Any], Any] | None:
    """How a value of this field is written by hand; None if as it is."""
    if isinstance(field, JSONField):
        return as_json
    if isinstance(field, DateTimeField) and not postgresql:
        return as_text
    return None


def raw_many(statement: str, rows: Iterable[Row]) -> None:
    """SQLite only: executemany past Django's per-row placeholder rewriting."""
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    finally:
        cursor.close()


def copy_rows(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """PostgreSQL only: COPY, several times quicker than INSERT."""
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def rows_for(statement: str, keys: Sequence[Any], *before: Any) -> list[Row]:
    """Run a SELECT whose last condition is `IN (...)` for many keys, 500 at a time.

    `statement` has one `{keys}` where the placeholders go; `before` are the parameters that stand ahead of them.
    """
    found: list[Row] = []
    with connection.cursor() as cursor:
        for start in range(0, len(keys), 500):
            part = list(keys[start : start + 500])
            places = ", ".join(["%s"] * len(part))
            cursor.execute(statement.format(keys=places), [*before, *part])
            found.extend(cursor.fetchall())
    return found
