"""The settings of a workspace: what there is, and its name, zone, approval and asking."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import teaming
from tellback.workspace.forms import General, read_only
from tellback.workspace.gate import members_only, need
from tellback.workspace.models import Invitation, Member


@members_only("reader")
@require_safe
def home(request: HttpRequest, member: Member) -> HttpResponse:
    """Every part of the settings with how it stands."""
    here(request, section="settings")
    space = member.workspace
    invited = Invitation.objects.filter(workspace=space, taken_at=None, withdrawn_at=None)
    context = {
        "part": "home",
        "brands": [brand.name for brand in space.brands.ours().order_by("name")[:4]],
        "brand_count": space.brands.ours().count(),
        "calendars": space.calendars.count(),
        "members": Member.objects.active().filter(workspace=space).count(),
        "invited": sum(row.stands(now()) for row in invited),
        "teams": space.teams.count(),
    }
    return TemplateResponse(request, "workspace/settings.html", context)


@members_only("reader")
@require_http_methods(["GET", "POST"])
def general(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="settings")
    form = General(request.POST or None, workspace=member.workspace)
    if request.method == "POST":
        need(member, "manager")
        if form.is_valid():
            teaming.change_workspace(member.workspace, **form.cleaned_data, by=member, at=now())
            messages.success(request, _("Saved."))
            return redirect("space:general", member.workspace.slug)
    may = member.may("manager")
    if not may:
        read_only(form)
    may_end = member.may("owner") and not member.workspace.is_demo
    context = {"part": "general", "form": form, "may": may, "may_end": may_end}
    return TemplateResponse(request, "workspace/general.html", context)
