"""Announcing: the facts are written with the change that they speak of, and reach each subscriber at least once.

A subscriber's work and the note that it was done are one transaction, keyed (fact, subscriber): twice is once.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.module_loading import import_string

from tellback.events.event import Event, Fact, keep
from tellback.events.ripple import spread
from tellback.kit import bulk
from tellback.work.tasks import task

Subscriber = Callable[[list[Any]], None]
Heard = TypeVar("Heard", bound=Callable[[list[Any]], None])
# Filled once at start from flow/wiring.py, where the whole of it can be read.
_wiring: dict[type[Event], Sequence[Subscriber]] = {}


class Hearing(models.Model):
    """This subscriber has done its work for this fact."""

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="hearings")
    subscriber = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "subscriber"], name="each_subscriber_once")]

    def __str__(self) -> str:
        return f"{self.subscriber} heard {self.fact_id}"


def wire(wiring: Mapping[type[Event], Sequence[Subscriber]]) -> None:
    """Say who hears what. Called once, at start."""
    _wiring.clear()
    _wiring.update(wiring)


def at_once(subscriber: Heard) -> Heard:
    """Mark a subscriber whose work must stand before the next step looks: it runs in the announcing transaction."""
    subscriber.at_once = True  # type: ignore[attr-defined]
    return subscriber


def announce(*events: Event) -> None:
    """Keep the facts and enqueue their delivery, all in the caller's transaction."""
    announce_all(events)


def announce_all(events: Sequence[Event]) -> None:
    """Keep the facts of many events; in a transaction of its own only where the caller has none."""
    if events:
        with transaction.atomic(savepoint=False):
            keep_and_hand_on(events)


def keep_and_hand_on(events: Sequence[Event]) -> None:
    heard: dict[str, list[int]] = defaultdict(list)
    now: dict[Subscriber, list[Event]] = defaultdict(list)
    for event, fact in zip(events, keep(events), strict=True):
        for subscriber in _wiring.get(type(event), ()):
            if getattr(subscriber, "at_once", False):
                now[subscriber].append(event)
            else:
                heard[f"{subscriber.__module__}.{subscriber.__qualname__}"].append(fact)
    spread(events)
    for subscriber, told in now.items():
        subscriber(told)
    for name, ids in heard.items():
        deliver.enqueue(subscriber=name, facts=ids)


@task(priority=10)
def deliver(subscriber: str, facts: list[int]) -> int:
    """Hand facts to one subscriber, those left out that it has heard. Returns how many it heard now."""
    with transaction.atomic():
        done = set(Hearing.objects.filter(subscriber=subscriber, fact__in=facts).values_list("fact_id", flat=True))
        rows = list(Fact.objects.filter(pk__in=[pk for pk in facts if pk not in done]).order_by("id"))
        if rows:
            import_string(subscriber)([row.event() for row in rows])
            bulk.insert([Hearing(fact_id=row.pk, subscriber=subscriber) for row in rows])
    return len(rows)
