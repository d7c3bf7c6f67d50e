"""Searching what was said: words, "words in a row", and -words that must not be there. Newest first.

What one types is read into terms by kit/query.py and handed over as values, so that nothing typed can break the query.
SQLite streams from its FTS5 index, last row first. PostgreSQL would fetch every match of a common word before it
sorts, so the newest posts are looked through by their ids first, and only a word that is rare there goes to GIN.
"""

from django.db import connection

from tellback.kit.query import Term, fts_query, ids, rows, terms_of, ts_query
from tellback.listen.post import Post

NEWEST = 5_000
NEWER = 100_000
HIGHEST = 2**63 - 1


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
