"""What one does with a case. Each verb is a resource: POST does it, DELETE takes it back."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tellback.cases import closing, holding, snoozing
from tellback.cases import strands as conversations
from tellback.cases.models import Case, Strand
from tellback.desk import undoing
from tellback.desk.choices import moment
from tellback.desk.loading import at, back, case_of, is_ours, verb
from tellback.desk.ordering import whole
from tellback.desk.views.case import case_page
from tellback.kit.clock import now
from tellback.kit.templatetags.kit import alone
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member, User

KEPT = 1000  # letters of a small field that come back with what was wrong


def said(
    request: HttpRequest, member: Member, case: Case, words: str, act: str = "", *, before: int | str | None = None
) -> None:
    """Say what happened; where it can be taken back, with the undo beside it."""
    undo = ""
    if act:
        undoing.remember(request, member, case, act, before)
        stay = request.POST.get("stay", "")
        place = {"case": case.pk} | ({"back": stay} if is_ours(stay) else {})
        undo = f"{at(member, 'undo')}?{urlencode(place)}"
    messages.success(request, words, extra_tags=undo)


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def hold(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """POST: take it, or give it to the member named in `to`, or to "nobody". DELETE: let it go."""
    case = case_of(member, pk)
    before, to = case.holder_id, request.POST.get("to", "")
    if verb(request) == "DELETE" or to == "nobody":
        if before is not None or case.team_id is not None:
            holding.let_go(case, by=member.user, at=now())
        said(request, member, case, _("Nobody has it now."), "held" if before else "", before=before)
        return back(request, member, case)
    holder = colleague(member, to) if to else member.user
    holding.assign(case, holder=holder, team=case.team, by=member.user, at=now())
    words = _("You have it.") if holder == member.user else _("%(who)s has it.") % {"who": holder}
    said(request, member, case, words, "held", before=before)
    return back(request, member, case)


def colleague(member: Member, pk: str) -> User:
    row = member.workspace.members.answering().select_related("user").filter(pk=pk).first() if whole(pk) else None
    if row is None:
        raise Http404("Nobody here answers by that name.")
    return row.user


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def closure(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """POST: close for `reason`, with `words`. DELETE: open again."""
    case = case_of(member, pk)
    if verb(request) == "DELETE":
        why = request.POST.get("why", "").strip()[:200] or _("a member opened it")
        closing.reopen(case, why=why, by=member.user, at=now())
        said(request, member, case, _("It is open again."))
        return back(request, member, case)
    reason = request.POST.get("reason", "told")
    try:
        row = closing.close(case, reason=reason, words=request.POST.get("words", ""), by=member.user, at=now())
    except closing.CannotClose as fault:
        messages.error(request, str(fault))
        return back(request, member, case)
    words = _("%(how)s: %(title)s") % {"how": row.get_reason_display().capitalize(), "title": alone(case.title)}
    said(request, member, case, words, "closed")
    return back(request, member, case, gone=True)


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def snooze(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """POST: put it off until `choice` or `until`. DELETE: wake it."""
    case = case_of(member, pk)
    if verb(request) == "DELETE":
        snoozing.wake(case, at=now(), by=member.user)
        said(request, member, case, _("It is back in the queue."))
        return back(request, member, case)
    try:
        until = moment(request.POST.get("choice", ""), request.POST.get("until", ""), now(), member.workspace.zone)
        snoozing.snooze(case, until=until, by=member.user, at=now())
    except ValueError as fault:
        messages.error(request, str(fault))
        return back(request, member, case)
    said(request, member, case, _("Put off: %(title)s") % {"title": alone(case.title)}, "snoozed")
    return back(request, member, case, gone=True)


@require_POST
@members_only("agent")
def notes(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    case = case_of(member, pk)
    try:
        holding.note(case, text=request.POST.get("text", "")[:20_000], by=member.user, at=now())
    except ValueError as fault:
        messages.error(request, str(fault))
    return back(request, member, case)


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def tags(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    case = case_of(member, pk)
    name, on = request.POST.get("tag", ""), verb(request) == "POST"
    try:
        stored = holding.tag(case, name, on=on, by=member.user, at=now())
    except ValueError as fault:
        return case_page(request, member, case, kept={"tag_wrong": str(fault), "tag_typed": name[:KEPT]})
    if on:
        said(request, member, case, _("Tagged: %(tag)s") % {"tag": stored}, "tagged", before=stored)
    return back(request, member, case)


@require_POST
@members_only("agent")
def title(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    case = case_of(member, pk)
    before, words = case.title, request.POST.get("title", "").strip()
    if not words:
        messages.error(request, _("Write the name first; the old one was kept."))
        return back(request, member, case)
    holding.rename(case, words, by=member.user, at=now())
    said(request, member, case, _("Named: %(title)s") % {"title": alone(case.title)}, "named", before=before)
    return back(request, member, case)


@require_POST
@members_only("agent")
def strands(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Bring the conversations of the case `from` into this one."""
    case = case_of(member, pk)
    other = request.POST.get("from", "")
    if not whole(other):
        raise Http404("There is no such case.")
    source = case_of(member, int(other))
    try:
        for strand in Strand.objects.filter(case=source).select_related("case"):
            conversations.move(strand, case, by=member.user, at=now())
        said(
            request,
            member,
            case,
            _("The conversations of “%(title)s” stand here now.") % {"title": alone(source.title)},
        )
    except conversations.CannotMove as fault:
        messages.error(request, str(fault))
    return back(request, member, case)


@require_POST
@members_only("agent")
def undo(request: HttpRequest, member: Member) -> HttpResponse:
    """Take back this session's last act: on the case named in the address, or on any."""
    asked = request.GET.get("case", "")
    act = undoing.forget_last(request, member, int(asked) if whole(asked) else None)
    if act is None:
        messages.info(request, _("There is nothing to take back."))
        return back(request, member)
    pk, name, before = act
    case = case_of(member, pk)
    messages.success(request, undoing.UNDO[name](case, before, member.user, now()))
    asked = request.GET.get("back", "")
    return redirect(asked) if is_ours(asked) else back(request, member, case)
