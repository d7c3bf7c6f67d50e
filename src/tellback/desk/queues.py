"""The queues of the inbox: which cases, and the pages of them by the last row's key (ordering.py has the orders).

Every queue reads one partial index (cases/case.py) and stops after a page, so that it is as quick with a million
cases as with ten. Nothing counts a whole table: a queue is counted to MOST and then "1,000+".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from tellback.cases.clocks import hours_of
from tellback.cases.models import Case, Clock
from tellback.desk.ordering import SORTED, SORTS, key_of, order_of, parts, place_of, rank, read_key, whole
from tellback.replies.models import Reply
from tellback.workspace.business_time import between
from tellback.workspace.models import Brand, Member

PAGE = 50
MOST = 1000
NAMES = ("waiting", "mine", "unassigned", "next", "snoozed", "closed", "approvals")
MEASURED = 200  # how many of today's answers the median is taken from


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address of the inbox asks for. `after` is the key of the last row of the page before."""

    queue: str = "waiting"
    brand: Brand | None = None
    network: str = ""
    lane: str = ""
    tag: str = ""
    sort: str = SORTS[0]
    after: str = ""

    @property
    def is_sorted(self) -> bool:
        """Whether one chooses the order here."""
        return self.queue in SORTED

    @property
    def is_filtered(self) -> bool:
        return bool(self.brand or self.network or self.lane or self.tag)

    def query(self, **more: object) -> str:
        """The same as an address's query, with changes: `query(after="...")`."""
        changed = replace(self, **more) if more else self  # type: ignore[arg-type]
        values = {
            "queue": changed.queue if changed.queue != "waiting" else "",
            "brand": changed.brand.pk if changed.brand else "",
            "network": changed.network, "lane": changed.lane, "tag": changed.tag,
            "sort": changed.sort if changed.sort != SORTS[0] else "", "after": changed.after,
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
        sort=asked.get("sort") if asked.get("sort") in SORTS else SORTS[0],
    )  # fmt: skip


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
    order = order_of(want.queue, want.sort)
    rows: list[Case] = []
    for part in parts(cases_of(member, want), order, read_key(want.after)):
        rows += part.select_related("person", "holder").prefetch_related("brand__calendar")[: PAGE + 1 - len(rows)]
        if len(rows) > PAGE:
            return rows[:PAGE], key_of(rows[PAGE - 1], order)
    return rows, ""


def place_in(rows: Sequence[Case], want: Chosen, key: str) -> int | None:
    """Which of the rows stands where `key` stood, or next behind it: the one that took its place. None past the end."""
    order, gone = order_of(want.queue, want.sort), read_key(key)
    if gone is None:
        return None
    return next((n for n, case in enumerate(rows) if rank(place_of(case, order), order) >= rank(gone, order)), None)


def key_in(case: Case, want: Chosen) -> str:
    """The key of a case in this list, "" where its order has no place for it."""
    order = order_of(want.queue, want.sort)
    return key_of(case, order) if order.gaps or place_of(case, order).at else ""


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
