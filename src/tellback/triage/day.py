"""One day in the chart: what the drawing counts, so that in = out + waiting holds at every node."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum

from tellback.kit.prepared import MOST as MOST_COUNTED
from tellback.kit.prepared import words_of
from tellback.triage.chart import edge_key
from tellback.triage.layout import Counts
from tellback.triage.policy import Policy
from tellback.triage.verdict import Question, Tally, day_of
from tellback.workspace.models import Brand

MOST = 2000
"""So many questions of earlier days are counted one by one; nobody answers more in a day."""


@dataclass(frozen=True, slots=True)
class Day:
    """A policy's day. `brand` is None for all of them; `is_today` adds what still waits since earlier days."""

    policy: Policy
    date: date
    is_today: bool
    brand: Brand | None = None

    @property
    def starts(self) -> datetime:
        return datetime.combine(self.date, time(), ZoneInfo(self.policy.workspace.zone))

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.date + timedelta(days=1), time(), ZoneInfo(self.policy.workspace.zone))


@dataclass(frozen=True, slots=True)
class Flow:
    """What went where. `fresh` were heard on the day itself; `older` wait since days before and are counted in."""

    counts: Counts
    fresh: int
    older: int


def day_in(policy: Policy, wanted: str, *, at: datetime, brand: Brand | None = None) -> Day:
    """The day that an address names as 2026-11-17; today where it names none, or one to come."""
    today = day_of(at, policy.workspace.zone)
    try:
        chosen = min(date.fromisoformat(wanted), today)
        datetime.combine(chosen, time()) - timedelta(days=1)
    except (ValueError, OverflowError):
        chosen = today
    return Day(policy, chosen, chosen == today, brand)


def flow(day: Day) -> Flow:
    """The day's counts. A post that was answered a moment ago, and can be taken back, is in nobody's count."""
    tallies = tallied(day)
    fresh = tallies["heard"]
    held = held_paths(day)
    older = paths(day, Question.objects.waiting().filter(asked_at__lt=day.starts)) if day.is_today else []
    add(tallies, held, -1)
    add(tallies, older, 1)
    waiting = {node: count for node, count in by_end(tallies, ":wait").items() if count > 0}
    edges = {key: count for key, count in tallies.items() if key.endswith((":yes", ":no"))}
    return Flow(Counts(heard=max(0, tallies["heard"]), edges=edges, waiting=waiting), fresh - len(held), len(older))


def tallied(day: Day) -> Counter[str]:
    rows = Tally.objects.filter(policy=day.policy, day=day.date)
    if day.brand:
        rows = rows.filter(brand=day.brand)
    return Counter(dict(rows.values_list("edge").annotate(sum=Sum("count"))))


def paths(day: Day, questions: Iterable[Question]) -> list[tuple[str, list[list[object]]]]:
    """(node, path) of the policy's questions among these."""
    chosen = questions.filter(policy=day.policy, workspace=day.policy.workspace_id)  # type: ignore[attr-defined]
    if day.brand:
        chosen = chosen.filter(brand=day.brand)
    return list(chosen.values_list("node", "path")[:MOST])


def held_paths(day: Day) -> list[tuple[str, list[list[object]]]]:
    """The same of those answered a moment ago. They are few and read by their own index, so they are chosen here."""
    return [
        (row.node, row.path)
        for row in held_on(day)
        if row.policy_id == day.policy.pk and (day.brand is None or row.brand_id == day.brand.pk)
    ]


def held_on(day: Day) -> list[Question]:
    held = Question.objects.held().filter(workspace=day.policy.workspace_id)
    return [row for row in held if day.starts <= row.asked_at < day.ends]


def add(tallies: Counter[str], ways: Iterable[tuple[str, list[list[object]]]], by: int) -> None:
    for node, path in ways:
        tallies.update(dict.fromkeys(["heard", f"{node}:wait", *edges_of_path(path)], by))


def edges_of_path(path: Iterable[list[object]]) -> list[str]:
    """The keys of the edges of a path as a row keeps it; the step that waits has none."""
    return [edge_key(str(node), bool(answer)) for node, answer, *_ in path if answer is not None]


def by_end(tallies: Mapping[str, int], end: str) -> dict[str, int]:
    return {key.removesuffix(end): count for key, count in tallies.items() if key.endswith(end)}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What other versions heard on the day, and how many of their questions wait now, MOST_COUNTED + 1 at most."""

    heard: int
    waiting: int

    @property
    def waiting_words(self) -> str:
        return words_of(self.waiting)


def elsewhere(day: Day) -> Elsewhere:
    others = list(
        Policy.objects.filter(workspace=day.policy.workspace_id).exclude(pk=day.policy.pk).values_list("pk", flat=True)
    )
    if not others:
        return Elsewhere(0, 0)
    return Elsewhere(heard_by(day, others), waiting_of(day, others).count() if day.is_today else 0)


def heard_by(day: Day, policies: list[int]) -> int:
    tallies = Tally.objects.filter(policy__in=policies, day=day.date, edge="heard")
    if day.brand:
        tallies = tallies.filter(brand=day.brand)
    return max(0, tallies.aggregate(sum=Sum("count"))["sum"] or 0)


def waiting_of(day: Day, policies: list[int]) -> QuerySet[Question]:
    """Open questions of these versions, as many as are counted."""
    asked = Question.objects.filter(workspace=day.policy.workspace_id, answered_at=None, policy__in=policies)
    return (asked.filter(brand=day.brand) if day.brand else asked)[: MOST_COUNTED + 1]
