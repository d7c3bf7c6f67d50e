"""Members: who works here and as what, and who is invited."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import founding
from tellback.workspace.forms import Invite, roles_for
from tellback.workspace.gate import members_only, need
from tellback.workspace.models import Invitation, Member, Role
from tellback.workspace.signing_in import mail_is_configured

ONCE = "invitation-shown-once"


@never_cache
@members_only("reader")
@require_safe
def members(request: HttpRequest, member: Member) -> HttpResponse:
    return page(request, member, Invite(by=member))


def page(request: HttpRequest, member: Member, form: Invite) -> HttpResponse:
    here(request, section="settings")
    space = member.workspace
    found = Member.objects.active().filter(workspace=space).select_related("user").prefetch_related("teams")
    invited = (
        Invitation.objects.filter(workspace=space, taken_at=None, withdrawn_at=None).select_related("by").order_by("at")
    )
    context = {
        "part": "members",
        "form": form,
        "rows": [row_of(row, by=member) for row in found.order_by("user__name", "pk")],
        "invited": [row for row in invited.order_by("at") if row.stands(now())],
        "link": request.session.pop(f"{ONCE}-{space.pk}", None),
        "may": member.may("manager"),
    }
    return TemplateResponse(request, "workspace/members.html", context)


def row_of(row: Member, *, by: Member) -> dict[str, Any]:
    """A member as the page shows them, with what the reader may do about them."""
    may_change = by.may(Role.MANAGER) and by.may(row.role)
    return {
        "member": row,
        "roles": roles_for(by) if may_change else [],
        "may_remove": may_change or row.pk == by.pk,
        "is_me": row.pk == by.pk,
    }


@members_only("manager")
@require_POST
def invitations(request: HttpRequest, member: Member) -> HttpResponse:
    """Invite. The link is shown on the next page and never again: only a digest of it is kept."""
    form = Invite(request.POST, by=member)
    if form.is_valid():
        try:
            row, token = founding.invite(member.workspace, **form.cleaned_data, by=member, at=now())
        except founding.CannotInvite as fault:
            form.add_error("email", str(fault))
        else:
            address = settings.PUBLIC_URL + reverse("workspace:join", args=[token])
            shown = {"email": row.email, "address": address, "mail": mail_of(row, address)}
            request.session[f"{ONCE}-{member.workspace.pk}"] = shown
            return redirect("space:members", member.workspace.slug)
    return page(request, member, form)


def mail_of(row: Invitation, address: str) -> str:
    """Send the invitation by mail. "sent", "failed", or "off" where no mail leaves this machine."""
    if not mail_is_configured():
        return "off"
    text = render_to_string("workspace/invitation_mail.txt", {"invitation": row, "address": address})
    subject = _("%(name)s invites you to %(space)s") % {"name": row.by, "space": row.workspace}
    try:
        send_mail(" ".join(subject.split()), text, None, [row.email])
    except OSError:
        return "failed"
    return "sent"


@members_only("manager")
@require_POST
def withdrawal(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Invitation, workspace=member.workspace, pk=pk)
    need(member, row.role)
    if founding.withdraw(row, at=now()):
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    return redirect("space:members", member.workspace.slug)


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
