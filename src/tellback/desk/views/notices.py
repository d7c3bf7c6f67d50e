"""Notices: what needs a person's eye beyond the inbox."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tellback.desk.loading import at, one
from tellback.desk.ordering import whole
from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.shell import here
from tellback.notices.models import Notice, read
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

MOST = 100


@require_GET
@members_only()
def notices(request: HtmxRequest, member: Member) -> HttpResponse:
    here(request, section="notices")
    rows = Notice.objects.unread(member.user, member.workspace)[:MOST]
    listed = [(row, address(member, row.url)) for row in rows]
    part = "#list" if request.htmx else ""
    return render(request, f"desk/notices.html{part}", {"notices": listed})


@require_POST
@members_only()
def reading(request: HttpRequest, member: Member, notice: int) -> HttpResponse:
    """Mark one as read, and go where it leads if asked."""
    query = Notice.objects.unread(member.user, member.workspace).filter(pk=notice)
    row = one(query, "It was read already, or is not for you.")
    read(row, by=member.user, at=now())
    url = address(member, row.url)
    return redirect(url if url and request.POST.get("go") else at(member, "notices"))


def address(member: Member, written: str) -> str:
    """The page that a notice means: "case:12" or "connection:3"; "" where it names none."""
    noun, _, pk = written.partition(":")
    if noun == "case" and whole(pk):
        return at(member, "case", int(pk))
    return reverse("networks:connections", args=[member.workspace.slug]) if noun == "connection" else ""
