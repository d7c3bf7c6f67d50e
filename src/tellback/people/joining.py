"""Joining: two persons are found to be one, by a member's word. Undone, each has what was theirs."""

from datetime import datetime

from django.db import transaction

from tellback.events.announcing import announce
from tellback.people.events import PersonJoined, PersonParted
from tellback.people.person import Handle, Joining, Person
from tellback.people.searching import search
from tellback.workspace.models import User, Workspace


class CannotJoin(ValueError):
    """Why not, in words for the form."""


@transaction.atomic
def join(into: Person, away: Person, *, why: str, by: User, at: datetime) -> Joining:
    """`away` is the same person as `into`: its handles move there. Raises CannotJoin."""
    if into.pk == away.pk:
        raise CannotJoin("They are one person already.")
    if into.workspace_id != away.workspace_id:
        raise CannotJoin("They belong to two workspaces, which stay apart.")
    if not why.strip():
        raise CannotJoin("Say how you know that they are one.")
    moved = list(Handle.objects.select_for_update().filter(person=away).values_list("pk", flat=True))
    if not moved:
        raise CannotJoin("That person has no handle any more: they were joined before.")
    Handle.objects.filter(pk__in=moved).update(person=into)
    row = Joining.objects.create(
        workspace_id=into.workspace_id, into=into, away=away, handles=moved, why=why.strip()[:200], by=by, at=at
    )
    announce(
        PersonJoined(
            workspace=into.workspace_id, subject=into.pk, at=at, by=by.pk, person=into.pk,
            joining=row.pk, away=away.pk, why=row.why,
        )
    )  # fmt: skip
    return row


@transaction.atomic
def part(joining: Joining, *, by: User, at: datetime) -> bool:
    """Undo a joining: the handles that moved go back, wherever a later joining took them. False when undone before."""
    ours = Joining.objects.filter(pk=joining.pk, undone_at=None).update(undone_at=at, undone_by=by)
    if not ours:
        return False
    Handle.objects.filter(pk__in=joining.handles, workspace=joining.workspace_id).update(person=joining.away_id)
    announce(
        PersonParted(
            workspace=joining.workspace_id, subject=joining.into_id, at=at, by=by.pk, person=joining.into_id,
            joining=joining.pk, away=joining.away_id,
        )
    )  # fmt: skip
    return True


def joinings_of(person: Person) -> list[Joining]:
    """The joinings into this person that stand, last one first."""
    return list(Joining.objects.filter(into=person, undone_at=None).select_related("away", "by").order_by("-id"))


def find(workspace: Workspace, words: str, *, apart_from: int | None = None, limit: int = 10) -> list[Person]:
    """People of a workspace by a handle's beginning or words of their name, as one types them."""
    found = [person for person in search(workspace.pk, words, limit + 1) if person.pk != apart_from]
    return sorted(found[:limit], key=lambda person: person.pk)
