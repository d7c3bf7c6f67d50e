"""Ending a workspace: from the owner's word on nobody works in it and nothing is heard, until nothing of it is left."""

from datetime import datetime

from django.db import transaction

from tellback.events.announcing import announce
from tellback.workspace.events import WorkspaceEnded
from tellback.workspace.models import Member, Role, Workspace


class CannotEnd(ValueError):
    """Why it stays, in words for the form."""


@transaction.atomic
def end(workspace: Workspace, *, typed: str, by: Member, at: datetime) -> None:
    """`typed` must be its name. What is in it goes afterwards, by whoever hears the fact. Raises CannotEnd."""
    if not by.may(Role.OWNER):
        raise CannotEnd(f"You are {by.role} here; ask an owner.")
    if workspace.is_demo:
        raise CannotEnd("The made-up town would come back at the next start. Start with --empty to be without it.")
    if " ".join(typed.split()) != " ".join(workspace.name.split()):
        raise CannotEnd(f"That is not its name. Nothing was deleted. Write “{workspace.name}” to delete it.")
    if Workspace.objects.filter(pk=workspace.pk, ended_at=None).update(ended_at=at):
        announce(WorkspaceEnded(workspace=workspace.pk, subject=workspace.pk, at=at, by=by.user_id))
