"""Opening hours: calendars, their week, and the days on which nobody answers."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import calendars
from tellback.workspace.forms import ClosedDay, Week
from tellback.workspace.gate import members_only
from tellback.workspace.models import Calendar, Holiday, Member
from tellback.workspace.openness import openness
from tellback.workspace.views.saving import save_or_show, shown

PAGE = "workspace/calendar.html"


@members_only("reader")
@require_safe
def hours(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="settings")
    rows = (
        Calendar.objects.filter(workspace=member.workspace).prefetch_related("holidays", "brand_set").order_by("name")
    )
    found = [(row, openness(row.hours(), now())) for row in rows]
    context = {"part": "hours", "found": found, "may": member.may("manager")}
    return TemplateResponse(request, "workspace/hours.html", context)


@members_only("manager")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, member: Member) -> HttpResponse:
    return edit(request, member, None)


@members_only("reader")
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Calendar, workspace=member.workspace, pk=pk)
    return edit(request, member, row)


def edit(request: HttpRequest, member: Member, row: Calendar | None) -> HttpResponse:
    form = Week(request.POST or None, workspace=member.workspace, calendar=row)

    def save() -> tuple[str, str]:
        said, at = form.cleaned_data, now()
        saved = calendars.save_calendar(
            member.workspace, row, name=said["name"], zone=said["zone"], week=form.week(), by=member, at=at
        )
        words = _("Saved. %(stand)s") % {"stand": openness(saved.hours(), at)}
        return words, reverse("space:calendar", args=[member.workspace.slug, saved.pk])

    return save_or_show(request, member, form, save, template=PAGE, context=calendar_context(member, row, ClosedDay()))


def calendar_context(member: Member, row: Calendar | None, day: ClosedDay) -> dict[str, object]:
    return {
        "part": "hours",
        "day": day,
        "calendar": row,
        "holidays": row.holidays.order_by("day") if row else [],
        "stand": openness(row.hours(), now()) if row else "",
        "may_delete": row and member.may("owner"),
    }


@members_only("owner")
@require_POST
def deletion(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Calendar, workspace=member.workspace, pk=pk)
    calendars.delete_calendar(row, by=member, at=now())
    messages.success(request, _("%(name)s is deleted. Brands that used it are always open now.") % {"name": row.name})
    return redirect("space:hours", member.workspace.slug)


@members_only("manager")
@require_POST
def holidays(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """A closed day more."""
    row = get_object_or_404(Calendar, workspace=member.workspace, pk=pk)
    form = ClosedDay(request.POST, today=now().astimezone(ZoneInfo(row.zone)).date())
    if not form.is_valid():
        here(request, section="settings")
        week = Week(workspace=member.workspace, calendar=row)
        return shown(request, member, week, template=PAGE, context=calendar_context(member, row, form))
    saved = calendars.close_on(row, form.cleaned_data["day"], name=form.cleaned_data["name"], by=member, at=now())
    messages.success(request, _("Closed on %(day)s.") % {"day": day_words(saved)})
    return redirect("space:calendar", member.workspace.slug, pk)


@members_only("manager")
@require_POST
def holiday_removal(request: HttpRequest, member: Member, pk: int, day: int) -> HttpResponse:
    found = Holiday.objects.filter(calendar__workspace=member.workspace).select_related("calendar__workspace")
    row = get_object_or_404(found, calendar=pk, pk=day)
    words = day_words(row)
    calendars.open_again(row, by=member, at=now())
    messages.success(request, _("Open again on %(day)s.") % {"day": words})
    return redirect("space:calendar", member.workspace.slug, pk)


def day_words(row: Holiday) -> str:
    """ "26 December 2026 (Boxing Day)"."""
    day = date_format(row.day, "j F Y")
    return f"{day} ({row.name})" if row.name else day
