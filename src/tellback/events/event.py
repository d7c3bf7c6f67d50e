"""What an event is: a fact in the past tense, frozen, of ids and plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from django.db import models

from tellback.kit import bulk

KINDS: dict[str, type["Event"]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of all events. A subclass names its `kind` ("case.opened") and what it is `about` ("case").

    `texts` names the fields that hold somebody's words: they are blanked when that person is forgotten.
    """

    kind: ClassVar[str] = ""
    about: ClassVar[str] = ""
    texts: ClassVar[tuple[str, ...]] = ()

    workspace: int
    subject: int
    at: datetime
    by: int | None = None
    person: int | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # slots=True makes the class twice; both times the later one counts. object's own hook takes no arguments.
        if cls.__dict__.get("kind"):
            KINDS[cls.kind] = cls

    def body(self) -> dict[str, Any]:
        """What this kind adds to the common fields."""
        kind: Any = type(self)
        return {name: getattr(self, name) for name in own_fields(kind)}


COMMON = frozenset(field.name for field in fields(Event))


@cache
def own_fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in COMMON)


class Facts(models.QuerySet["Fact"]):
    def about(self, noun: str, subject: int) -> "Facts":
        """The history of one thing, first fact first."""
        return self.filter(about=noun, subject=subject).order_by("id")


class Fact(models.Model):
    """An event as it is kept: audit line, timeline line, webhook body and metric are all read from this row."""

    workspace_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=20)
    subject = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    body = models.JSONField()

    objects: ClassVar[Any] = Facts.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["about", "subject"], name="facts_about_a_thing"),
            models.Index(fields=["person_id"], name="facts_of_a_person", condition=models.Q(person_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    def event(self) -> Event:
        """The event again, as it was announced."""
        return KINDS[self.kind](
            workspace=self.workspace_id,
            subject=self.subject,
            at=self.at,
            by=self.by_id,
            person=self.person_id,
            **self.body,
        )


COLUMNS = ("id", "workspace_id", "kind", "about", "subject", "at", "by_id", "person_id", "body")


def keep(events: Sequence[Event]) -> Sequence[int]:
    """Write the rows of many events at once; returns their ids, in the same order."""
    ids = bulk.take_ids(Fact, len(events))
    moments = {event.at: bulk.moment(event.at) for event in events}
    rows = [
        (pk, event.workspace, event.kind, event.about, event.subject, moments[event.at], event.by, event.person,
         bulk.as_json(event.body()))
        for pk, event in zip(ids, events, strict=True)
    ]  # fmt: skip
    bulk.insert_values(Fact, COLUMNS, rows)
    return ids
