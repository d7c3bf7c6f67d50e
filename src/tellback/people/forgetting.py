"""Forgetting a person, and finding the traces that others' rows hold of them: handles in texts, and in ids.

What others wrote stays theirs, but the handle in it is covered, letter for letter, so that marked places in the text
keep theirs. A display name in another's words is not touched: Rose is a name and a flower.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from hashlib import blake2b
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from tellback.kit.query import merge
from tellback.people.person import Handle, Joining, Person
from tellback.work.tasks import task

COVER = "·"
GONE = "gone:"


def same_as(person: Person) -> list[Person]:
    """The person with all whom members found to be the same, and still do."""
    found, new = {person.pk}, {person.pk}
    while new:
        rows = Joining.objects.filter(Q(into__in=new) | Q(away__in=new), undone_at=None)
        new = {pk for pair in rows.values_list("into_id", "away_id") for pk in pair} - found
        found |= new
    return list(Person.objects.filter(pk__in=found).order_by("id"))


def handles_of(person: Person) -> list[str]:
    """The names by which networks know them, longest first."""
    names = Handle.objects.filter(person=person).values_list("name", flat=True)
    return sorted(set(names), key=lambda name: (-len(name), name))


def pattern(handles: Sequence[str]) -> re.Pattern[str]:
    """Where a handle stands as a handle: behind @, / or a quotation mark; a mail address anywhere."""
    parts = [
        (r"(?<![\w.+-])" if "@" in handle else r'(?<=[@/"])') + re.escape(handle) + r"(?![\w-])"
        for handle in handles
        if handle
    ]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def hide(text: str, handles: Sequence[str]) -> str:
    """The text with these handles covered; it keeps its length."""
    return pattern(handles).sub(lambda match: COVER * len(match[0]), text)


def gone_id(external_id: str) -> str:
    """What stands in the place of a network's id that holds a handle: always the same for the same id."""
    return GONE + blake2b(external_id.encode(), digest_size=20).hexdigest()


def new_id(external_id: str, handles: Sequence[str]) -> str:
    return gone_id(external_id) if pattern(handles).search(external_id) else external_id


def holding(rows: QuerySet[Any], fields: Sequence[str], handles: Sequence[str]) -> QuerySet[Any]:
    """Rows that may hold a handle in one of these columns."""
    wanted = [Q(**{f"{field}__icontains": handle}) for field in fields for handle in handles if handle]
    return rows.filter(reduce(or_, wanted)) if wanted else rows.none()


def hide_in(rows: QuerySet[Any], texts: Sequence[str], handles: Sequence[str], *, ids: Sequence[str] = ()) -> int:
    """Cover the handles in these text columns, and replace the ids that hold one. Returns the rows changed."""
    changed = 0
    for row in holding(rows, [*texts, *ids], handles).only("pk", *texts, *ids).iterator(chunk_size=500):
        fresh = {name: hide(getattr(row, name), handles) for name in texts}
        fresh |= {name: new_id(getattr(row, name), handles) for name in ids}
        if any(getattr(row, name) != value for name, value in fresh.items()):
            changed += rows.model._base_manager.filter(pk=row.pk).update(**fresh)
    return changed


def forget(person: Person, *, at: datetime) -> None:
    """The person's own rows. Last of all rooms, since the others look here for the handles."""
    for handle in Handle.objects.filter(person=person):
        Handle.objects.filter(pk=handle.pk).update(name=f"forgotten-{handle.pk}", display="", audience=None)
    Joining.objects.filter(Q(into=person) | Q(away=person)).update(why="")
    Person.objects.filter(pk=person.pk).update(name="", note="", language="", forgotten_at=at)
    tidy_search.once("tidy people").enqueue()


def export(person: Person) -> dict[str, Any]:
    """Who they are to us."""
    handles = Handle.objects.filter(person=person).order_by("id")
    joinings = Joining.objects.filter(Q(into=person) | Q(away=person)).order_by("id")
    return {
        "name": person.name,
        "language": person.language,
        "note": person.note,
        "met_at": person.made_at.isoformat(),
        "handles": [
            {"network": row.network, "name": row.name, "display": row.display, "audience": row.audience}
            for row in handles
        ],
        "joinings": [
            {"why": row.why, "at": row.at.isoformat(), "undone": row.undone_at is not None} for row in joinings
        ],
    }


@task(queue="heavy", lease=600)
def tidy_search() -> None:
    """What was forgotten goes from the index of words too."""
    merge("people_person_fts")
