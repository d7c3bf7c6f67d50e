"""Teams: who takes turns with whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import teaming
from tellback.workspace.forms import TeamForm
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member, Team
from tellback.workspace.views.saving import save_or_show


@members_only("reader")
@require_safe
def teams(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="settings")
    rows = Team.objects.filter(workspace=member.workspace).prefetch_related("members__user").order_by("name")
    found = [(row, [m for m in row.members.all() if m.left_at is None]) for row in rows]
    context = {"part": "teams", "found": found, "may": member.may("manager")}
    return TemplateResponse(request, "workspace/teams.html", context)


@members_only("manager")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, member: Member) -> HttpResponse:
    return edit(request, member, None)


@members_only("reader")
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Team, workspace=member.workspace, pk=pk)
    return edit(request, member, row)


def edit(request: HttpRequest, member: Member, row: Team | None) -> HttpResponse:
    form = TeamForm(request.POST or None, workspace=member.workspace, team=row)

    def save() -> tuple[str, str]:
        teaming.save_team(member.workspace, row, **form.cleaned_data, by=member, at=now())
        return _("Saved."), reverse("space:teams", args=[member.workspace.slug])

    context = {"part": "teams", "team": row, "may_delete": row and member.may("owner")}
    return save_or_show(request, member, form, save, template="workspace/team.html", context=context)


@members_only("owner")
@require_POST
def deletion(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Team, workspace=member.workspace, pk=pk)
    teaming.delete_team(row, by=member, at=now())
    messages.success(request, _("%(name)s is deleted. Its members stay.") % {"name": row.name})
    return redirect("space:teams", member.workspace.slug)
