"""Keeping: exactly what arrived, before anybody tries to understand it. The first step of the incoming line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.db import models

from tellback.kit import bulk
from tellback.networks.connection import Connection
from tellback.networks.contract import Broken, Parcel, Said
from tellback.people.forgetting import GONE, gone_id
from tellback.work.line import Next, Outcome, Stop
from tellback.workspace.models import Workspace

LONGEST_ID = 200


class RawItem(models.Model):
    """One parcel as it came. The same id with another content is another RawItem: an edit, or a deletion."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False)
    external_id = models.CharField(max_length=LONGEST_ID)
    digest = models.BigIntegerField()
    payload = models.TextField()
    place = models.CharField(max_length=200, default="", blank=True)
    arrived_at = models.DateTimeField()
    through_at = models.DateTimeField(null=True)
    said: Said | None = None  # where it was read before it was kept

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id", "digest"], name="kept_once"),
        ]
        indexes = [
            models.Index(fields=["id"], name="kept_and_not_yet_through", condition=models.Q(through_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} from {self.connection_id}"

    @property
    def route_subject(self) -> int:
        return int(self.pk)


class Refusal(models.Model):
    """Something arrived that could not even be kept as a parcel; a person can look at it here."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    place = models.CharField(max_length=200)
    why = models.CharField(max_length=500)
    payload = models.TextField(default="", blank=True)
    digest = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "place", "digest"], name="refused_once")]

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A parcel with the connection that it came by and the moment it came."""

    connection: Connection
    parcel: Parcel
    at: datetime


def digest(text: str) -> int:
    """64 bits of a text, signed, as a database keeps them."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True)


def storable(text: str) -> str:
    """Without what PostgreSQL cannot hold: NUL, and halves of characters."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def short_id(external_id: str) -> str:
    """An id that fits its column: a longer one is replaced by its digest."""
    external_id = storable(external_id)
    if len(external_id) <= LONGEST_ID:
        return external_id
    return "long:" + blake2b(external_id.encode(), digest_size=32).hexdigest()


def keep(arrivals: Sequence[Arrival], at: datetime) -> list[Outcome]:
    """Arrival -> RawItem. What was kept before, to the letter, stops here.

    Runs in one transaction with the steps behind it, so what it keeps is through when it can be seen at all.
    """
    return keep_as(arrivals, through_at=at)


def keep_for_later(arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Keep without going on: for a door that must answer at once, and for a batch that stumbled."""
    return keep_as(arrivals, through_at=None)


def keep_as(arrivals: Sequence[Arrival], *, through_at: datetime | None) -> list[Outcome]:
    wanted = [(a.connection.pk, short_id(a.parcel.external_id), digest(a.parcel.payload)) for a in arrivals]
    known = kept_before(wanted)
    forgotten = forgotten_ids({key[0] for key in wanted})
    outcomes: list[Outcome] = []
    fresh: list[RawItem] = []
    for arrival, key in zip(arrivals, wanted, strict=True):
        if key in known:
            outcomes.append(Stop("It came before, to the letter.", "repeated"))
            continue
        if forgotten and (key[0], gone_id(key[1])) in forgotten:
            outcomes.append(Stop("Who wrote it is forgotten; it stays gone.", "deleted"))
            continue
        known.add(key)
        raw = bulk.row(
            RawItem,
            workspace_id=arrival.connection.workspace_id,
            connection_id=key[0],
            external_id=key[1],
            digest=key[2],
            payload=storable(arrival.parcel.payload),
            place=storable(arrival.parcel.place)[:200],
            arrived_at=arrival.at,
            through_at=through_at,
        )
        RawItem.connection.field.set_cached_value(raw, arrival.connection)
        raw.said = arrival.parcel.said
        fresh.append(raw)
        outcomes.append(Next(raw))
    bulk.insert(fresh)
    return outcomes


def kept_before(wanted: Sequence[tuple[int, str, int]]) -> set[tuple[int, str, int]]:
    by_connection: dict[int, list[str]] = {}
    for connection, external_id, _ in wanted:
        by_connection.setdefault(connection, []).append(external_id)
    statement = (
        "SELECT connection_id, external_id, digest FROM networks_rawitem "
        "WHERE connection_id = %s AND external_id IN ({keys})"
    )
    return {row for connection, ids in by_connection.items() for row in bulk.rows_for(statement, ids, connection)}


def forgotten_ids(connections: set[int]) -> set[tuple[int, str]]:
    """Ids that held the handle of somebody forgotten: what a network still shows of them is not taken in again."""
    rows = RawItem.objects.filter(connection__in=connections, external_id__gte=GONE, external_id__lt=GONE + "~")
    return set(rows.values_list("connection_id", "external_id"))


def refuse(connection: Connection, broken: Sequence[Broken], *, at: datetime) -> int:
    """Keep what could not be read as a parcel, with its place and the reason. Returns how many are new."""
    rows = [
        Refusal(
            workspace_id=connection.workspace_id,
            connection=connection,
            place=storable(each.place)[:200],
            why=storable(each.why)[:500],
            payload=storable(each.payload)[:100_000],
            digest=digest(each.payload + each.why),
            at=at,
        )
        for each in broken
    ]
    before = Refusal.objects.filter(connection=connection).count()
    Refusal.objects.bulk_create(rows, ignore_conflicts=True)
    return Refusal.objects.filter(connection=connection).count() - before


def mark_through(raw_ids: Sequence[int], *, at: datetime) -> None:
    """These have been through the line; a restart need not look at them again."""
    RawItem.objects.filter(pk__in=raw_ids).update(through_at=at)
