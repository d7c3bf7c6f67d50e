"""Forgetting a person, and giving them what we keep of them. Read ROOMS from top to bottom.

After `forget` no table holds their name, handle or words; that something happened, and when, stays. One transaction:
it is done everywhere or nowhere. Files go from the disk when it is committed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from tellback.cases import forgetting as cases
from tellback.events import forgetting as events
from tellback.events.announcing import announce
from tellback.listen import forgetting as listen
from tellback.loop import forgetting as loop
from tellback.networks import forgetting as networks
from tellback.notices.forgetting import forget_words
from tellback.people import forgetting as people
from tellback.people.events import PersonForgotten
from tellback.people.models import Handle, Person
from tellback.replies import forgetting as replies
from tellback.triage import forgetting as triage
from tellback.work.forgetting import forget_errors
from tellback.workspace.models import User

Forget = Callable[[Person], None]
Export = Callable[[Person], dict[str, Any]]

# The order matters: triage knows the examples by the posts' words, and all find the handles in people.
ROOMS: dict[str, tuple[Forget, Export]] = {
    "triage": (triage.forget, triage.export),        # examples that were their words
    "loop": (loop.forget, loop.export),              # what they were told, what they said when asked
    "cases": (cases.forget, cases.export),           # titles, notes, reasons, notices about their cases
    "replies": (replies.forget, replies.export),     # our words to them
    "listen": (listen.forget, listen.export),        # their words, files, the search, handles in others' words
    "networks": (networks.forget, networks.export),  # arrivals that could not be read
}  # fmt: skip

# What becomes of each table's rows. A house test fails where a model is missing here.
FATES: dict[str, str] = {
    "cases.Assignment": "stays: who of us had the case",
    "cases.Case": "loses its title",
    "cases.Clock": "stays: times and our stock words",
    "cases.Closure": "loses its words",
    "cases.Entry": "loses its text",
    "cases.Snooze": "stays: times",
    "cases.Strand": "loses ids that hold a handle",
    "cases.Tag": "stays: the workspace's own words",
    "events.Fact": "loses the fields that its event names as texts",
    "events.Hearing": "stays: names of functions",
    "events.Ripple": "stays: which parts of open pages grew old",
    "listen.Attachment": "is deleted with its file",
    "listen.Echo": "stays: two posts are alike",
    "listen.Likeness": "is deleted",
    "listen.Mention": "loses its marked places",
    "listen.Post": "loses its words, address and ids that hold a handle",
    "loop.Ask": "loses their words",
    "loop.Telling": "loses its text",
    "networks.Connection": "a handle in its last fault is covered",
    "networks.Delivery": "loses the network's words and address",
    "networks.RawItem": "loses its payload and ids that hold a handle",
    "networks.Refusal": "loses its payload where it names them",
    "notices.Notice": "loses its words where it is about their case or names them",
    "people.Handle": "loses its name",
    "people.Joining": "loses its reason",
    "people.Person": "loses name, note and language",
    "replies.Approval": "stays: a digest",
    "replies.Canned": "stays: the workspace's own words",
    "replies.Draft": "is deleted",
    "replies.Enclosure": "is deleted with its file",
    "replies.Reply": "loses its text; what was unsent is withdrawn",
    "triage.Adoption": "stays: versions and times",
    "triage.Policy": "loses examples that were their words",
    "triage.Question": "stays: marks and places",
    "triage.Tally": "stays: counts",
    "triage.Verdict": "stays: marks and places",
    "work.Job": "loses an error that names them",
    "work.Route": "loses its reasons",
    "work.Tick": "stays: the clock",
    "workspace.Brand": "stays: the workspace's own words",
    "workspace.Calendar": "stays: the workspace's own words",
    "workspace.Holiday": "stays: the workspace's own words",
    "workspace.Invitation": "stays: staff",
    "workspace.Member": "stays: staff",
    "workspace.Team": "stays: the workspace's own words",
    "workspace.Term": "stays: the workspace's own words",
    "workspace.User": "stays: staff",
    "workspace.Workspace": "stays: the workspace's own words",
}


@transaction.atomic
def forget(person: Person, *, by: User | None, at: datetime) -> None:
    """Forget a person, and everybody whom members joined with them. Doing it twice changes nothing more."""
    for each in people.same_as(person):
        names = names_of(each)
        for forget_room, _ in ROOMS.values():
            forget_room(each)
        forget_words(each.workspace_id, names)
        forget_errors(names)
        events.forget(each.pk)
        people.forget(each, at=at)
        announce(
            PersonForgotten(
                workspace=each.workspace_id, subject=each.pk, at=at, by=by.pk if by else None, person=each.pk
            )
        )


def names_of(person: Person) -> list[str]:
    """Their handles and names, those left out that are too short to mean anybody."""
    shown = Handle.objects.filter(person=person).values_list("display", flat=True)
    return [name for name in {*people.handles_of(person), person.name, *shown} if len(name) > 2]


def export(person: Person) -> dict[str, Any]:
    """Everything that is kept of a person and of those joined with them, in plain values that JSON can hold."""
    return {"people": [export_one(each) for each in people.same_as(person)]}


def export_one(person: Person) -> dict[str, Any]:
    found: dict[str, Any] = {"people": people.export(person)}
    for room, (_, export_room) in ROOMS.items():
        found[room] = export_room(person)
    found["events"] = events.export(person.pk)
    return found
