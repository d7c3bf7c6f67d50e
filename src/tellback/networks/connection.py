"""A connection: one place where we listen, and perhaps speak, for a workspace."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Case, Value, When
from django.db.models.functions import Coalesce

from tellback.kit import secret
from tellback.networks.adapters import adapter
from tellback.networks.contract import Adapter
from tellback.workspace.models import Brand, Workspace


class Connections(models.QuerySet["Connection"]):
    def listening(self) -> "Connections":
        return self.standing().filter(paused_at=None, listens=True, workspace__ended_at=None)

    def standing(self) -> "Connections":
        """All that were not removed. A removed one keeps what it heard, and its name is free again."""
        return self.filter(removed_at=None)


class Connection(models.Model):
    """`brand` makes it that brand's own door: whatever comes in here is about the brand, named or not."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="connections")
    brand = models.ForeignKey(Brand, on_delete=models.SET_NULL, null=True, blank=True, related_name="connections")
    network = models.CharField(max_length=20)  # the adapter's name
    label = models.CharField(max_length=40)  # the network as people call it: "Mail", "Twitter"
    name = models.CharField(max_length=120)
    settings = models.JSONField(default=dict)
    secrets = models.TextField(default="", blank=True)
    cursor = models.JSONField(default=dict)
    listens = models.BooleanField(default=True)
    every = models.PositiveIntegerField(default=60)  # seconds between polls
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    last_heard_at = models.DateTimeField(null=True)
    last_fault = models.CharField(max_length=500, default="", blank=True)
    last_fault_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Connections.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"], name="connection_names_differ", condition=models.Q(removed_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def adapter(self) -> Adapter:
        return adapter(self.network)

    @property
    def short_label(self) -> str:
        """The network's name as posts, handles and strands keep it."""
        return self.label[:20]

    def all_settings(self) -> dict[str, Any]:
        """What the adapter needs, secrets opened. Raises kit.secret.WrongKey."""
        return {**self.settings, **secret.unseal(self.secrets), "connection": self.pk}

    def heard(self, cursor: Any, *, at: datetime) -> None:
        """What came with this cursor is kept; go on from here next time."""
        Connection.objects.filter(pk=self.pk).update(cursor=cursor, last_heard_at=at, last_fault="")

    def failed(self, why: str, *, at: datetime) -> None:
        """Nothing came of it. `last_fault_at` is when the trouble began: it stays while one fault follows another."""
        began = Case(When(last_fault="", then=Value(at)), default=Coalesce("last_fault_at", Value(at)))
        Connection.objects.filter(pk=self.pk).update(last_fault_at=began, last_fault=why[:500])


def claim_due(*, at: datetime) -> Connection | None:
    """Take one connection whose turn has come, and set its next turn, so that no other process takes it too."""
    due = models.Q(next_at=None) | models.Q(next_at__lte=at)
    for connection in Connection.objects.listening().filter(due).order_by("next_at")[:5]:
        ours = Connection.objects.filter(pk=connection.pk, next_at=connection.next_at).update(
            next_at=at + timedelta(seconds=connection.every)
        )
        if ours:
            return connection
    return None


@transaction.atomic
def pause(connection: Connection, *, at: datetime) -> None:
    Connection.objects.filter(pk=connection.pk).update(paused_at=at)


@transaction.atomic
def resume(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(paused_at=None, next_at=None, last_fault="")
