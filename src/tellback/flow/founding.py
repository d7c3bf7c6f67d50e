"""A new workspace with all that it needs from its first day: somebody who owns it, and a chart in force."""

from datetime import datetime

from django.db import transaction

from tellback.triage import policy
from tellback.workspace.founding import add_member, make_workspace
from tellback.workspace.models import Role, User, Workspace


@transaction.atomic
def found(name: str, *, at: datetime, owner: User | None = None, zone: str = "UTC", is_demo: bool = False) -> Workspace:
    workspace = make_workspace(name, at=at, zone=zone, is_demo=is_demo)
    policy.begin(workspace, at=at, by=owner)
    if owner:
        add_member(workspace, owner, role=Role.OWNER, at=at)
    return workspace
