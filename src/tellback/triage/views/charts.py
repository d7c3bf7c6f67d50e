"""The chart in force, drawn with a day's posts, and the posts behind each of its edges."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.shell import here
from tellback.triage.asked import Heap, heap, held_by
from tellback.triage.chart import Chart
from tellback.triage.day import Day, Elsewhere, Flow, day_in, elsewhere, flow
from tellback.triage.drawing import Words, draw
from tellback.triage.drawing_list import as_list
from tellback.triage.headline import headline
from tellback.triage.models import Policy
from tellback.triage.passed import edge_of, passed
from tellback.workspace.gate import members_only
from tellback.workspace.models import Brand, Member


def whole(text: str) -> int | None:
    """A row's id from an address; None for what cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@dataclass(frozen=True)
class Look:
    """What an address asks to see of the chart in force."""

    member: Member
    asked: Any  # the query of the address

    @cached_property
    def policy(self) -> Policy:
        found: Policy = Policy.objects.select_related("workspace").in_force(self.member.workspace_id)
        return found

    @cached_property
    def brands(self) -> list[Brand]:
        return list(Brand.objects.filter(workspace=self.member.workspace_id).order_by("name"))

    @cached_property
    def brand(self) -> Brand | None:
        wanted = self.asked.get("brand", "")
        if not wanted:
            return None
        found = next((brand for brand in self.brands if str(brand.pk) == wanted), None)
        if found is None:
            raise Http404("There is no such brand here.")
        return found

    @cached_property
    def day(self) -> Day:
        return day_in(self.policy, self.asked.get("day", ""), at=now(), brand=self.brand)

    def query(self, **more: object) -> str:
        """The same look as the query of an address, with `more` put in."""
        parts = {
            "brand": self.brand.pk if self.brand else "",
            "day": "" if self.day.is_today else self.day.date.isoformat(),
            **more,
        }
        return urlencode({name: value for name, value in parts.items() if value not in {"", None}})


@members_only()
def chart(request: HtmxRequest, member: Member) -> HttpResponse:
    """Where do our posts go?"""
    here(request, section="chart")
    look = Look(member, request.GET)
    if request.GET.get("edge"):
        address = reverse("triage:edge", args=[member.workspace.slug, request.GET["edge"]])
        return redirect(f"{address}?{look.query()}")
    page = "triage/chart.html#page" if request.htmx else "triage/chart.html"
    return render(request, page, seen(look))


def seen(look: Look) -> dict[str, Any]:
    """All that the page shows."""
    drawn = look.policy.drawn()
    going, other = flow(look.day), elsewhere(look.day)
    node = chosen_node(drawn, going, look.asked.get("node", ""))
    asked = asked_at(look, node)
    drawing = draw(drawn, going.counts, chosen=node if asked.now else "", words=words_of(look.day, going, other))
    return {
        "look": look,
        "policy": look.policy,
        "in_force": look.policy.adoptions.filter(ended_at=None).first(),
        "flow": going,
        "headline": headline(look.day, drawn, going, node, other),
        "drawing": drawing,
        "rows": as_list(drawn, going.counts),
        "table": table(drawn, going) if look.asked.get("table") else None,
        "at": now(),
        "elsewhere": other,
        "heard": going.fresh + other.heard,
        "more": f"&{look.query()}" if look.query() else "",
        "days": neighbours(look.day),
        **answering(look, asked, node),
    }


def answering(look: Look, asked: Heap, node: str) -> dict[str, Any]:
    """What the panel needs to put a question and to come back here."""
    now_asked = asked.now.row.pk if asked.now else ""
    return {
        "heap": asked,
        "node": node,
        "held": held_by(look.member.user, look.member.workspace),
        "may_answer": look.member.may("agent"),
        "part": "chart-page",
        "back": "chart",
        "back_query": look.query(node=node),
        "stay_query": look.query(node=node, question=now_asked, table=look.asked.get("table", "")),
        "skip_query": look.query(node=node, question=asked.next.row.pk if asked.next else ""),
    }


def asked_at(look: Look, node: str) -> Heap:
    if not node or not look.day.is_today:
        return Heap([], 0, None, 0, None)
    return heap(
        look.member.workspace, at=now(), node=node, policy=look.policy,
        brand=look.brand.pk if look.brand else None, wanted=whole(look.asked.get("question", "")),
        behind=whole(look.asked.get("behind", "")),
    )  # fmt: skip


def chosen_node(drawn: Chart, going: Flow, wanted: str) -> str:
    """The heap that hangs into the panel: the wanted one, else the highest."""
    waiting = going.counts.waiting
    if wanted in drawn.nodes:
        return wanted
    return max(waiting, key=lambda node: waiting[node], default="")


def words_of(day: Day, going: Flow, other: Elsewhere) -> Words:
    if not day.is_today:
        return Words(_("by this version") if other.heard else _("heard that day"), "{}", "{}", _("{} wait"))
    heard = _("by this version") if other.heard else _("heard today")
    if going.older:
        heard = _("today, %(older)s before") % {"older": f"{going.older:,}"}
    return Words(heard, _("{} today"), _("{} told"), _("{} wait"))


def neighbours(day: Day) -> dict[str, str]:
    """The days before and after, as addresses name them; no day after today."""
    before = date_of(day, -1)
    return {
        "before": before,
        "after": "" if day.is_today else date_of(day, 1),
        "words": date_format(day.date, "l j F Y"),
    }


def date_of(day: Day, more: int) -> str:
    return (day.date + timedelta(days=more)).isoformat()


def table(drawn: Chart, going: Flow) -> list[dict[str, Any]]:
    """The figures behind the drawing, a row for each edge, and one for each heap."""
    counts, rows = going.counts, []
    for node in drawn.nodes.values():
        for key, edge in node.edges():
            goes = drawn.actions[edge.to].words if edge.to in drawn.actions else drawn.nodes[edge.to].question
            rows.append({"question": node.question, "words": edge.words, "goes": goes, "key": key,
                         "count": counts.edges.get(key, 0)})  # fmt: skip
        if counts.waiting.get(node.id):
            rows.append({"question": node.question, "node": node.id, "count": counts.waiting[node.id]})
    return rows


@members_only()
def edge(request: HttpRequest, member: Member, key: str) -> HttpResponse:
    """The posts that went along one edge, or along it and are still on their way."""
    here(request, section="chart")
    look = Look(member, request.GET)
    found = edge_of(look.policy.drawn(), key)
    if found is None:
        raise Http404("The chart in force has no such edge.")
    going = flow(look.day)
    page = passed(look.day, key, after=request.GET.get("after", ""))
    return render(request, "triage/edge.html", {
        "look": look, "question": found[0], "edge": found[1], "goes": goes_words(look.policy.drawn(), found[1].to),
        "count": going.counts.edges.get(key, 0), "page": page, "days": neighbours(look.day),
        "later": look.query(after=page.later), "query": look.query(),
    })  # fmt: skip


def goes_words(drawn: Chart, to: str) -> str:
    return drawn.actions[to].words if to in drawn.actions else drawn.nodes[to].question


def policy_of(member: Member, version: int) -> Policy:
    """A version of this workspace, or 404."""
    found: Policy = get_object_or_404(
        Policy.objects.select_related("workspace", "by"), workspace=member.workspace_id, version=version
    )
    return found
