"""Ending a workspace, and watching it go."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.shell import here
from tellback.workspace import ending
from tellback.workspace.forms import Ending
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member, Workspace


@members_only("owner")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, member: Member) -> HttpResponse:
    """What goes, and the field in which its name is typed."""
    here(request, section="settings")
    form = Ending(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ending.end(member.workspace, typed=form.cleaned_data["name"], by=member, at=now())
        except ending.CannotEnd as fault:
            form.add_error("name", str(fault))
        else:
            return redirect("workspace:ended", member.workspace.slug)
    return TemplateResponse(request, "workspace/end.html", {"part": "general", "form": form})


@never_cache
@login_required
@require_safe
def ended(request: HtmxRequest, slug: str) -> HttpResponse:
    """How much is left. Whoever is no member, or comes when it is gone, reads the same."""
    mine = Workspace.objects.filter(slug=slug, members__user=request.user.pk, members__left_at=None)
    going = mine.exclude(ended_at=None).first()
    part = bool(request.htmx)
    context = {"going": going, "left": left(going) if going else []}
    page = "workspace/ended.html#state" if part else "workspace/ended.html"
    # A part that answers 404 would not be put in its place.
    return TemplateResponse(request, page, context, status=200 if going or part else 404)


WORDS = {
    "post": gettext_lazy("Posts"),
    "case": gettext_lazy("Cases"),
    "person": gettext_lazy("People"),
    "rawitem": gettext_lazy("What arrived"),
}


def left(workspace: Workspace) -> list[tuple[Any, int]]:
    """The tables that hold most, with their rows: they stand in rooms above and are known by their links to here."""
    links = {link.related_model._meta.model_name: link.related_model for link in Workspace._meta.related_objects}
    return [
        (words, links[name]._default_manager.filter(workspace=workspace).count())
        for name, words in WORDS.items()
        if name in links
    ]
