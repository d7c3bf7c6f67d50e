"""The versions of the chart: which is in force, what each says, and how to change it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.triage.chart import load
from tellback.triage.difference import differences
from tellback.triage.drawing import Words, draw
from tellback.triage.drawing_list import as_list
from tellback.triage.examples import SHIPPED
from tellback.triage.filing import write_policy, written_out
from tellback.triage.forms import PolicyForm
from tellback.triage.models import Adoption, Policy
from tellback.triage.policy import adopt, keep_shipped, written_shipped
from tellback.triage.trial import counts_of, through, tried
from tellback.triage.views.charts import policy_of
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

SHOWN = 50


@members_only()
def policies(request: HttpRequest, member: Member) -> HttpResponse:
    """By which chart do we work, and which could we?"""
    here(request, section="chart")
    return render(request, "triage/policies.html", {**versions(member), "form": PolicyForm()})


def versions(member: Member) -> dict[str, Any]:
    rows = list(Policy.objects.filter(workspace=member.workspace_id).select_related("by").order_by("-version")[:SHOWN])
    standing = {row.policy_id: row for row in Adoption.objects.filter(workspace=member.workspace_id).order_by("at")}
    in_force = next((row for row in standing.values() if row.ended_at is None), None)
    return {
        "versions": [(row, standing.get(row.pk)) for row in rows],
        "in_force": Policy.objects.in_force(member.workspace_id),
        "since": in_force,
        "shipped": [load(written_shipped(name)) for name in SHIPPED],
        "may_change": member.may("manager"),
    }


@members_only("manager")
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a policy file. It is kept as a version when it is sound and its examples hold, and is not yet in force."""
    here(request, section="chart")
    form = PolicyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        standing = form.standing(member.workspace)
        if standing is not None:
            messages.info(request, same_words(standing))
            return redirect("triage:policy", member.workspace.slug, standing.version)
        policy = form.keep(member.workspace, by=member.user, at=now())
        if policy is not None:
            messages.success(
                request, _("It is kept as version %(version)s, and not yet in force.") % {"version": policy.version}
            )
            return redirect("triage:policy", member.workspace.slug, policy.version)
    return render(request, "triage/policy_new.html", {"form": form}, status=422 if form.errors else 200)


def same_words(row: Policy) -> str:
    return _("This is version %(version)s already, word for word. No new version is kept.") % {"version": row.version}


@members_only()
def policy(request: HttpRequest, member: Member, version: int) -> HttpResponse:
    """One version, drawn, with its examples and what it changes."""
    here(request, section="chart")
    row = policy_of(member, version)
    written = {**row.chart, "examples": row.examples}
    in_force = Policy.objects.in_force(member.workspace_id)
    return render(request, "triage/policy.html", {
        **shown(request, written, in_force), "version": row, "is_in_force": row.pk == in_force.pk,
        "adoptions": row.adoptions.select_related("by").order_by("-at")[:SHOWN], "may_change": member.may("manager"),
    })  # fmt: skip


@members_only()
def shipped(request: HttpRequest, member: Member, name: str) -> HttpResponse:
    """One of the charts that come with Tellback."""
    here(request, section="chart")
    in_force = Policy.objects.in_force(member.workspace_id)
    return render(request, "triage/policy.html", {
        **shown(request, written_of(name), in_force), "shipped": name, "may_change": member.may("manager"),
    })  # fmt: skip


def shown(request: HttpRequest, written: dict[str, Any], in_force: Policy) -> dict[str, Any]:
    """A chart drawn as its examples go through it; ?edge= and ?node= choose among them."""
    chart, results = tried(written)
    counts = counts_of(results)
    edge, node = request.GET.get("edge", ""), request.GET.get("node", "")
    return {
        "chart": chart,
        "drawing": draw(chart, counts, words=Words(_("examples"), "{}", "{}", _("{} wait"))),
        "rows": as_list(chart, counts),
        "examples": through(results, edge=edge, node=node),
        "count": len(results),
        "held": sum(result.held for result in results),
        "is_part": bool(edge or node),
        "differences": differences(in_force.drawn(), chart),
        "in_force": in_force,
    }


def written_of(name: str) -> dict[str, Any]:
    if name not in SHIPPED:
        raise Http404("Tellback comes with no such chart.")
    return written_shipped(name)


@require_POST
@members_only("manager")
def adoption(request: HttpRequest, member: Member, version: int) -> HttpResponse:
    """Put a version in force."""
    return put_in_force(request, member, policy_of(member, version))


@require_POST
@members_only("manager")
def shipped_adoption(request: HttpRequest, member: Member, name: str) -> HttpResponse:
    """Put a chart in force that comes with Tellback: it becomes a version of this workspace, unless it is one."""
    written_of(name)
    return put_in_force(request, member, keep_shipped(member.workspace, name, by=member.user, at=now()))


def put_in_force(request: HttpRequest, member: Member, row: Policy) -> HttpResponse:
    before = Policy.objects.in_force(member.workspace_id)
    if before.pk == row.pk:
        messages.info(request, _("Version %(version)s is in force already.") % {"version": row.version})
    else:
        adopt(row, by=member.user, at=now())
        said = {"version": row.version, "before": before.version}
        messages.success(
            request,
            _("Version %(version)s judges from now on. Version %(before)s is kept; put it back at any time.") % said,
        )
    return redirect("triage:policies", member.workspace.slug)


@members_only()
def file(request: HttpRequest, member: Member, version: int) -> HttpResponse:
    """A version as a file."""
    row = policy_of(member, version)
    return as_file(write_policy(row), f"{row.chart['id']}-{row.version}")


@members_only()
def shipped_file(request: HttpRequest, member: Member, name: str) -> HttpResponse:
    return as_file(written_out(written_of(name)), name)


def as_file(text: str, name: str) -> HttpResponse:
    safe = "".join(sign for sign in name if sign.isalnum() or sign in "-_")
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{safe}.json"'},
    )
