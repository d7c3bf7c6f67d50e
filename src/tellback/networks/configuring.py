"""Setting up a connection: made, tried, changed, paused, removed and brought back.

Secrets are sealed before they reach the database and leave this file only on their way to an adapter.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tellback.events.announcing import announce
from tellback.kit import secret
from tellback.networks import connection as rows
from tellback.networks.connection import Connection
from tellback.networks.contract import Adapter, Field
from tellback.networks.events import ConnectionChanged, ConnectionMade, ConnectionPaused
from tellback.workspace.models import Brand, User, Workspace

log = logging.getLogger("tellback.networks")

PATIENCE = 20.0
"""Seconds that a trial may take; the other side may be a wall that never answers."""
AT_ONCE = threading.BoundedSemaphore(4)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person filled in. `settings` and `secrets` go by the names of the adapter's fields."""

    name: str
    brand: Brand | None = None
    every: int = 60
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def create(
    workspace: Workspace, adapter: Adapter, wishes: Wishes, *, by: User, at: datetime, fault: str = ""
) -> Connection:
    """A new connection that listens from now on. `fault` is what its trial found, where a person keeps it all the same:
    it stands with the connection until something is heard there.
    """
    row = Connection.objects.create(
        workspace=workspace, brand=wishes.brand, network=adapter.name, label=adapter.title, name=wishes.name,
        settings=dict(wishes.settings), secrets=secret.seal(given(wishes.secrets)), every=wishes.every, made_at=at,
        last_fault=fault[:500], last_fault_at=at if fault else None,
    )  # fmt: skip
    announce(
        ConnectionMade(workspace=workspace.pk, subject=row.pk, at=at, by=by.pk, network=adapter.name, name=wishes.name)
    )
    return row


@transaction.atomic
def change(connection: Connection, wishes: Wishes, *, by: User, at: datetime, fault: str = "") -> None:
    """Other settings, from the next turn on. A secret that was left empty stays as it is. `fault`: see create."""
    connection.name, connection.brand, connection.every = wishes.name, wishes.brand, wishes.every
    connection.settings = dict(wishes.settings)
    connection.secrets = secret.seal(with_kept(connection, wishes.secrets))
    connection.next_at, connection.last_fault = None, fault[:500]
    connection.last_fault_at = at if fault else connection.last_fault_at
    connection.save(
        update_fields=["name", "brand", "every", "settings", "secrets", "next_at", "last_fault", "last_fault_at"]
    )
    announce(changed(connection, "settings", by=by, at=at))


def changed(connection: Connection, what: str, *, by: User, at: datetime) -> ConnectionChanged:
    return ConnectionChanged(workspace=connection.workspace_id, subject=connection.pk, at=at, by=by.pk, what=what)


def given(secrets: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in secrets.items() if value}


def with_kept(connection: Connection, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The secrets that stand, with those that were typed anew. Kept with another key, they are lost and asked again."""
    try:
        return {**secret.unseal(connection.secrets), **given(secrets)}
    except secret.WrongKey:
        return dict(given(secrets))


def has_secret(connection: Connection | None, name: str) -> bool:
    return connection is not None and bool(with_kept(connection, {}).get(name))


WHERE = ("host", "port", "security", "user", "server", "url", "address")


def leads_elsewhere(fields: Sequence[Field], before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Would a kept password go to another place than it was meant for? Then it must be typed again."""
    places = [one.name for one in fields if not one.secret and (one.kind == "url" or any(w in one.name for w in WHERE))]
    return any((before.get(name) or "") != (now.get(name) or "") for name in places)


def check(adapter: Adapter, settings: Mapping[str, Any], *, seconds: float = PATIENCE) -> list[str]:
    """Try settings now: what is wrong, in words; empty when all is well. Takes at most so many seconds.

    The trial runs in a thread of its own, since nothing can make a stuck line of the network answer. One that is
    given up on ends by its own time limit, and until then counts among the four that may run at once.
    """
    if not AT_ONCE.acquire(blocking=False):
        return [_("Several connections are being tried just now. Try again in a moment.")]
    found: list[list[str]] = []
    thread = threading.Thread(target=trial, args=(adapter, dict(settings), found), daemon=True, name="trial")
    thread.start()
    thread.join(seconds)
    if not found:
        said = {"seconds": round(seconds)}
        return [
            _("The other side gave no answer within %(seconds)s seconds. Check its address, then try again.") % said
        ]
    return found[0]


def trial(adapter: Adapter, settings: Mapping[str, Any], found: list[list[str]]) -> None:
    try:
        found.append([str(fault) for fault in adapter.check(settings)])
    except Exception as fault:
        log.warning("The trial of %s stumbled", adapter.name, exc_info=True)
        found.append([_("The trial stumbled: %(why)s") % {"why": f"{type(fault).__name__}: {fault}"[:300]}])
    finally:
        AT_ONCE.release()


@transaction.atomic
def pause(connection: Connection, *, by: User, at: datetime) -> None:
    """Listen no more for a while. What is said meanwhile is heard when it goes on, where the network keeps it."""
    rows.pause(connection, at=at)
    announce(ConnectionPaused(workspace=connection.workspace_id, subject=connection.pk, at=at, by=by.pk))


@transaction.atomic
def resume(connection: Connection, *, by: User, at: datetime) -> None:
    rows.resume(connection)
    announce(changed(connection, "resumed", by=by, at=at))


@transaction.atomic
def remove(connection: Connection, *, by: User, at: datetime) -> None:
    """Listen and speak there no more. What it heard stays; it can be brought back."""
    Connection.objects.filter(pk=connection.pk).update(removed_at=at)
    announce(changed(connection, "removed", by=by, at=at))


@transaction.atomic
def bring_back(connection: Connection, *, by: User, at: datetime) -> Connection:
    """As it was, but under another name where a new connection has taken its own."""
    taken = set(Connection.objects.standing().filter(workspace=connection.workspace_id).values_list("name", flat=True))
    names = [connection.name, *(f"{connection.name[:112]} ({number})" for number in range(2, len(taken) + 3))]
    connection.name = next(name for name in names if name not in taken)
    connection.removed_at, connection.next_at = None, None
    connection.save(update_fields=["name", "removed_at", "next_at"])
    announce(changed(connection, "brought back", by=by, at=at))
    return connection


def forget_secrets(*, removed_before: datetime) -> int:
    """Passwords of connections that were removed before; returns how many connections lose theirs."""
    gone = Connection.objects.filter(removed_at__lt=removed_before).exclude(secrets="")
    return int(gone.update(secrets=""))
