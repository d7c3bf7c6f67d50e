"""A case: what happened, what do I say?"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tellback.cases.answering import last_post
from tellback.cases.clocks import hours_of
from tellback.cases.models import Case
from tellback.desk import queues, reading
from tellback.desk.choices import choices
from tellback.desk.loading import at, case_of, is_ours, list_url, with_case, with_near
from tellback.desk.ordering import whole
from tellback.desk.rows import by_hand_words, wait_words
from tellback.desk.timeline import Moment
from tellback.desk.timeline import timeline as entries_of
from tellback.desk.writing import Composer, composer, promised_of
from tellback.kit.clock import now
from tellback.kit.requests import HtmxRequest
from tellback.kit.shell import here
from tellback.loop.models import Telling
from tellback.people.joining import joinings_of
from tellback.people.models import Handle
from tellback.replies.models import Reply
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

TELLINGS = 20


@require_GET
@members_only()
def case(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    return case_page(request, member, case_of(member, pk))


@require_GET
@members_only()
def pane(request: HtmxRequest, member: Member, pk: int) -> HttpResponse:
    """What stands beside the list; as a page of its own where there are no scripts."""
    found = case_of(member, pk)
    if not request.htmx:
        return case_page(request, member, found)
    context = pane_context(request, member, found, back=back_to_list(member, found, request.GET.get("back", "")))
    part = "#facts" if request.GET.get("live") else ""
    fresh = request.GET.get("was", context["state"]) != context["state"]
    return render(request, f"desk/_pane.html{part}", {**context, "chosen": found, "fresh": fresh})


def back_to_list(member: Member, found: Case, address: str) -> str:
    """The list from which one came, at the place of this case."""
    parts = urlsplit(address)
    if not is_ours(address) or parts.path != at(member, "inbox"):
        return address if is_ours(address) else at(member, "inbox")
    asked = QueryDict(parts.query)
    want = queues.chosen(member, asked)
    return with_near(list_url(member, want), found, want, asked.get("near", "")[:60])


@require_GET
@members_only()
def head(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Who has it and how long they wait. Where it was opened or closed meanwhile, the page as a whole is old."""
    found = case_of(member, pk)
    response = render(request, "desk/_case_head.html", {"case": found, **basics(member, found)})
    if request.GET.get("open", "1") != ("1" if found.is_open else "0"):
        response.headers["HX-Refresh"] = "true"
    return response


@require_GET
@members_only()
def timeline(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    found = case_of(member, pk)
    before = request.GET.get("before", "")
    moments, earlier = entries_of(found, int(before) if whole(before) else None)
    context = {"case": found, "moments": moments, "earlier": earlier, **basics(member, found)}
    return render(request, "desk/_timeline.html", context)


def case_page(
    request: HttpRequest,
    member: Member,
    found: Case,
    *,
    writing: Composer | None = None,
    kept: dict[str, Any] | None = None,
) -> HttpResponse:
    """The page of a case; `writing` brings a text back that could not go, with why; `kept` that of a smaller field."""
    here(request, section="mine" if found.holder_id == member.user_id else "waiting")
    before = request.GET.get("before", "")
    moments, earlier = entries_of(found, int(before) if whole(before) else None)
    context = {
        "case": found,
        "moments": moments,
        "earlier": earlier,
        "newest": newest_of(moments),
        "composer": writing or composer(found, member, now=now(), **asked_text(request, member, found)),
        "back": at(member, "case", found.pk),
        "stay": at(member, "case", found.pk),
        **basics(member, found),
        **panel(member, found),
        **(kept or {}),
    }
    wrong = kept or (writing and writing.wrong)
    return render(request, "desk/case.html", context, status=422 if wrong else 200)


def newest_of(moments: Sequence[Moment]) -> int | None:
    """The last words of either side, where one has to go down to them."""
    spoken = [each.entry.pk for each in moments if each.entry.post_id or each.entry.reply_id]
    return spoken[-1] if len(spoken) > 1 else None


def asked_text(request: HttpRequest, member: Member, found: Case) -> dict[str, Any]:
    """A text that the address brings into the composer: a canned reply, or one that was not delivered."""
    canned, again, to = (request.GET.get(name, "") for name in ("canned", "again", "to"))
    place: dict[str, Any] = {"to": int(to)} if whole(to) else {}
    if whole(again):
        text = Reply.objects.filter(entries__case=found, pk=again).values_list("text", flat=True).first()
        return {"text": text, **place}
    if whole(canned):
        written = composer(found, member, now=now(), **place)
        return {"text": next((text for row, text in written.canned if row.pk == int(canned)), None), **place}
    return place


def basics(member: Member, found: Case) -> dict[str, Any]:
    at_once, promised, zone = now(), promised_of(found), ZoneInfo(member.workspace.zone)
    return {
        "wait": wait_words(found, promised, hours_of(found.brand), now=at_once, tz=zone),
        "promised": promised,
        "may_act": member.may("agent"),
        "may_manage": member.may("manager"),
        "choices": choices(at_once, member.workspace.zone),
        "by_hand_words": by_hand_words(found),
    }


def pane_context(request: HttpRequest, member: Member, found: Case, *, back: str) -> dict[str, Any]:
    """The words, the facts, and where one answers."""
    writing = composer(found, member, now=now(), **asked_text(request, member, found))
    post = writing.last
    note = None if post else found.entries.order_by("id").first()
    first, family = reading.first_posts(found), reading.family_of(found.person)
    return {
        "case": found,
        "post": post,
        "said": (post.text or post.title) if post else (note.text if note else found.title),
        "why": reading.why_here(found, first),
        "others": reading.others_in_thread(found, post, family),
        **reading.cases_beside(found, family),
        "same_count": reading.said_the_same(first),
        "same_post": first[0] if first else None,
        "composer": writing,
        "answered": reading.last_answer(found),
        "state": f"{found.is_open:d}{found.holder_id or ''}",
        "back": back,
        "stay": with_case(back, found.pk),
        **basics(member, found),
    }


def panel(member: Member, found: Case) -> dict[str, Any]:
    """Who the person is, and what stands around the case."""
    family = reading.family_of(found.person)
    others = reading.others_in_thread(found, last_post(found), family)
    members = list(member.workspace.members.answering().select_related("user").order_by("user__name")[:100])
    is_listed = found.holder_id is None or any(one.user_id == found.holder_id for one in members)
    return {
        "handles": list(Handle.objects.filter(person__in=family).order_by("id")),
        "joinings": joinings_of(found.person),
        **reading.cases_beside(found, family),
        "talk": reading.with_their_cases(found, others),
        "tags": list(found.tags.order_by("name")),
        "members": members,
        "other_holder": None if is_listed else found.holder,
        "tellings": list(
            Telling.objects.filter(case=found).untold().select_related("person", "post__author")[:TELLINGS]
        ),
        "asks": list(found.asks.order_by("-id")[:3]),
        "closure": found.closures.filter(reopened_at=None).select_related("by").first(),
    }
