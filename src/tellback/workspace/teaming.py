"""Teams: names for those who take turns, and who is in them. And the workspace's own settings."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from tellback.events.announcing import announce
from tellback.workspace.events import WorkspaceChanged
from tellback.workspace.models import Member, Team, Workspace


@transaction.atomic
def save_team(
    workspace: Workspace, team: Team | None, *, name: str, members: Iterable[Member], by: Member, at: datetime
) -> Team:
    """Make a team, or write one anew. Members of another workspace are left out."""
    row = team or Team(workspace=workspace)
    row.name = name[:60]
    row.save()
    row.members.set([member for member in members if member.workspace_id == workspace.pk])
    changed(workspace, "teams", by=by, at=at)
    return row


@transaction.atomic
def delete_team(team: Team, *, by: Member, at: datetime) -> None:
    workspace = team.workspace
    team.delete()
    changed(workspace, "teams", by=by, at=at)


@transaction.atomic
def change_workspace(
    workspace: Workspace, *, name: str, zone: str, approval: bool, ask_after: int | None, by: Member, at: datetime
) -> Workspace:
    """`ask_after` is minutes between closing a case and asking whether it helped, None for never.

    The address stays as it is.
    """
    workspace.name, workspace.zone = name[:80], zone
    workspace.approval, workspace.ask_after = approval, ask_after
    workspace.save()
    changed(workspace, "general", by=by, at=at)
    return workspace


def changed(workspace: Workspace, what: str, *, by: Member, at: datetime) -> None:
    announce(WorkspaceChanged(workspace=workspace.pk, subject=workspace.pk, at=at, by=by.user_id, what=what))
