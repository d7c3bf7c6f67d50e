"""The first run: while nobody can sign in, a token on the console opens the page that makes the first owner.

Whoever finds the port first has no token. It lies in the home folder, readable by its owner alone, and is gone
when the first owner is there.
"""

import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from tellback.workspace.founding import add_member
from tellback.workspace.models import Role, User, Workspace

NAME = "first-run"


class Found(Protocol):
    """What makes a whole workspace; it stands in a room above, so the settings name it."""

    def __call__(self, name: str, *, at: datetime, owner: User, zone: str) -> Workspace: ...


def is_open() -> bool:
    """True while nobody can sign in. People without a password, as in the made-up town, do not count."""
    without = {"password__startswith": UNUSABLE_PASSWORD_PREFIX}
    return not User.objects.filter(is_active=True).exclude(**without).exists()


def token(home: Path) -> str | None:
    """The token for the console, made if it is not there. None, and no file, once somebody can sign in."""
    path = Path(home) / NAME
    if not is_open():
        path.unlink(missing_ok=True)
        return None
    try:
        # O_EXCL: of two processes that start together one makes the token and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return kept(path) or renewed(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(24))
    return kept(path)


def kept(path: Path) -> str:
    """What the file says; "" where there is none."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""


def renewed(path: Path) -> str:
    """A file that was left empty by a start cut short is written anew."""
    path.write_text(secrets.token_urlsafe(24))
    path.chmod(0o600)
    return kept(path)


def fits(given: str) -> bool:
    """Does this token open the first-run page now? Compared in constant time."""
    ours = kept(Path(settings.HOME) / NAME)
    return bool(ours) and constant_time_compare(given, ours) and is_open()


def close() -> None:
    """Take the token away."""
    (Path(settings.HOME) / NAME).unlink(missing_ok=True)


class AlreadyFounded(ValueError):
    """Somebody else was first."""


@transaction.atomic
def begin(*, name: str, email: str, password: str, workspace: str, zone: str, at: datetime) -> tuple[User, Workspace]:
    """The first owner with their workspace, and a seat in every made-up one. Raises AlreadyFounded.

    One row that is always there is locked, so that of two that race on PostgreSQL one waits; SQLite lets in one
    writer at a time by itself.
    """
    ContentType.objects.select_for_update().get_or_create(app_label="workspace", model="user")
    if not is_open():
        raise AlreadyFounded
    user = User.objects.create_user(email, password, name=name)
    found: Found = import_string(settings.TELLBACK_FOUNDER)
    made = found(workspace, at=at, owner=user, zone=zone)
    for demo in Workspace.objects.filter(is_demo=True):
        add_member(demo, user, role=Role.OWNER, at=at)
    transaction.on_commit(close)
    return user, made
