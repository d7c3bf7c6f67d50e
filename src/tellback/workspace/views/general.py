"""The settings of a workspace: what there is, and its name, zone, approval and asking."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import teaming
from tellback.workspace.forms import General
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member
from tellback.workspace.views.saving import save_or_show


@members_only("reader")
@require_safe
def home(request: HttpRequest, member: Member) -> HttpResponse:
    """Every part of the settings with how it stands."""
    here(request, section="settings")
    space = member.workspace
    invited = space.invitations.filter(taken_at=None, withdrawn_at=None)
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
    form = General(request.POST or None, workspace=member.workspace)

    def save() -> tuple[str, str]:
        teaming.change_workspace(member.workspace, **form.cleaned_data, by=member, at=now())
        return _("Saved."), reverse("space:general", args=[member.workspace.slug])

    may_end = member.may("owner") and not member.workspace.is_demo
    context = {"part": "general", "may_end": may_end}
    return save_or_show(request, member, form, save, template="workspace/general.html", context=context)
