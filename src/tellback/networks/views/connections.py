"""Where we listen: the list, a new connection, one connection with what it refused."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.secret import WrongKey
from tellback.kit.shell import here
from tellback.networks import configuring
from tellback.networks.adapters import adapter, offered
from tellback.networks.contract import Adapter
from tellback.networks.forms import ConnectionForm
from tellback.networks.models import Connection, Refusal
from tellback.networks.standing import Standing, sentence, standing
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

REFUSED = 20


@members_only()
def connections(request: HtmxRequest, member: Member) -> HttpResponse:
    """Where do we listen, and does it work?"""
    here(request, section="connections")
    rows = Connection.objects.filter(workspace=member.workspace_id).select_related("brand").order_by("name")
    shown = [(row, standing(row, at=now())) for row in rows]
    page = "networks/connections.html#rows" if request.htmx else "networks/connections.html"
    return render(request, page, {
        "rows": [pair for pair in shown if pair[1].state != "removed"],
        "removed": [row for row, state in shown if state.state == "removed"],
        "headline": headline([state for _, state in shown]),
        "may_change": member.may("manager"),
    })  # fmt: skip


def headline(states: list[Standing]) -> str:
    standing_ones = [state.state for state in states if state.state != "removed"]
    trouble = standing_ones.count("trouble")
    if not standing_ones:
        return _("Nowhere yet.")
    heard = sum(state in {"listening", "fresh"} for state in standing_ones)
    if len(standing_ones) == 1:
        return headline_of_one(trouble=bool(trouble), heard=bool(heard))
    if trouble:
        words = ngettext(
            "%(trouble)s of %(all)s connections is not reachable.",
            "%(trouble)s of %(all)s connections are not reachable.",
            trouble,
        )
        return words % {"trouble": trouble, "all": len(standing_ones)}
    return _("We listen at %(heard)s of %(all)s connections. All that listen are reachable.") % {
        "heard": heard, "all": len(standing_ones),
    }  # fmt: skip


def headline_of_one(*, trouble: bool, heard: bool) -> str:
    if trouble:
        return _("The one connection is not reachable.")
    return _("We listen at one connection.") if heard else _("The one connection is paused.")


@members_only("manager")
def new(request: HttpRequest, member: Member) -> HttpResponse:
    """Which network?"""
    here(request, section="connections")
    return render(request, "networks/new.html", {"adapters": offered()})


@members_only("manager")
def make(request: HttpRequest, member: Member, network: str) -> HttpResponse:
    """A new connection of one network: filled in, tried, kept."""
    here(request, section="connections")
    chosen = offered_as(network)
    form = ConnectionForm(request.POST or None, adapter=chosen, workspace=member.workspace)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        faults = configuring.check(form.adapter, form.all_settings())
        if not faults or request.POST.get("anyway"):
            fault = " ".join(map(sentence, faults))
            row = configuring.create(member.workspace, chosen, form.wishes(), by=member.user, at=now(), fault=fault)
            kept(request, fault, _("“%(name)s” listens from now on.") % {"name": row.name})
            return redirect("networks:connection", member.workspace.slug, row.pk)
    return form_page(request, form, faults, adapter=chosen)


def offered_as(network: str) -> Adapter:
    found = next((one for one in offered() if one.name == network), None)
    if found is None:
        raise Http404("No such network can be connected on a page.")
    return found


def kept(request: HttpRequest, fault: str, words: str) -> None:
    """Say that it is kept, and only where its trial went well that it listens."""
    if fault:
        messages.warning(request, _("Kept, and not reachable yet. What the trial found stands below."))
    else:
        messages.success(request, words)


def form_page(request: HttpRequest, form: ConnectionForm, faults: list[str], **more: Any) -> HttpResponse:
    wrong = bool(form.errors or faults)
    return render(request, "networks/form.html", {"form": form, "faults": faults, **more}, status=422 if wrong else 200)


def found(member: Member, pk: int) -> Connection:
    row: Connection = get_object_or_404(
        Connection.objects.select_related("brand"), pk=pk, workspace=member.workspace_id
    )
    return row


def adapter_of(row: Connection) -> Adapter | None:
    """None where its module is gone: the page still says what it heard."""
    try:
        return adapter(row.network)
    except (KeyError, ImportError):
        return None


@members_only()
def connection(request: HtmxRequest, member: Member, pk: int) -> HttpResponse:
    """One connection: how it stands, how it is set up, what it could not take."""
    here(request, section="connections")
    return detail(request, member, found(member, pk))


def detail(request: HtmxRequest, member: Member, row: Connection, **more: Any) -> HttpResponse:
    known = adapter_of(row)
    refused = Refusal.objects.filter(connection=row).order_by("-id")
    page = "networks/connection.html#standing" if request.htmx and not more else "networks/connection.html"
    return render(request, page, {
        "row": row, "standing": standing(row, at=now()), "adapter": known,
        "settings": settings_shown(row, known), "refused": list(refused[:REFUSED]),
        "on_page": row.network in {one.name for one in offered()}, "may_change": member.may("manager"), **more,
    })  # fmt: skip


def settings_shown(row: Connection, known: Adapter | None) -> list[tuple[str, str]]:
    """Label and value; of a secret only whether it is kept."""
    shown = []
    for one in known.fields if known else ():
        if one.secret:
            shown.append((one.label, _("kept, encrypted") if configuring.has_secret(row, one.name) else _("none")))
        elif row.settings.get(one.name) not in {None, ""}:
            value = row.settings[one.name]
            shown.append((one.label, (_("yes") if value else _("no")) if one.kind == "switch" else str(value)))
    return shown


@members_only("manager")
def settings(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Other settings for a connection that stands."""
    here(request, section="connections")
    row = found(member, pk)
    form = ConnectionForm(request.POST or None, adapter=offered_as(row.network), workspace=member.workspace, row=row)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        faults = configuring.check(form.adapter, form.all_settings())
        if not faults or request.POST.get("anyway"):
            fault = " ".join(map(sentence, faults))
            configuring.change(row, form.wishes(), by=member.user, at=now(), fault=fault)
            kept(request, fault, _("Kept. It is used from the next turn on."))
            return redirect("networks:connection", member.workspace.slug, row.pk)
    return form_page(request, form, faults, adapter=form.adapter, row=row)


