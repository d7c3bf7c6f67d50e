"""Invitations: sent, sent again to who has not arrived, and taken back."""

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tellback.kit.clock import now
from tellback.workspace import founding
from tellback.workspace.forms import Invite
from tellback.workspace.gate import members_only, need
from tellback.workspace.models import Invitation, Member
from tellback.workspace.signing_in import mail_is_configured
from tellback.workspace.views.members import ONCE, page


@members_only("manager")
@require_POST
def invitations(request: HttpRequest, member: Member) -> HttpResponse:
    """Invite. The link is shown on the next page and never again: only a digest of it is kept."""
    form = Invite(request.POST, by=member)
    if form.is_valid():
        try:
            send(request, member, **form.cleaned_data)
        except founding.CannotInvite as fault:
            form.add_error("email", str(fault))
        else:
            return redirect("space:members", member.workspace.slug)
    return page(request, member, form)


def send(request: HttpRequest, member: Member, *, email: str, role: str) -> None:
    """A new invitation, by mail where that is set up, its link kept for the next page. Raises CannotInvite."""
    row, token = founding.invite(member.workspace, email, role=role, by=member, at=now())
    address = settings.PUBLIC_URL + reverse("workspace:join", args=[token])
    shown = {"email": row.email, "address": address, "mail": mail_of(row, address)}
    request.session[f"{ONCE}-{member.workspace.pk}"] = shown


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
def again(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """The same once more, with a new link for 14 days; the old one opens nothing any more."""
    row = get_object_or_404(Invitation, workspace=member.workspace, pk=pk, taken_at=None, withdrawn_at=None)
    need(member, row.role)
    try:
        send(request, member, email=row.email, role=row.role)
    except founding.CannotInvite as fault:
        messages.error(request, str(fault))
    return redirect("space:members", member.workspace.slug)


@members_only("manager")
@require_POST
def withdrawal(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Invitation, workspace=member.workspace, pk=pk)
    need(member, row.role)
    if founding.withdraw(row, at=now()):
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    return redirect("space:members", member.workspace.slug)
