"""In which order a queue stands, and what follows the key of its last row."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Q, QuerySet

from tellback.cases.models import Case
from tellback.desk.choices import readable

SORTS = ("urgent", "longest", "newest")
SORTED = ("waiting", "mine", "unassigned", "next")  # where one chooses the order
GAPS = ("mine", "approvals")  # short queues, in which some do not wait for us just now
URGENT_SIGN = "!"


@dataclass(frozen=True, slots=True)
class Order:
    """By which moment, the earliest or the latest first (`down`), those without it last (`gaps`), the urgent ahead."""

    column: str = "waiting_since"
    down: bool = False
    gaps: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands."""

    at: datetime | None
    pk: int
    urgent: bool = False


def order_of(queue: str, sort: str) -> Order:
    if queue == "snoozed":
        return Order("snoozed_until")
    if queue == "closed":
        return Order("closed_at", down=True)
    chosen = sort if queue in SORTED else "longest"
    return Order(down=chosen == "newest", gaps=queue in GAPS, urgent=chosen == "urgent")


def parts(query: QuerySet[Case], order: Order, after: Place | None) -> list[QuerySet[Case]]:
    """What follows a place, in pieces that one index reads each in its order: the urgent, then all others."""
    if not order.urgent:
        return [sorted_by(behind(query, order, after), order)]
    others = Q(urgency__lt=Case.URGENT)
    rest = query.filter(others | Q(waiting_since=None) if order.gaps else others)
    if after and not after.urgent:
        return [sorted_by(behind(rest, order, after), order)]
    first = query.filter(urgency=Case.URGENT, waiting_since__isnull=False)
    return [sorted_by(behind(first, order, after), order), sorted_by(rest, order)]


def sorted_by(query: QuerySet[Case], order: Order) -> QuerySet[Case]:
    if order.gaps:
        column = F(order.column)
        moment = column.desc(nulls_last=True) if order.down else column.asc(nulls_last=True)
        return query.order_by(moment, "-id" if order.down else "id")
    return query.order_by(*([f"-{order.column}", "-id"] if order.down else [order.column, "id"]))


def behind(query: QuerySet[Case], order: Order, place: Place | None) -> QuerySet[Case]:
    """What follows a place. Said as a range less its beginning: the planners turn (a, b) > (x, y) into a sort."""
    if place is None:
        return query
    beyond, before = ("lt", "gte") if order.down else ("gt", "lte")
    if order.gaps:
        return query.filter(behind_with_gaps(order.column, beyond, place))
    if place.at is None:
        return query
    here_and_on = query.filter(**{f"{order.column}__{beyond}e": place.at})
    return here_and_on.exclude(**{order.column: place.at, f"id__{before}": place.pk})


def behind_with_gaps(column: str, beyond: str, place: Place) -> Q:
    if place.at is None:
        return Q(**{column: None, f"id__{beyond}": place.pk})
    later = Q(**{f"{column}__{beyond}": place.at}) | Q(**{column: place.at, f"id__{beyond}": place.pk})
    return later | Q(**{column: None})


def place_of(case: Case, order: Order) -> Place:
    urgent = order.urgent and case.is_urgent and case.waiting_since is not None
    return Place(getattr(case, order.column), case.pk, urgent)


def rank(place: Place, order: Order) -> tuple[bool, bool, float, int]:
    """By which places compare as their rows do."""
    sign = -1 if order.down else 1
    moment = place.at.timestamp() if place.at else 0.0
    return (order.urgent and not place.urgent, place.at is None, sign * moment, sign * place.pk)


def key_of(case: Case, order: Order) -> str:
    place = place_of(case, order)
    return f"{URGENT_SIGN if place.urgent else ''}{place.at.isoformat() if place.at else ''},{place.pk}"


def read_key(key: str) -> Place | None:
    """The place that a key names; None for what makes no sense."""
    at, _, pk = key.removeprefix(URGENT_SIGN).rpartition(",")
    moment = readable(at, UTC) if at else None
    if not whole(pk) or (at and moment is None):
        return None
    return Place(moment, int(pk), key.startswith(URGENT_SIGN))


def whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