@require_POST
@members_only("manager")
def check(request: HtmxRequest, member: Member, pk: int) -> HttpResponse:
    """Try it now."""
    here(request, section="connections")
    row = found(member, pk)
    known = adapter_of(row)
    try:
        faults = configuring.check(known, row.all_settings()) if known else [_("Its network is not installed here.")]
    except WrongKey as wrong:
        faults = [str(wrong)]
    return detail(request, member, row, tried=True, faults=faults)


@require_http_methods(["POST", "DELETE"])
@members_only("manager")
def pause(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """POST pauses, DELETE lets it go on."""
    row = found(member, pk)
    if is_delete(request):
        configuring.resume(row, by=member.user, at=now())
        messages.success(request, _("It listens again."))
    else:
        configuring.pause(row, by=member.user, at=now())
        messages.success(request, _("It is paused. What it has heard is kept."))
    return redirect("networks:connection", member.workspace.slug, row.pk)


@require_http_methods(["GET", "POST", "DELETE"])
@members_only("manager")
def removal(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """GET says what goes and what stays, POST removes, DELETE brings back."""
    here(request, section="connections")
    row = found(member, pk)
    if is_delete(request):
        back = configuring.bring_back(row, by=member.user, at=now())
        messages.success(request, _("“%(name)s” is back.") % {"name": back.name})
        return redirect("networks:connection", member.workspace.slug, row.pk)
    if request.method == "POST":
        configuring.remove(row, by=member.user, at=now())
        messages.success(
            request,
            _("“%(name)s” is removed. What it heard is kept, and it can be brought back below.") % {"name": row.name},
        )
        return redirect("networks:connections", member.workspace.slug)
    return render(request, "networks/removal.html", {"row": row})


def is_delete(request: HttpRequest) -> bool:
    return request.method == "DELETE" or request.POST.get("_method") == "delete"
