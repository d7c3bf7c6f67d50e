"""Finding cases: by their number, and by words that were written by hand: notes, and what they said when asked."""

import re

from django.db import connection

from tellback.cases.case import Case, Entry
from tellback.kit.query import Term, fts_query, ids, terms_of, ts_query

NUMBER = re.compile(r"#?([0-9]{1,18})")


def by_number(workspace_id: int, query: str) -> Case | None:
    """The case that "123" or "#123" names."""
    asked = NUMBER.fullmatch(query.strip())
    here = Case.objects.filter(workspace=workspace_id).select_related("person", "brand")
    found: Case | None = here.filter(pk=int(asked[1])).first() if asked else None
    return found


def notes(workspace_id: int, query: str, limit: int = 10) -> list[Entry]:
    """Entries of one workspace that were written by hand, newest first. Never raises."""
    terms = terms_of(query)
    if not any(term.wanted for term in terms):
        return []
    look = in_sqlite if connection.vendor == "sqlite" else in_postgresql
    found = Entry.objects.filter(pk__in=look(workspace_id, terms, limit), case__workspace=workspace_id)
    return list(found.select_related("case__person", "by").order_by("-id"))


def in_sqlite(workspace_id: int, terms: list[Term], limit: int) -> list[int]:
    here = "SELECT rowid FROM cases_entry_fts WHERE cases_entry_fts MATCH %s ORDER BY rowid DESC LIMIT %s"
    return ids(here, fts_query(terms, f"w{int(workspace_id)}"), limit)


def in_postgresql(workspace_id: int, terms: list[Term], limit: int) -> list[int]:
    """By hand one writes thousands of notes, not millions: all that match are looked at."""
    asked, values = ts_query(terms)
    here = (
        "WITH hits AS MATERIALIZED (SELECT id, case_id FROM cases_entry WHERE kind IN ('note', 'heard') "
        f"AND to_tsvector('simple', left(text, 200000)) @@ ({asked})) SELECT hits.id FROM hits "
        "JOIN cases_case ON cases_case.id = hits.case_id WHERE cases_case.workspace_id = %s "
        "ORDER BY hits.id DESC LIMIT %s"
    )
    return ids(here, *values, workspace_id, limit)
