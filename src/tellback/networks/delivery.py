"""A delivery: one reply on its way to a network, told as Delivered, Refused or Unknown.

The attempt is saved and committed before it is made. Whoever finds an attempt that nobody finished (the process was
killed, the line was cut) looks on the network first. Where the network cannot tell, a person is asked: a customer
who is told twice is worse served than one whose agent looks once.
"""

from datetime import datetime, timedelta

from django.db import models, transaction

from tellback.kit.secret import WrongKey
from tellback.networks.connection import Connection
from tellback.networks.contract import Delivered, Outcome, Outgoing, Refused, Settings, Unknown, Unreachable
from tellback.networks.keeping import storable
from tellback.workspace.models import Workspace


class Delivery(models.Model):
    class State(models.TextChoices):
        SENDING = "sending", "on its way"
        DELIVERED = "delivered", "delivered"
        REFUSED = "refused", "refused for now"
        DEAD = "dead", "refused for good"
        UNKNOWN = "unknown", "nobody knows whether it arrived"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.SENDING)
    external_id = models.CharField(max_length=254, default="", blank=True, db_index=True)
    url = models.CharField(max_length=500, default="", blank=True)
    why = models.CharField(max_length=500, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"

    @property
    def is_settled(self) -> bool:
        return self.state in {self.State.DELIVERED, self.State.DEAD, self.State.UNKNOWN}


LEASE = timedelta(minutes=2)
REMOVED = "The connection was removed. Bring it back to answer there, or answer elsewhere."


def deliver(connection: Connection, outgoing: Outgoing, *, at: datetime) -> Delivery:
    """Send once, or find out what became of an earlier attempt with the same key. Never inside a transaction."""
    delivery, ours, again = begin(connection, outgoing.key, at=at)
    if not ours:
        return delivery
    if why := silenced(connection):
        return settle(delivery, Refused(why, permanent=True), at=at)
    return settle(delivery, attempt(connection, outgoing, again), at=at)


def silenced(connection: Connection) -> str:
    """Why nothing goes out there any more; "" where it does."""
    if connection.removed_at is not None:
        return REMOVED
    ended = Workspace.objects.filter(pk=connection.workspace_id).exclude(ended_at=None).exists()
    return "The workspace is being deleted." if ended else ""


def attempt(connection: Connection, outgoing: Outgoing, again: bool) -> Outcome:
    """Send it, or look for what an attempt that nobody finished left. Never raises."""
    try:
        settings = connection.all_settings()
    except WrongKey as fault:  # nothing has gone out yet, so it may be tried again
        return Refused(str(fault), permanent=False)
    try:
        return look(connection, settings, outgoing) if again else connection.adapter.deliver(settings, outgoing)
    except Exception as fault:  # an adapter must not raise; when one does, we cannot know how far it got
        return Unknown(f"{type(fault).__name__}: {fault}")


@transaction.atomic
def begin(connection: Connection, key: str, *, at: datetime) -> tuple[Delivery, bool, bool]:
    """Save the attempt. Answers (row, is it ours to make, was there one that nobody finished)."""
    delivery = Delivery.objects.select_for_update().filter(key=key).first()
    if delivery is None:
        fresh = Delivery.objects.create(
            workspace_id=connection.workspace_id, connection=connection, key=key,
            attempts=1, begun_at=at, lease_until=at + LEASE,
        )  # fmt: skip
        return fresh, True, False
    if delivery.is_settled or (delivery.state == delivery.State.SENDING and delivery.lease_until > at):
        return delivery, False, False
    again = delivery.state == delivery.State.SENDING
    delivery.state, delivery.attempts = delivery.State.SENDING, delivery.attempts + 1
    delivery.lease_until = at + LEASE
    delivery.save(update_fields=["state", "attempts", "lease_until"])
    return delivery, True, again


def look(connection: Connection, settings: Settings, outgoing: Outgoing) -> Outcome:
    """After an attempt whose end nobody saw: is it there? Sent again only where the network's "no" can be trusted."""
    try:
        found = connection.adapter.find(settings, outgoing)
    except Unreachable as fault:
        return Unknown(str(fault))
    if found:
        return found
    if getattr(connection.adapter, "finds_surely", False):
        return connection.adapter.deliver(settings, outgoing)
    return Unknown("The attempt was cut short and the network cannot say whether it arrived.")


def settle(delivery: Delivery, outcome: Outcome, *, at: datetime) -> Delivery:
    """Write down how it ended. Of two attempts that overlapped, "delivered" is true whoever says it; of the other
    words only those of the later attempt count.
    """
    ours = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, attempts=delivery.attempts)
    if not isinstance(outcome, Delivered) and not ours.exists():
        delivery.refresh_from_db()
        return delivery
    match outcome:
        case Delivered(external_id=external_id, url=url, at=done):
            delivery.state, delivery.external_id, delivery.url = delivery.State.DELIVERED, external_id[:254], url[:500]
            delivery.done_at, delivery.why = done, ""
        case Refused(why=why, permanent=permanent):
            delivery.state = delivery.State.DEAD if permanent else delivery.State.REFUSED
            delivery.why = storable(why)[:500]
        case Unknown(why=why):
            delivery.state, delivery.why = delivery.State.UNKNOWN, storable(why)[:500]
    delivery.save()
    return delivery


@transaction.atomic
def decide(delivery: Delivery, *, arrived: bool, at: datetime) -> None:
    """A person looked: it arrived after all, or it may be sent again."""
    if arrived:
        Delivery.objects.filter(pk=delivery.pk, state="unknown").update(state="delivered", done_at=at)
    else:
        Delivery.objects.filter(pk=delivery.pk, state="unknown").update(state="refused", lease_until=at)


@transaction.atomic
def loosen(delivery: Delivery, *, at: datetime) -> bool:
    """What was refused may be attempted anew. False for what arrived, is on its way, or of which nobody knows."""
    refused = Delivery.objects.filter(pk=delivery.pk, state__in=[Delivery.State.REFUSED, Delivery.State.DEAD])
    return bool(refused.update(state=Delivery.State.REFUSED, lease_until=at))
