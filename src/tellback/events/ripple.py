"""Ripples: which parts of open pages some facts made old. One small row for each announcement, read by the live hub."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import models

from tellback.events.event import Event
from tellback.kit import bulk

# kind of event -> topics; "{subject}" stands for the event's subject. Filled from flow/wiring.py.
TOPICS: dict[str, Sequence[str]] = {}
MOST = 100  # topics in one ripple; beyond that every page of the workspace looks anew


class Ripple(models.Model):
    workspace_id = models.BigIntegerField()
    topics = models.TextField()  # joined by commas, or "*"
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.topics


def name_topics(topics: Mapping[str, Sequence[str]]) -> None:
    TOPICS.clear()
    TOPICS.update(topics)


def spread(events: Sequence[Event]) -> None:
    """Leave one ripple for each workspace that these events belong to. In the caller's transaction."""
    found: dict[int, set[str]] = {}
    for event in events:
        for topic in TOPICS.get(event.kind, ()):
            name = topic.replace("{subject}", str(event.subject)) if "{" in topic else topic
            found.setdefault(event.workspace, set()).add(name)
    bulk.insert(
        [
            bulk.row(Ripple, workspace_id=space, topics=",".join(sorted(names)) if len(names) <= MOST else "*",
                     at=events[0].at)
            for space, names in found.items()
        ]
    )  # fmt: skip


def sweep(before: datetime) -> int:
    """Drop what no page can ask for any more. Run by the clock."""
    gone, _ = Ripple.objects.filter(at__lt=before).delete()
    return int(gone)
