"""A person, and the handles by which networks know them.

Two handles are one person only by proof or by a member's word, and that can be taken back.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models

from tellback.kit import bulk
from tellback.workspace.models import User, Workspace


class Person(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=120, default="", blank=True)
    language = models.CharField(max_length=12, default="", blank=True)
    note = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"


class Handles(models.QuerySet["Handle"]):
    def of(self, person: Person) -> "Handles":
        return self.filter(person=person).order_by("id")


class Handle(models.Model):
    """One account on one network. `name` is as the network writes it, lower-cased, without @."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="handles")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="handles")
    network = models.CharField(max_length=20)
    name = models.CharField(max_length=254)
    display = models.CharField(max_length=120, default="", blank=True)
    audience = models.PositiveBigIntegerField(null=True)
    made_at = models.DateTimeField()

    objects: ClassVar[Any] = Handles.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "network", "name"], name="a_handle_once")]
        indexes = [  # by its beginning too, whatever the database's language
            models.Index(
                fields=["workspace", "name"], name="handles_by_name", opclasses=["int8_ops", "varchar_pattern_ops"]
            )
        ]

    def __str__(self) -> str:
        return self.name if "@" in self.name else f"@{self.name}"


class Joining(models.Model):
    """`away` was found to be the same person as `into`: its handles moved there. Undone, they move back."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    into = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="joinings")
    away = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="joined_away")
    handles = models.JSONField()
    why = models.CharField(max_length=200)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.away} is {self.into}"


Known = tuple[int, str, str]  # workspace id, network, lower-cased handle


def meet(authors: Sequence[tuple[Known, str, int | None]], *, at: Any) -> dict[Known, tuple[int, int]]:
    """The (handle id, person id) of many authors at once; those never met before are made.

    `authors` are ((workspace, network, handle), display name, audience). Within the caller's transaction.
    """
    wanted = {known: (display, audience) for known, display, audience in authors}
    found = find(wanted)
    missing = [known for known in wanted if known not in found]
    people = [
        bulk.row(Person, workspace_id=known[0], name=wanted[known][0] or known[2][:120], made_at=at)
        for known in missing
    ]
    bulk.insert(people)
    handles = [
        bulk.row(
            Handle,
            workspace_id=known[0],
            person_id=person.pk,
            network=known[1],
            name=known[2],
            display=wanted[known][0],
            audience=wanted[known][1],
            made_at=at,
        )
        for known, person in zip(missing, people, strict=True)
    ]
    bulk.insert(handles)
    found.update({known: (handle.pk, handle.person_id) for known, handle in zip(missing, handles, strict=True)})
    return found


def find(wanted: Any) -> dict[Known, tuple[int, int]]:
    groups: dict[tuple[int, str], list[str]] = {}
    for workspace, network, name in wanted:
        groups.setdefault((workspace, network), []).append(name)
    statement = (
        "SELECT id, person_id, name FROM people_handle WHERE workspace_id = %s AND network = %s AND name IN ({keys})"
    )
    return {
        (workspace, network, name): (handle, person)
        for (workspace, network), names in groups.items()
        for handle, person, name in bulk.rows_for(statement, names, workspace, network)
    }
