"""Finding people: by words of their name, newest first, or by a handle or its beginning."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet

from tellback.kit.query import Term, fts_query, ids, plain, rows, terms_of, ts_query
from tellback.people.person import Handle, Joining, Person

LAST_SIGN = chr(0x10FFFF)
LOOKED_AT = 1_000


def search(workspace_id: int, query: str, limit: int = 10) -> list[Person]:
    """People of one workspace; who was joined to another is found as that one. Never raises."""
    terms = [term for term in plain(terms_of(query)) if term.text]
    if not any(term.wanted for term in terms):
        return []
    found = [*by_handle(workspace_id, query, limit), *by_name(workspace_id, terms, limit)]
    return people(workspace_id, found)[:limit]


def people(workspace_id: int, pks: Iterable[int]) -> list[Person]:
    wanted = list(dict.fromkeys(pks))
    joined = dict(Joining.objects.filter(away__in=wanted, undone_at=None).values_list("away", "into"))
    order = dict.fromkeys(joined.get(pk, pk) for pk in wanted)
    here = Person.objects.filter(pk__in=order, workspace=workspace_id, forgotten_at=None)
    known = {row.pk: row for row in here.prefetch_related("handles")}
    return [known[pk] for pk in order if pk in known]


def by_handle(workspace_id: int, words: str, limit: int) -> list[int]:
    """Persons whose handle is this, and then those whose handle begins so."""
    start = words.strip().lower().lstrip("@")
    if not start or "\x00" in start:
        return []
    here = Handle.objects.filter(workspace=workspace_id, person__forgotten_at=None)
    exact = here.filter(name=start).values_list("person", flat=True)
    return [*exact[:limit], *beginning(here, start).values_list("person", flat=True)[:limit]]


def beginning(handles: "QuerySet[Handle]", start: str) -> "QuerySet[Handle]":
    """Said so that each database reads its index: SQLite a range, PostgreSQL a pattern."""
    if connection.vendor == "sqlite":
        return handles.filter(name__gte=start, name__lt=start + LAST_SIGN)
    return handles.filter(name__startswith=start)


def by_name(workspace_id: int, terms: list[Term], limit: int) -> list[int]:
    return (in_sqlite if connection.vendor == "sqlite" else in_postgresql)(workspace_id, terms, limit)


def in_sqlite(workspace_id: int, terms: list[Term], limit: int) -> list[int]:
    """The newest matches of all workspaces first, ours kept; by the word of the workspace where they were others'."""
    newest = (
        "SELECT hit.id, person.workspace_id FROM (SELECT rowid AS id FROM people_person_fts "
        "WHERE people_person_fts MATCH %s ORDER BY rowid DESC LIMIT %s) AS hit "
        "JOIN people_person AS person ON person.id = hit.id"
    )
    looked = rows(newest, fts_query(terms), limit * 4)
    ours = sorted((pk for pk, workspace in looked if workspace == workspace_id), reverse=True)[:limit]
    if len(ours) == limit or len(looked) < limit * 4:
        return ours
    here = "SELECT rowid FROM people_person_fts WHERE people_person_fts MATCH %s ORDER BY rowid DESC LIMIT %s"
    return ids(here, fts_query(terms, f"w{int(workspace_id)}"), limit)


def in_postgresql(workspace_id: int, terms: list[Term], limit: int) -> list[int]:
    asked, values = ts_query(terms, f"w{int(workspace_id)}")
    some = (
        f"WITH hits AS MATERIALIZED (SELECT id FROM people_person WHERE words @@ ({asked}) LIMIT %s) "
        "SELECT id FROM hits ORDER BY id DESC LIMIT %s"
    )
    return ids(some, *values, LOOKED_AT, limit)
