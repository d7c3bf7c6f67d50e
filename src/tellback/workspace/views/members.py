"""Members: who works here and as what, and how they come in. Who is invited: invitations.py."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import founding, second_factors
from tellback.workspace.forms import ROLE_WORDS, Invite, roles_for
from tellback.workspace.gate import members_only, need
from tellback.workspace.models import Member, Role

ONCE = "invitation-shown-once"


@never_cache
@members_only("reader")
@require_safe
def members(request: HttpRequest, member: Member) -> HttpResponse:
    return page(request, member, Invite(by=member))


def page(request: HttpRequest, member: Member, form: Invite) -> HttpResponse:
    here(request, section="settings")
    space = member.workspace
    query = Member.objects.active().filter(workspace=space).select_related("user").prefetch_related("teams")
    found = list(query.order_by("user__name", "pk"))
    keyed = second_factors.having(row.user_id for row in found) if member.may(Role.OWNER) else set()
    invited = space.invitations.filter(taken_at=None, withdrawn_at=None).select_related("by")
    waited_for = [(row, row.stands(now())) for row in invited.order_by("at")]
    context = {
        "part": "members",
        "form": form,
        "rows": [row_of(row, by=member, has_keys=row.user_id in keyed) for row in found],
        "invited": [(row, stands, member.may("manager") and member.may(row.role)) for row, stands in waited_for],
        "standing": sum(stands for _, stands in waited_for),
        "link": request.session.pop(f"{ONCE}-{space.pk}", None),
        "may": member.may("manager"),
        "role_words": reversed(ROLE_WORDS.values()),
    }
    return TemplateResponse(request, "workspace/members.html", context)


def row_of(row: Member, *, by: Member, has_keys: bool) -> dict[str, Any]:
    """A member as the page shows them, with what the reader may do about them."""
    may_change = by.may(Role.MANAGER) and by.may(row.role)
    return {
        "member": row,
        "roles": roles_for(by) if may_change else [],
        "may_remove": may_change or row.pk == by.pk,
        "may_take_off": has_keys and row.pk != by.pk,
        "is_me": row.pk == by.pk,
    }


@members_only("manager")
@require_POST
def role(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Member.objects.active(), workspace=member.workspace, pk=pk)
    wanted = request.POST.get("role", "")
    try:
        if wanted not in Role.values:
            raise founding.CannotLeave(_("Choose one of the four roles. Nothing was changed."))
        founding.change_role(row, wanted, by=member, at=now())
    except founding.CannotLeave as fault:
        messages.error(request, str(fault))
    else:
        messages.success(request, _("%(name)s is %(role)s now.") % {"name": row.user, "role": wanted})
    return redirect("space:members", member.workspace.slug)


@members_only("reader")
@require_POST
def departure(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Remove a member, or go oneself, which everybody may."""
    row = get_object_or_404(Member.objects.active(), workspace=member.workspace, pk=pk)
    if row.pk != member.pk:
        need(member, "manager")
    try:
        founding.remove(row, by=member, at=now())
    except founding.CannotLeave as fault:
        messages.error(request, str(fault))
        return redirect("space:members", member.workspace.slug)
    if row.pk == member.pk:
        return redirect("workspace:home")
    messages.success(request, _("%(name)s is no member any more. What they wrote stays.") % {"name": row.user})
    return redirect("space:members", member.workspace.slug)


@members_only("owner")
@require_POST
def second_factors_off(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """For a member who lost key and phone: the password alone lets them in, until they add new ones."""
    row = get_object_or_404(Member.objects.active(), workspace=member.workspace, pk=pk)
    try:
        second_factors.take_off(row, by=member, at=now())
    except second_factors.CannotTakeOff as fault:
        messages.error(request, str(fault))
    else:
        words = _("%(name)s signs in by the password alone now. A notice asks them to add a new second factor.")
        messages.success(request, words % {"name": row.user})
    return redirect("space:members", member.workspace.slug)
