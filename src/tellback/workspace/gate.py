"""The one gate: who comes in, to which workspace, as what. Every staff view begins with it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from tellback.workspace.models import Member, Workspace

View = Callable[..., HttpResponseBase]


class StaffRequest(HttpRequest):
    """A request that has passed the gate."""

    member: Member


def enter(request: HttpRequest, slug: str, role: str) -> Member:
    """The member who asks, with their workspace. A stranger learns nothing: 404, as if it were not there."""
    member = (
        Member.objects.active()
        .filter(workspace__slug=slug, user=request.user.pk)
        .select_related("workspace", "user")
        .first()
    )
    if member is None:
        raise Http404("There is no such workspace, or you are no member of it.")
    need(member, role)
    return member


def need(member: Member, role: str) -> None:
    """For views that many may read and few may change. Raises PermissionDenied."""
    if not member.may(role):
        raise PermissionDenied(f"You are {member.role} here; this needs {role}.")


def members_only(role: str = "reader") -> Callable[[View], View]:
    """Decorate view(request, member, ...) whose address begins with <slug:space>; `role` is the least that may."""

    def decorate(view: View) -> View:
        @wraps(view)
        @login_required
        def gated(request: StaffRequest, space: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member = enter(request, space, role)
            if member.workspace.ended_at:
                return redirect("workspace:ended", member.workspace.slug)
            request.member = member  # the shell around the page reads it
            with timezone.override(ZoneInfo(member.workspace.zone)):  # hours are those of the desk
                answer = view(request, member, *args, **kwargs)
            # What customers wrote stays in no cache, neither a proxy's nor that of a shared machine.
            if not answer.has_header("Cache-Control"):
                answer.headers["Cache-Control"] = "private, no-store"
            return answer

        gated.least_role = role  # type: ignore[attr-defined]
        return gated

    return decorate


def workspaces_of(user_id: int) -> list[Workspace]:
    """Where a user is a member, by name."""
    return list(Workspace.objects.filter(members__user=user_id, members__left_at=None).order_by("name"))
