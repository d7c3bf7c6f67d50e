"""The posts behind an edge of the drawn chart: exactly those that it counts, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from tellback.listen.models import Mention
from tellback.triage.chart import Chart, Edge
from tellback.triage.day import MOST, Day, edges_of_path
from tellback.triage.verdict import Question, Verdict

PAGE = 50
CHUNK = 2_000
SCAN = 20_000
"""Verdicts looked at for one page at most. A thin edge of a busy day takes several pages, each of them quick."""
GRACE = timedelta(minutes=10)
"""A post heard just before midnight may be judged after it."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One mention that went along the edge, and where it is now: an action's words, or the question it waits at."""

    mention: Mention
    at: datetime
    now: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class EdgePage:
    """`later` continues the list, empty at its end; `unfinished` says that the page is short, but not the list."""

    rows: list[Passed]
    later: str
    unfinished: bool


def edge_of(chart: Chart, key: str) -> tuple[str, Edge] | None:
    """The question and the edge of a key "node:yes"; None for a key that the chart does not have."""
    for node in chart.nodes.values():
        for own, edge in node.edges():
            if own == key:
                return node.question, edge
    return None


def passed(day: Day, key: str, *, after: str = "") -> EdgePage:
    """A page of the list. `after` is the `later` of the page before; what still waits further on stands first."""
    first = [] if after else [*still_waiting(day, key), *answered_later(day, key)]
    found: list[Verdict] = []
    seen, place = 0, cursor(after)
    for chunk in chunks(day, place):
        seen += len(chunk)
        found += chosen(day, [pk for pk, _, edges in chunk if f"|{key}|" in edges])
        last = chunk[-1]
        if len(found) >= PAGE:
            cut = found[PAGE - 1]
            more = len(found) > PAGE or len(chunk) == CHUNK
            return EdgePage([*first, *map(judged, found[:PAGE])], written(cut.at, cut.pk) if more else "", False)
        if seen >= SCAN:
            return EdgePage([*first, *map(judged, found)], written(last[1], last[0]), True)
    return EdgePage([*first, *map(judged, found)], "", False)


def chunks(day: Day, place: tuple[datetime, int] | None) -> Iterator[list[tuple[int, datetime, str]]]:
    """(id, at, edges) of the day's verdicts, newest first, in pieces read along the index of policy and time."""
    span = Verdict.objects.filter(policy=day.policy, at__gte=day.starts, at__lt=day.ends + GRACE)
    while True:
        rows = span.filter(Q(at__lt=place[0]) | Q(at=place[0], pk__lt=place[1])) if place else span
        chunk = list(rows.order_by("-at", "-pk").values_list("pk", "at", "edges")[:CHUNK])
        if chunk:
            yield chunk
        if len(chunk) < CHUNK:
            return
        place = (chunk[-1][1], chunk[-1][0])


def chosen(day: Day, keys: list[int]) -> list[Verdict]:
    """Those of them that were heard on the day, and speak of the brand."""
    rows = Verdict.objects.filter(pk__in=keys, mention__post__heard_at__gte=day.starts)
    rows = rows.filter(mention__post__heard_at__lt=day.ends)
    return list(of_brand(day, rows).select_related(*about("mention"), "policy").order_by("-at", "-pk"))


def still_waiting(day: Day, key: str) -> list[Passed]:
    """Mentions that went along the edge and wait for a person further on."""
    rows = Question.objects.waiting().filter(
        policy=day.policy, workspace=day.policy.workspace_id, asked_at__lt=day.ends
    )
    if not day.is_today:
        rows = rows.filter(asked_at__gte=day.starts)
    asked = of_brand(day, rows).select_related(*about("mention"))[:MOST]
    chart = day.policy.drawn()
    return [
        Passed(row.mention, row.asked_at, chart.nodes[row.node].question, waits=True)
        for row in asked
        if key in edges_of_path(row.path)
    ]


def answered_later(day: Day, key: str) -> list[Passed]:
    """Mentions of an earlier day that a person sent along the edge after that day had ended."""
    if day.is_today:
        return []
    asked = Question.objects.filter(policy=day.policy, asked_at__gte=day.starts, asked_at__lt=day.ends)
    late = asked.filter(answered_at__gte=day.ends + GRACE, answer__isnull=False).values_list("mention", flat=True)[
        :MOST
    ]
    rows = Verdict.objects.filter(policy=day.policy, mention__in=list(late), at__gte=day.ends + GRACE)
    found = of_brand(day, rows.filter(edges__contains=f"|{key}|")).select_related(*about("mention"), "policy")
    return [judged(row) for row in found.order_by("-at")]


def of_brand(day: Day, rows: Any) -> Any:
    return rows.filter(mention__brand=day.brand) if day.brand else rows


def about(mention: str) -> list[str]:
    return [f"{mention}__brand", f"{mention}__post__author__person"]


def judged(row: Verdict) -> Passed:
    return Passed(row.mention, row.mention.post.heard_at, row.action_words)


def written(at: datetime, pk: int) -> str:
    return f"{at.isoformat()}.{pk}"


def cursor(after: str) -> tuple[datetime, int] | None:
    """The place that `later` named; None for the beginning, and for what nobody wrote."""
    at, _, pk = after.rpartition(".")
    try:
        moment = datetime.fromisoformat(at)
        return (moment, int(pk)) if moment.tzinfo and int(pk) < 2**63 else None
    except ValueError:
        return None
