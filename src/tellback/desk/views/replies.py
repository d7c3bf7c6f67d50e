"""Writing to the person of a case, and what becomes of it on its way out."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tellback.cases.answering import said_already, take_and_answer
from tellback.cases.models import Case
from tellback.desk.loading import at, back, case_of, reply_of
from tellback.desk.ordering import whole
from tellback.desk.views.case import case_page
from tellback.desk.writing import composer
from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.listen.attaching import LARGEST
from tellback.loop import telling
from tellback.networks.contract import Enclosed
from tellback.replies import sending
from tellback.replies.drafting import is_sent, keep_draft
from tellback.replies.models import Reply
from tellback.replies.repeating import try_again
from tellback.replies.reply import text_digest
from tellback.replies.sending import CannotSend
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

ONE_TIME = re.compile(r"[0-9a-f]{32}")


@require_POST
@members_only("agent")
def send(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Send, or send and close once it has arrived. What cannot go comes back with its text and why."""
    case = case_of(member, pk)
    text, to = request.POST.get("text", ""), request.POST.get("post", "")
    written = composer(case, member, now=now(), text=text, to=int(to) if whole(to) else None)
    closes, key = request.POST.get("close") == "told", key_of(request)
    try:
        if not case.is_open and not said_already(case, key, text, member.user):
            raise CannotSend(_("The case is closed. Open it again first; your text is kept here."))
        reply = take_and_answer(
            case, key=key, text=text, by=member.user, at=now(), post=written.post, close_after=closes,
            files=files_of(request),
        )  # fmt: skip
    except CannotSend as fault:
        written.wrong, case = str(fault), case_of(member, pk)  # what was begun with it was taken back
        return case_page(request, member, case, writing=written)
    messages.success(request, words_for(reply, closes), extra_tags=f"reply-{reply.pk}")
    return back(request, member, case)


def key_of(request: HttpRequest) -> str:
    """The one-time key of the composer's form: 32 hex digits, "" for anything else."""
    key = request.POST.get("key", "")
    return key if ONE_TIME.fullmatch(key) else ""


def files_of(request: HttpRequest) -> list[Enclosed]:
    """What was chosen to go with the words. One that is too large is not read, and refused by its length."""
    return [
        Enclosed(file.name or "file", file.content_type or "", file.read(LARGEST + 1))
        for file in request.FILES.getlist("files")
    ]


def words_for(reply: Reply, closes: bool) -> str:
    if reply.state == Reply.State.ASKED:
        return _("Your reply waits for a second person.")
    if closes:
        return _("On its way. The case closes as told once it has arrived.")
    return _("On its way.")


@require_POST
@members_only("agent")
def draft(request: HtmxRequest, member: Member, pk: int) -> HttpResponse:
    """Keep what is written so far, and say how it stands with the five considerations."""
    case = case_of(member, pk)
    text, to = request.POST.get("text", ""), request.POST.get("post", "")
    written = composer(case, member, now=now(), text=text, to=int(to) if whole(to) else None)
    key = key_of(request)
    if written.post:
        written.draft = keep_draft(written.post, case.brand_id, text, by=member.user, at=now(), key=key)
    if not request.htmx:
        return back(request, member, case)
    return render(
        request,
        "desk/_composer.html#considered",
        {"composer": written, "case": case, "fresh": True, "sent": is_sent(key)},
    )


@require_POST
@members_only("agent")
def approve(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """A second person says yes to exactly these words: those that they saw."""
    reply = reply_of(member, pk)
    try:
        if request.POST.get("digest") != text_digest(reply.text):
            raise CannotSend(_("The words were changed since you read them. Read them again."))
        count = telling.approve(reply, by=member.user, at=now())
        words = ngettext("Approved. It is on its way.", "Approved for %(count)s people. It is on its way.", count)
        messages.success(request, words % {"count": count})
    except CannotSend as fault:
        messages.error(request, str(fault))
    return to_case(request, member, reply)


@require_POST
@members_only("agent")
def text(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Other words for a reply that has not gone out; they ask for approval again."""
    reply = reply_of(member, pk)
    try:
        sending.change_text(reply, request.POST.get("text", ""), by=member.user, at=now())
        messages.success(request, _("The words are changed. A second person reads them now."))
    except CannotSend as fault:
        messages.error(request, str(fault))
    return to_case(request, member, reply)


@require_POST
@members_only("agent")
def decide(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Nobody knew whether it arrived; a person looked."""
    reply = reply_of(member, pk)
    arrived = request.POST.get("arrived") == "yes"
    if reply.state == Reply.State.UNKNOWN and request.POST.get("arrived") in {"yes", "no"}:
        sending.decide(reply, arrived=arrived, by=member.user, at=now())
        messages.success(request, _("It counts as told.") if arrived else _("It is sent again."))
    else:
        messages.info(request, _("That has been settled already."))
    return to_case(request, member, reply)


@require_POST
@members_only("agent")
def attempt(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Try a failed one again, as it is."""
    reply = reply_of(member, pk)
    case = case_with(member, reply)
    try:
        if case and not case.is_open and reply.to.person_id == case.person_id:
            raise CannotSend(_("The case is closed. Open it again first."))
        messages.success(request, words_for(try_again(reply, by=member.user, at=now()), closes=False))
    except CannotSend as fault:
        messages.error(request, str(fault))
    return to_case(request, member, reply)


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def withdraw(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    reply = reply_of(member, pk)
    if sending.withdraw(reply):
        messages.success(request, _("Withdrawn before it went."))
    else:
        messages.error(request, _("It has gone out already."))
    return to_case(request, member, reply)


def to_case(request: HttpRequest, member: Member, reply: Reply) -> HttpResponse:
    case = case_with(member, reply)
    return back(request, member, case) if case else redirect(at(member, "inbox"))


def case_with(member: Member, reply: Reply) -> Case | None:
    found: Case | None = Case.objects.filter(workspace=member.workspace, entries__reply=reply).first()
    return found
