"""The clock: acts that come again by themselves. What they are stands on one page, flow/clock.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction


@dataclass(frozen=True, slots=True)
class Every:
    """`task` (a django-tasks task) every so many seconds, counted from the epoch, so that restarts change nothing."""

    name: str
    seconds: int
    task: Any
    words: str

    def slot(self, at: datetime) -> int:
        return int(at.timestamp()) // self.seconds


class Tick(models.Model):
    """The last slot in which an entry of the clock was set going, by whichever process came first."""

    name = models.CharField(max_length=60, unique=True)
    slot = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"


def tick(entries: Sequence[Every], *, at: datetime) -> list[str]:
    """Enqueue what is due. Of many processes that tick at once, one enqueues. A missed slot is not made up for."""
    begun = []
    standing = dict(Tick.objects.values_list("name", "slot"))
    for entry in entries:
        if standing.get(entry.name, -1) < entry.slot(at) and begin(entry, at=at):
            begun.append(entry.name)
    return begun


@transaction.atomic
def begin(entry: Every, *, at: datetime) -> bool:
    Tick.objects.bulk_create([Tick(name=entry.name, slot=-1, at=at)], ignore_conflicts=True)
    ours = Tick.objects.filter(name=entry.name, slot__lt=entry.slot(at)).update(slot=entry.slot(at), at=at)
    if ours:
        entry.task.once(f"clock:{entry.name}").enqueue()
    return bool(ours)
