"""The queues of the inbox: which cases, in which order, and the pages of it by the last row's key.

Every queue reads one partial index (cases/case.py) and stops after a page, so that it is as quick with a million
cases as with ten. Nothing counts a whole table: a queue is counted to MOST and then "1,000+".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import F, Q, QuerySet

from tellback.cases.clocks import hours_of
from tellback.cases.models import Case, Clock
from tellback.desk.choices import readable
from tellback.replies.models import Reply
from tellback.workspace.business_time import between
from tellback.workspace.models import Brand, Member

PAGE = 50
MOST = 1000
NAMES = ("waiting", "mine", "unassigned", "next", "snoozed", "closed", "approvals")
ORDER = {"snoozed": ("snoozed_until", "id"), "closed": ("-closed_at", "-id")}
MEASURED = 200  # how many of today's answers the median is taken from


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of the inbox asks for. `after` is the key of the last row of the page before."""

    queue: str = "waiting"
    brand: Brand | None = None
    network: str = ""
    lane: str = ""
    tag: str = ""
    after: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.brand or self.network or self.lane or self.tag)

    def query(self, **more: object) -> str:
        """The same as an address's query, with changes: `query(after="...")`."""
        changed = replace(self, **more) if more else self  # type: ignore[arg-type]
        values = {
            "queue": changed.queue if changed.queue != "waiting" else "",
            "brand": changed.brand.pk if changed.brand else "",
            "network": changed.network, "lane": changed.lane, "tag": changed.tag, "after": changed.after,
        }  # fmt: skip
        return urlencode({name: value for name, value in values.items() if value})


def chosen(member: Member, asked: Any) -> Chosen:
    """Read a query; what makes no sense in it is left out. `asked` is request.GET."""
    queue = asked.get("queue", "waiting")
    brand = asked.get("brand", "")
    found = Brand.objects.filter(workspace=member.workspace, pk=brand).first() if whole(brand) else None
    return Chosen(
        queue=queue if queue in NAMES else "waiting", brand=found, network=asked.get("network", "")[:20],
        lane=asked.get("lane", "")[:20], tag=asked.get("tag", "")[:40], after=asked.get("after", "")[:60],
    )  # fmt: skip


def whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def cases_of(member: Member, want: Chosen) -> QuerySet[Case]:
    """The cases of a queue, filtered, in no order yet."""
    # A brand belongs to one workspace, and has an index of its own.
    by_brand = want.brand is not None and want.queue == "waiting"
    cases = Case.objects.filter(brand=want.brand) if by_brand else Case.objects.filter(workspace=member.workspace)
    queues = {
        "waiting": cases.waiting, "unassigned": cases.unassigned, "next": cases.next_answer,
        "snoozed": cases.snoozed, "closed": cases.closed, "approvals": cases.all,
    }  # fmt: skip
    found: QuerySet[Case] = cases.held_by(member.user) if want.queue == "mine" else queues[want.queue]()
    if want.queue == "approvals":
        asked = Reply.objects.waiting_for_approval().filter(workspace=member.workspace).order_by("id")
        found = found.filter(entries__reply__in=list(asked.values_list("pk", flat=True)[: 2 * PAGE])).distinct()
    if want.brand and not by_brand:
        found = found.filter(brand=want.brand)
    plain = {name: getattr(want, name) for name in ("network", "lane") if getattr(want, name)}
    return found.filter(**plain, **({"tags__name": want.tag} if want.tag else {}))


def page(member: Member, want: Chosen) -> tuple[list[Case], str]:
    """One page of a queue and the key of its last row, "" where nothing follows."""
    query = in_order(cases_of(member, want), want.queue)
    query = behind(query, want).select_related("person", "holder").prefetch_related("brand__calendar")
    rows = list(query[: PAGE + 1])
    return rows[:PAGE], key_of(rows[PAGE - 1], want.queue) if len(rows) > PAGE else ""


def in_order(query: QuerySet[Case], queue: str) -> QuerySet[Case]:
    if queue in {"mine", "approvals"}:  # short ones, in which some do not wait for us just now
        return query.order_by(F("waiting_since").asc(nulls_last=True), "id")
    return query.order_by(*ORDER.get(queue, ("waiting_since", "id")))


def behind(query: QuerySet[Case], want: Chosen) -> QuerySet[Case]:
    """What follows a key. Said as a range less its beginning: the planners turn (a, b) > (x, y) into a sort."""
    at, pk = read_key(want.after)
    if pk is None:
        return query
    column = ORDER.get(want.queue, ("waiting_since",))[0]
    name = column.lstrip("-")
    if want.queue in {"mine", "approvals"}:
        still = Q(waiting_since=None, id__gt=pk) if at is None else Q(waiting_since=None)
        return query.filter(still | Q(waiting_since__gt=at) | Q(waiting_since=at, id__gt=pk) if at else still)
    if at is None:
        return query
    if column.startswith("-"):
        return query.filter(**{f"{name}__lte": at}).exclude(**{name: at, "id__gte": pk})
    return query.filter(**{f"{name}__gte": at}).exclude(**{name: at, "id__lte": pk})


def key_of(case: Case, queue: str) -> str:
    at: datetime | None = getattr(case, ORDER.get(queue, ("waiting_since",))[0].lstrip("-"))
    return f"{at.isoformat() if at else ''},{case.pk}"


def read_key(key: str) -> tuple[datetime | None, int | None]:
    at, _, pk = key.rpartition(",")
    moment = readable(at, UTC) if at else None
    if not whole(pk) or (at and moment is None):
        return None, None
    return moment, int(pk)


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, to MOST; `more` says that there are more."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{MOST:,}+" if self.more else f"{self.number:,}"


def counted(query: QuerySet[Case]) -> Count:
    number = query.order_by()[: MOST + 1].count()
    return Count(min(number, MOST), number > MOST)


def late(query: QuerySet[Case], now: datetime) -> Count:
    """How many of them wait past what was promised."""
    return counted(query.filter(due_at__lt=now))


def half_answered_within(member: Member, now: datetime) -> float | None:
    """The median wait of today's first answers in seconds of business time, by the last MEASURED of them."""
    midnight = now.astimezone(ZoneInfo(member.workspace.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    recent = Clock.objects.filter(
        stopped_at__gte=midnight, why="answered", kind=Clock.Kind.FIRST,
        case__workspace=member.workspace,
    )  # fmt: skip
    clocks = list(recent.select_related("case__brand__calendar").order_by("-stopped_at")[:MEASURED])
    return median(waits_of(clocks))


def waits_of(clocks: Sequence[Clock]) -> list[float]:
    brands = {clock.case.brand_id: clock.case.brand for clock in clocks}
    hours = {pk: hours_of(brand) for pk, brand in brands.items()}
    return [
        between(hours[clock.case.brand_id], clock.started_at, clock.stopped_at) for clock in clocks if clock.stopped_at
    ]


def median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    middle = len(ordered) // 2
    if not ordered:
        return None
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
