"""A post: what was said, the way it took through the line, how it was judged and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tellback.cases.models import Case
from tellback.cases.strands import open_from
from tellback.desk.loading import at, one, post_of
from tellback.desk.marking import Span, marked
from tellback.desk.ordering import whole
from tellback.desk.reading import Step, way_of
from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.listen.models import Mention, Post
from tellback.triage.answering import override as overrule
from tellback.triage.models import Policy, Question, Verdict
from tellback.work.models import Route
from tellback.workspace.gate import members_only
from tellback.workspace.models import Brand, Member

MOST = 50
STEP_WORDS = {
    "keep": gettext_lazy("Kept"), "read": gettext_lazy("Read"), "fold": gettext_lazy("Compared"),
    "match": gettext_lazy("Matched"), "follow": gettext_lazy("Followed"), "judge": gettext_lazy("Judged"),
    "open_case": gettext_lazy("Case"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """One mention of the post: whose, and how it was judged, last word first."""

    mention: Mention
    verdict: Verdict | None
    way: list[Step]
    earlier: list[Verdict]
    question: Question | None


@require_GET
@members_only()
def post(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    here(request, section="search")
    found = post_of(member, pk)
    judged = judged_of(found)
    context = {
        "post": found,
        "words": marked(found.text, matched=matched(judged), evidence=evidence(judged)),
        "judged": judged,
        "routes": routes_of(found),
        "cases": list(Case.objects.filter(entries__post=found).distinct()[:5]),
        "echo": getattr(found, "echo", None),
        "echoes": list(found.echoes.select_related("post__author__person").order_by("-id")[:MOST]),
        "thread": list(Post.objects.in_thread(found).select_related("author__person")[:MOST]),
        "actions": list(Policy.objects.in_force(member.workspace_id).drawn().actions.values()),
        "files": list(found.attachments.order_by("id")),
        "brands": list(Brand.objects.ours().filter(workspace=member.workspace).order_by("name")[:20]),
        "may_act": member.may("agent"),
    }
    return render(request, "desk/post.html", context)


def judged_of(found: Post) -> list[Judged]:
    mentions = list(found.mentions.select_related("brand").order_by("id"))
    verdicts = Verdict.objects.filter(mention__in=mentions).select_related("policy", "by").order_by("-id")
    questions = Question.objects.filter(mention__in=mentions, answered_at=None).select_related("policy")
    asked = {question.mention_id: question for question in questions}
    judged = []
    for mention in mentions:
        ours = [verdict for verdict in verdicts if verdict.mention_id == mention.pk]
        standing = next((verdict for verdict in ours if verdict.standing), None)
        earlier = [verdict for verdict in ours if not verdict.standing]
        way = way_of(standing) if standing else []
        judged.append(Judged(mention, standing, way, earlier, asked.get(mention.pk)))
    return judged


def matched(judged: Sequence[Judged]) -> list[Span]:
    return [(start, end) for each in judged for start, end, *_ in each.mention.spans]


def evidence(judged: Sequence[Judged]) -> list[Span]:
    return [span for each in judged for step in each.way for span in step.spans]


def routes_of(found: Post) -> list[tuple[Route, list[tuple[str, str, str]]]]:
    """Every run of the post through the line, each step with its word, outcome and why."""
    runs = Route.objects.of("incoming", found.raw_id).filter(workspace_id=found.workspace_id)
    return [(run, [(STEP_WORDS.get(step, step), outcome, why) for step, outcome, why in run.trail]) for run in runs]


@require_POST
@members_only("agent")
def override(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """A person knows better than the chart."""
    found = post_of(member, pk)
    asked = request.POST.get("mention", "")
    mention = one(found.mentions.filter(pk=int(asked) if whole(asked) else 0), "There is no such mention.")
    try:
        row = overrule(mention, action=request.POST.get("action", ""), by=member.user, at=now())
    except KeyError:
        messages.error(request, _("Choose one of the ends of the chart."))
    else:
        messages.success(request, _("It is “%(end)s” now.") % {"end": row.action_words})
    return redirect(at(member, "post", found.pk))


@require_POST
@members_only("agent")
def open_case(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """A member opens a case for somebody's post, whatever the chart said."""
    found = post_of(member, pk)
    asked = request.POST.get("brand", "")
    brand = Brand.objects.ours().filter(workspace=member.workspace, pk=int(asked) if whole(asked) else 0).first()
    if brand is None:
        raise Http404("There is no such brand.")
    case = open_from(found, brand=brand, by=member.user, at=now())
    return redirect(at(member, "case", case.pk))
