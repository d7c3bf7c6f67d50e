"""Forgetting what networks say of a person: refused arrivals that name them, and the words of deliveries."""

from typing import Any

from tellback.networks.connection import Connection
from tellback.networks.delivery import Delivery
from tellback.networks.keeping import Refusal
from tellback.people.forgetting import handles_of, hide_in, holding
from tellback.people.models import Handle, Person


def forget(person: Person) -> None:
    """An arrival that nobody could read is removed where it names them; its place and its moment stay."""
    handles = handles_of(person)
    space = person.workspace_id
    naming(person).update(payload="", why="It named somebody who is forgotten.")
    hide_in(Refusal.objects.filter(workspace=space), ["place"], handles)
    hide_in(Delivery.objects.filter(workspace=space), ["why", "url"], handles)
    hide_in(Connection.objects.filter(workspace=space), ["last_fault"], handles)


def naming(person: Person) -> Any:
    """Refusals whose text has a handle or a name of theirs in it."""
    rows = Refusal.objects.filter(workspace=person.workspace_id)
    displays = Handle.objects.filter(person=person).values_list("display", flat=True)
    names = [name for name in {person.name, *displays} if len(name) > 2]
    return holding(rows, ["payload", "why"], [*handles_of(person), *names])


def export(person: Person) -> dict[str, Any]:
    """What arrived, could not be read, and names them."""
    return {"refused": [{"at": row.at.isoformat(), "why": row.why, "payload": row.payload} for row in naming(person)]}
