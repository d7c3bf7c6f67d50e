"""Notices to staff: something needs a person's eye, beyond what the inbox shows."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from tellback.workspace.models import User, Workspace


class Notices(models.QuerySet["Notice"]):
    def unread(self, user: User | int, workspace: Workspace | int) -> "Notices":
        mine = models.Q(to=user) | models.Q(to=None)
        return self.filter(mine, workspace=workspace, read_at=None).order_by("-id")


class Notice(models.Model):
    """`to` None: for whoever of the workspace looks first. `key` keeps the same trouble from ringing twice."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    to = models.ForeignKey(User, on_delete=models.CASCADE, null=True)
    words = models.CharField(max_length=300)
    url = models.CharField(max_length=200, default="", blank=True)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects: ClassVar[Any] = Notices.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"], name="one_unread_notice_a_key", condition=models.Q(read_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.words


def notify(workspace: int, words: str, *, key: str, at: datetime, to: int | None = None, url: str = "") -> None:
    """Leave a notice, unless the same stands unread."""
    row = Notice(workspace_id=workspace, to_id=to, words=words[:300], url=url, key=key[:120], at=at)
    Notice.objects.bulk_create([row], ignore_conflicts=True)


def read(notice: Notice, *, by: User, at: datetime) -> None:
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=at, read_by=by)
