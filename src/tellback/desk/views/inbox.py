"""The inbox: who waits, longest first?"""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from tellback.cases.models import Case
from tellback.desk import queues
from tellback.desk.loading import at, list_url, with_near
from tellback.desk.ordering import whole
from tellback.desk.queues import Chosen
from tellback.desk.rows import rows_of
from tellback.desk.views.case import pane_context
from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.kit.time import span
from tellback.networks.models import Connection
from tellback.workspace.gate import members_only
from tellback.workspace.models import Brand, Member

LANES = ("Before a sale", "After a sale", "Complaint", "Praise", "Question")
TITLES = {
    "waiting": gettext_lazy("Waiting"), "mine": gettext_lazy("Mine"), "unassigned": gettext_lazy("Unassigned"),
    "next": gettext_lazy("Next answer"),
    "snoozed": gettext_lazy("Snoozed"), "closed": gettext_lazy("Closed"), "approvals": gettext_lazy("To approve"),
}  # fmt: skip
SORT_WORDS = {
    "urgent": gettext_lazy("Urgent first"), "longest": gettext_lazy("Longest first"),
    "newest": gettext_lazy("Newest first"),
}  # fmt: skip


@require_GET
@members_only()
def inbox(request: HttpRequest, member: Member) -> HttpResponse:
    want = queues.chosen(member, request.GET)
    here(request, section=f"brand:{want.brand.pk}" if want.brand else want.queue)
    context = list_context(member, want)
    if not context["rows"] and not want.is_filtered and is_new(member):
        return render(request, "desk/first_run.html", first_run(member))
    near = request.GET.get("near", "")[:60]
    case = chosen_case(member, request.GET.get("case", ""), context["cases"], standing(context["cases"], want, near))
    if case:
        context |= pane_context(request, member, case, back=with_near(list_url(member, want), case, want, near))
        context |= {"takes_focus": bool(near), "gap": gap(context["cases"], case, want, near)}
    return render(
        request,
        "desk/inbox.html",
        {
            **context,
            "chosen": case,
            "filters": filters(member, want),
            "opened": "filter" in request.GET,
            **acting(member),
        },
    )


@require_GET
@members_only()
def rows(request: HttpRequest, member: Member) -> HttpResponse:
    """The list alone, for a page that is live."""
    want = queues.chosen(member, request.GET)
    return render(request, "desk/inbox.html#rows", list_context(member, want) | {"alone": True})


@require_GET
@members_only()
def rail(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section=request.GET.get("here", "")[:40])
    return render(request, "kit/_rail_rows.html")


def list_context(member: Member, want: Chosen) -> dict[str, Any]:
    at_once = now()
    cases, last = queues.page(member, want)
    return {
        "want": want,
        "title": TITLES[want.queue],
        "cases": cases,
        "rows": rows_of(
            cases, workspace=member.workspace, now=at_once, back=list_url(member, want), mine=want.queue == "mine"
        ),
        "sentence": sentence(member, want, cases),
        "under": under(member, want),
        "sorts": sorts(member, want),
        "later_url": f"{at(member, 'inbox')}?{want.query(after=last)}" if last else "",
        "first_url": f"{at(member, 'inbox')}?{want.query(after='')}" if want.after else "",
        "list_url": list_url(member, want),
        "rows_url": f"{at(member, 'rows')}?{want.query()}",
    }


def sentence(member: Member, want: Chosen, cases: Sequence[Case]) -> str:
    """The answer to the page's question, in figures and words."""
    query = queues.cases_of(member, want)
    count = queues.counted(query) if cases or want.after else queues.Count(0, False)
    if want.queue in {"waiting", "unassigned", "next"}:
        return f"{waits(count)} {past(queues.late(query, now()))}".strip() if count.number else _("Nobody waits.")
    many = {
        "mine": ngettext("You have %(count)s case.", "You have %(count)s cases.", count.number),
        "snoozed": ngettext("%(count)s case is put off.", "%(count)s cases are put off.", count.number),
        "closed": ngettext("%(count)s case is closed.", "%(count)s cases are closed.", count.number),
        "approvals": ngettext(
            "%(count)s reply waits for a second person.", "%(count)s replies wait for a second person.", count.number
        ),
    }  # fmt: skip
    none = {
        "mine": _("You have no case."), "snoozed": _("No case is put off."), "closed": _("No case is closed yet."),
        "approvals": _("No reply waits for a second person."),
    }  # fmt: skip
    return many[want.queue] % {"count": count} if count.number else none[want.queue]


