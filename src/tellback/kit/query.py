"""What one types into a search, read into terms: words, "words in a row", and -words that must not be there.

Terms are handed to the database as values, so that nothing typed can break a query: FTS5 on SQLite, tsquery on
PostgreSQL.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

LONGEST_QUERY = 200
MOST_TERMS = 12
TERM = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')
WORD = re.compile(r"\w+")
SIGNS = re.compile(r"[\W_]+")


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


def ts_query(terms: list[Term], space: str = "") -> tuple[str, list[str]]:
    """A tsquery expression and its parameters; the word of a workspace keeps others out."""
    parts, values = [], []
    if space:
        parts, values = ["plainto_tsquery('simple', %s)"], [space]
    for term in terms:
        parts.append("phraseto_tsquery('simple', %s)" if term.wanted else "!! phraseto_tsquery('simple', %s)")
        values.append(term.text)
    return " && ".join(parts), values


def plain(terms: list[Term]) -> list[Term]:
    """The same terms, each as bare words in a row: "tove.hallam" as PostgreSQL is to read it in names."""
    return [Term(SIGNS.sub(" ", term.text).strip(), term.wanted) for term in terms]


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


def merge(index: str) -> None:
    """SQLite's index keeps the words of what was removed until its parts are merged; then they are gone from it too."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {index}({index}) VALUES ('optimize')")
