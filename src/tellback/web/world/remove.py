"""Removing the made-up town: gone with one click, and nothing of it stays."""

from django.db import transaction

from tellback.events.models import Fact, Ripple
from tellback.listen.attaching import remove_file
from tellback.listen.models import Attachment, Likeness, Post
from tellback.networks.paper.adapter import SHEETS
from tellback.triage.models import Question, Verdict
from tellback.web.world.seeding import doors
from tellback.work.route import Route
from tellback.workspace.models import User, Workspace


class NotADemo(ValueError):
    """It is somebody's real workspace."""


@transaction.atomic
def remove_demo(workspace: Workspace) -> None:
    """Delete a made-up workspace with all that is in it. Raises NotADemo for any other."""
    if not workspace.is_demo:
        raise NotADemo(f"{workspace} is not the made-up town; nothing was removed.")
    pk = workspace.pk
    invented = [user.pk for user in User.objects.filter(memberships__workspace=pk) if not user.has_usable_password()]
    for door in doors(workspace).values():
        SHEETS.pop(door.settings.get("sheet", ""), None)
    for attachment in Attachment.objects.filter(workspace=pk):
        remove_file(attachment)
    # These know the workspace, or a post, by its number only; and verdicts protect the chart that made them.
    Likeness.objects.filter(post_id__in=Post.objects.filter(workspace=pk).values("id")).delete()
    Fact.objects.filter(workspace_id=pk).delete()
    Ripple.objects.filter(workspace_id=pk).delete()
    Route.objects.filter(workspace_id=pk).delete()
    Question.objects.filter(workspace=pk).delete()
    Verdict.objects.filter(workspace=pk).update(overrides=None)
    Verdict.objects.filter(workspace=pk).delete()
    workspace.delete()
    User.objects.filter(pk__in=invented, memberships=None).delete()