def waits(count: queues.Count) -> str:
    return ngettext("%(count)s case waits.", "%(count)s cases wait.", count.number) % {"count": count}


def past(count: queues.Count) -> str:
    return _("%(count)s past what we promised.") % {"count": count} if count.number else ""


def under(member: Member, want: Chosen) -> str:
    order = {
        "snoozed": _("First to wake first"), "closed": _("Last closed first"), "approvals": _("Longest first"),
    }.get(want.queue, "")  # fmt: skip
    half = queues.half_answered_within(member, now()) if want.queue == "waiting" else None
    answered = _("half are answered within %(span)s today") % {"span": span(half)} if half and half >= 60 else ""
    return " · ".join(part for part in (order, answered) if part)


def sorts(member: Member, want: Chosen) -> list[tuple[str, str, bool]]:
    """The orders that one may choose: words, address, whether it stands."""
    if not want.is_sorted:
        return []
    inbox = at(member, "inbox")
    return [
        (str(words), f"{inbox}?{want.query(sort=sort, after='')}".rstrip("?"), sort == want.sort)
        for sort, words in SORT_WORDS.items()
    ]


def standing(cases: Sequence[Case], want: Chosen, near: str) -> int:
    """The row at a place; behind the last one there is none to follow: the last it is."""
    place = queues.place_in(cases, want, near) if near else 0
    return len(cases) - 1 if place is None else place


def chosen_case(member: Member, asked: str, cases: Sequence[Case], place: int) -> Case | None:
    """The case that the address names, in whatever queue it is; else the row at the place that it names."""
    named = Case.objects.filter(workspace=member.workspace, pk=asked) if whole(asked) else Case.objects.none()
    found: Case | None = named.select_related("workspace", "brand__calendar", "person", "holder").first()
    return found or (cases[place] if cases else None)


def gap(cases: Sequence[Case], chosen: Case, want: Chosen, near: str) -> int | None:
    """The row that took the place of the chosen case, once that has left the list: from there J and K go on."""
    if any(case.pk == chosen.pk for case in cases):
        return None
    place = queues.place_in(cases, want, near or queues.key_in(chosen, want))
    return cases[place].pk if place is not None else None


def filters(member: Member, want: Chosen) -> dict[str, Any]:
    """What one may filter by: few of each, since they stand as words."""
    networks = Connection.objects.filter(workspace=member.workspace).values_list("label", flat=True).distinct()
    return {
        "brands": list(Brand.objects.ours().filter(workspace=member.workspace).order_by("name")[:500]),
        "networks": sorted(set(networks[:50])),
        "lanes": LANES,
        "tags": list(member.workspace.tags.order_by("name")[:50]),
    }


def acting(member: Member) -> dict[str, Any]:
    return {"may_act": member.may("agent"), "queue_names": list(TITLES.items())}


def is_new(member: Member) -> bool:
    """Nothing to listen for, or nowhere to listen."""
    space = member.workspace
    brands = Brand.objects.ours().filter(workspace=space).exists()
    return not (brands and Connection.objects.filter(workspace=space).exists())


def first_run(member: Member) -> dict[str, Any]:
    space = member.workspace
    return {
        "has_brand": Brand.objects.ours().filter(workspace=space).exists(),
        "listens": Connection.objects.filter(workspace=space).exists(),
        "has_colleague": space.members.active().count() > 1,
    }
