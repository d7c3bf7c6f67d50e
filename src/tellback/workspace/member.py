"""A member: a user in a workspace, with a role. Members come by invitation."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models

from tellback.workspace.user import User
from tellback.workspace.workspace import Team, Workspace

VALID_FOR = timedelta(days=14)


class Role(models.TextChoices):
    OWNER = "owner", "owner"
    MANAGER = "manager", "manager"
    AGENT = "agent", "agent"
    READER = "reader", "reader"


RANK = {Role.READER: 0, Role.AGENT: 1, Role.MANAGER: 2, Role.OWNER: 3}


class Members(models.QuerySet["Member"]):
    def active(self) -> "Members":
        return self.filter(left_at=None, user__is_active=True)

    def answering(self) -> "Members":
        """Those who may hold a case."""
        return self.active().exclude(role=Role.READER)


class Member(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.AGENT)
    teams = models.ManyToManyField(Team, related_name="members", blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Members.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="a_member_once")]

    def __str__(self) -> str:
        return str(self.user)

    def may(self, role: str) -> bool:
        """Is this member at least of that role?"""
        return RANK[Role(self.role)] >= RANK[Role(role)]


class Invitation(models.Model):
    """A letter that lets one address in. Only a digest of its token is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=8, choices=Role.choices, default=Role.AGENT)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, on_delete=models.CASCADE)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.email} as {self.role}"

    def stands(self, at: datetime) -> bool:
        over = self.taken_at or self.withdrawn_at or self.workspace.ended_at
        return over is None and at < self.at + VALID_FOR


def new_token() -> str:
    return secrets.token_urlsafe(24)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
