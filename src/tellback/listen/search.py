"""Searching what was said: words, "words in a row", and -words that must not be there. Newest first.

What one types is read into terms here and handed over as values, so that nothing typed can break the query.
SQLite streams from its FTS5 index, last row first. PostgreSQL would fetch every match of a common word before it
sorts, so the newest posts are looked through by their ids first, and only a word that is rare there goes to GIN.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tellback.listen.post import Post

LONGEST_QUERY = 200
MOST_TERMS = 12
NEWEST = 5_000
NEWER = 100_000
HIGHEST = 2**63 - 1
TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several in a row. `wanted` False: it must not be there."""

    text: str
    wanted: bool = True


def terms_of(query: str) -> list[Term]:
    """What a query asks for; signs without a letter or figure ask for nothing."""
    clean = query.replace("\x00", " ").encode("utf-8", "ignore").decode()[:LONGEST_QUERY]
    found = [Term(" ".join((row or word).split()), not minus) for minus, row, word in TERM.findall(clean)]
    return [term for term in found if any(sign.isalnum() for sign in term.text)][:MOST_TERMS]


def search(workspace_id: int, query: str, before: int | None = None, limit: int = 50) -> list[Post]:
    """Posts of one workspace, newest first, older than the post `before` where it is given. Never raises."""
    terms = terms_of(query)
    if not any(term.wanted for term in terms):
        return []
    look = in_sqlite if connection.vendor == "sqlite" else in_postgresql
    found = look(workspace_id, terms, before, limit)
    # Only by their ids: told the workspace too, SQLite reads the whole of it. What was found is ours already.
    posts = Post.objects.filter(pk__in=found).select_related("author", "author__person").order_by("-id")
    return [post for post in posts if post.workspace_id == workspace_id]


def fts_query(terms: list[Term], space: str = "") -> str:
    """The terms as FTS5 reads them, in one workspace alone where its word is given.

    A term is a quoted string, in which nothing but a quote has a meaning.
    """
    wanted = " AND ".join(quoted(term) for term in terms if term.wanted)
    unwanted = " OR ".join(quoted(term) for term in terms if not term.wanted)
    whole = f"words : ({wanted})"
    if space:
        whole = f"space : {space} AND {whole}"
    return f"({whole}) NOT words : ({unwanted})" if unwanted else whole


def quoted(term: Term) -> str:
    return '"' + term.text.replace('"', " ") + '"'


def in_sqlite(workspace_id: int, terms: list[Term], before: int | None, limit: int) -> list[int]:
    """The newest matches of all workspaces first, ours kept: in a workspace that holds most posts that is nearly all
    there is to do. Where they were others', on by the word of the workspace, which is short work in a small one.
    """
    newest = (
        "SELECT hit.id, post.workspace_id FROM (SELECT rowid AS id FROM listen_post_fts WHERE listen_post_fts MATCH %s "
        "AND rowid < %s ORDER BY rowid DESC LIMIT %s) AS hit JOIN listen_post AS post ON post.id = hit.id"
    )
    top = before if before is not None else HIGHEST
    for most in (limit * 4, NEWEST):
        looked = rows(newest, fts_query(terms), top, most)
        ours = sorted((pk for pk, workspace in looked if workspace == workspace_id), reverse=True)[:limit]
        if len(ours) == limit or len(looked) < most:
            return ours
    rest = (
        "SELECT rowid FROM listen_post_fts WHERE listen_post_fts MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
    )
    lowest = min(pk for pk, _ in looked)
    return ours + ids(rest, fts_query(terms, f"w{int(workspace_id)}"), lowest, limit - len(ours))


def in_postgresql(workspace_id: int, terms: list[Term], before: int | None, limit: int) -> list[int]:
    """Windows backward by id: the newest looked through as they lie, then by the index, wider and wider."""
    asked, values = ts_query(terms)
    asked_here, values_here = ts_query(terms, f"w{int(workspace_id)}")
    top = before if before is not None else (ids("SELECT max(id) FROM listen_post")[0] or 0) + 1
    as_they_lie = (
        "SELECT id FROM (SELECT id, words FROM listen_post WHERE id >= %s AND id < %s AND workspace_id = %s OFFSET 0) "
        f"AS newest WHERE words @@ ({asked}) ORDER BY id DESC LIMIT %s"
    )
    nearer = (
        f"WITH hits AS MATERIALIZED (SELECT id, workspace_id FROM listen_post WHERE words @@ ({asked}) "
        "AND id >= %s AND id < %s) SELECT id FROM hits WHERE workspace_id = %s ORDER BY id DESC LIMIT %s"
    )
    rest = (
        f"WITH hits AS MATERIALIZED (SELECT id FROM listen_post WHERE words @@ ({asked_here}) AND id < %s) "
        "SELECT id FROM hits ORDER BY id DESC LIMIT %s"
    )
    low, lower = max(0, top - NEWEST), max(0, top - NEWER)
    found = ids(as_they_lie, low, top, workspace_id, *values, limit)
    if len(found) < limit and low:
        found += ids(nearer, *values, lower, low, workspace_id, limit - len(found))
    if len(found) < limit and lower:
        found += ids(rest, *values_here, lower, limit - len(found))
    return found


def ts_query(terms: list[Term], space: str = "") -> tuple[str, list[str]]:
    """A tsquery expression and its parameters; the word of a workspace keeps others out."""
    parts, values = [], []
    if space:
        parts, values = ["plainto_tsquery('simple', %s)"], [space]
    for term in terms:
        parts.append("phraseto_tsquery('simple', %s)" if term.wanted else "!! phraseto_tsquery('simple', %s)")
        values.append(term.text)
    return " && ".join(parts), values


def ids(statement: str, *values: Any) -> list[int]:
    return [row[0] for row in rows(statement, *values)]


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())


def hits(text: str, query: str) -> list[tuple[int, int]]:
    """Where the wanted words of a query stand in a text, as spans of characters in their order."""
    patterns = [
        r"\W+".join(re.escape(word) for word in WORD.findall(term.text))
        for term in terms_of(query)
        if term.wanted and WORD.search(term.text)
    ]
    if not patterns:
        return []
    found = re.finditer(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", text, re.IGNORECASE)
    return [match.span() for match in found]
