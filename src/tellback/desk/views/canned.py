"""Canned replies: list, add, change, remove."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tellback.desk.forms import CannedForm, lead_to_wrong
from tellback.desk.loading import at, one, verb
from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.replies.models import Canned
from tellback.workspace.gate import enter, members_only
from tellback.workspace.models import Member

MOST = 200


@require_http_methods(["GET", "POST"])
@members_only()
def canned(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="settings")
    form = CannedForm(request.POST or None, instance=Canned(workspace=member.workspace, at=now()))
    if request.method == "POST":
        enter(request, member.workspace.slug, "agent")
        if form.is_valid():
            form.save()
            messages.success(request, kept_words(form.instance))
            return redirect(at(member, "canned"))
    return page(request, member, form)


def kept_words(row: Canned) -> str:
    if row.brand is None:
        return _("Kept. It stands in every composer now.")
    return _("Kept. It stands in every composer of %(brand)s now.") % {"brand": row.brand}


def page(request: HttpRequest, member: Member, form: CannedForm, changed: Canned | None = None) -> HttpResponse:
    rows = Canned.objects.filter(workspace=member.workspace).select_related("brand").order_by("title")[:MOST]
    lead_to_wrong(form)
    context = {"rows": rows, "form": form, "changed": changed, "may_act": member.may("agent")}
    return render(request, "desk/canned.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST", "DELETE"])
@members_only("agent")
def change(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Change one, or remove it."""
    here(request, section="settings")
    row = one(Canned.objects.filter(workspace=member.workspace, pk=pk), "There is no such canned reply.")
    if request.method != "GET" and verb(request) == "DELETE":
        row.delete()
        messages.success(request, _("Removed: %(title)s") % {"title": row.title})
        return redirect(at(member, "canned"))
    form = CannedForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Changed."))
        return redirect(at(member, "canned"))
    return page(request, member, form, row)
