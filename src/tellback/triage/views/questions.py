"""The questions that wait for a person, one at a time, and their answers."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.shell import here
from tellback.triage import answering
from tellback.triage.asked import ABOUT, Heap, heap, held_by
from tellback.triage.models import Question
from tellback.triage.views.charts import whole
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member


@members_only()
def questions(request: HtmxRequest, member: Member) -> HttpResponse:
    """What does the chart ask us?"""
    here(request, section="chart")
    wanted, behind = (whole(request.GET.get(name, "")) for name in ("question", "behind"))
    asked = heap(member.workspace, at=now(), wanted=wanted, behind=behind)
    page = "triage/questions.html#page" if request.htmx else "triage/questions.html"
    return render(request, page, seen(member, asked))


def seen(member: Member, asked: Heap) -> dict[str, Any]:
    return {
        "heap": asked,
        "held": held_by(member.user, member.workspace),
        "may_answer": member.may("agent"),
        "part": "questions-page",
        "back": "questions",
        "back_query": "",
        "stay_query": f"question={asked.now.row.pk}" if asked.now else "",
        "skip_query": f"question={asked.next.row.pk}" if asked.next else "",
    }


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def answer(request: HttpRequest, member: Member, question: int) -> HttpResponse:
    """POST answers yes or no; DELETE takes one's own answer back, as long as the post has not gone on."""
    row = get_object_or_404(Question.objects.select_related(*ABOUT), pk=question, workspace=member.workspace_id)
    if request.method == "DELETE" or request.POST.get("_method") == "delete":
        return take_back(request, member, row)
    said = request.POST.get("answer")
    if said not in {"yes", "no"}:
        return HttpResponseBadRequest(_("Answer yes or no."))
    try:
        answering.answer(row, yes=said == "yes", by=member.user, at=now(), hold=True)
    except answering.TooLate:
        messages.info(request, _("Somebody has answered that one meanwhile. Yours was not needed; here is the next."))
    return redirect(address_back(request, member, behind=row.pk))


def take_back(request: HttpRequest, member: Member, row: Question) -> HttpResponse:
    said = {"answer": row.answer_words, "words": Truncator(row.mention.post.text).chars(60)}
    try:
        answering.take_back(row, by=member.user, at=now())
        messages.info(request, _("Your %(answer)s to “%(words)s” is taken back: it asks again.") % said)
    except answering.TooLate as late:
        messages.info(request, _("Too late to take it back.") + f" {late}")
    return redirect(address_back(request, member, question=row.pk))


def address_back(request: HttpRequest, member: Member, **more: object) -> str:
    """The page from which one answered: named, not given as an address, so that nobody is led elsewhere."""
    page = "triage:questions" if request.POST.get("back") == "questions" else "triage:chart"
    kept = {name: request.POST.get(name, "")[:40] for name in ("brand", "node") if request.POST.get(name)}
    query = urlencode({**kept, **more})
    address = reverse(page, args=[member.workspace.slug])
    return f"{address}?{query}#asked" if query else f"{address}#asked"
