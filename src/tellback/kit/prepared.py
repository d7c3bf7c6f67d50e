"""Figures asked on every page: a query is turned into SQL once, and then asked with other parameters.

Django builds a query anew each time; for a row of fifteen subqueries that takes ten times as long as the answer.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, IntegerField, QuerySet, Subquery

MOST = 1000  # a queue is counted to here and then "1,000+": counting a million rows is nobody's wish


class CountOf(Subquery):
    """How many rows a query has, as a value beside others; at most one more than MOST, and no more of them are read."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, query: QuerySet[Any], **extra: Any) -> None:
        super().__init__(query.order_by().values("pk")[: MOST + 1], **extra)


def first_of(query: QuerySet[Any], column: str) -> Subquery:
    """A column of the first row of an ordered query; None without one."""
    return Subquery(query.values(found=F(column))[:1])


def words_of(count: int) -> str:
    return f"{MOST:,}+" if count > MOST else f"{count:,}"


class Prepared:
    """`build` makes a query of `.values(...)` for given ids; it is called once, with numbers that stand for them.

    Every id that `build` is given must come into the query as it is: a query that looks something up on the way, or
    leaves a part out for some ids, cannot be prepared.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        self.build = build
        self.marks = {-(7_000_001 + place): name for place, name in enumerate(names)}
        self.made: Made | None = None

    def __call__(self, **ids: int) -> list[dict[str, Any]]:
        made = self.made = self.made or self.make()
        given = [ids[self.marks[each]] if each in self.marks else each for each in made.params]
        with connection.cursor() as cursor:
            cursor.execute(made.sql, given)
            rows = cursor.fetchall()
        return [dict(zip(made.names, row, strict=True)) for row in converted(made.compiler, rows)]

    def make(self) -> "Made":
        query = self.build(**{name: mark for mark, name in self.marks.items()}).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return Made(compiler, sql, params, [*query.values_select, *query.annotation_select])


class Made(NamedTuple):
    """A query as SQL, with the names of its columns and what turns its values into ours."""

    compiler: Any
    sql: str
    params: Sequence[Any]
    names: Sequence[str]


def converted(compiler: Any, rows: list[Any]) -> Any:
    """Values as the fields have them: SQLite answers with texts where a moment is meant."""
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return compiler.apply_converters(rows, converters) if converters else rows
