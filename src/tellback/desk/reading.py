"""What a case page and its pane say of a case: why it is here, what else is in the thread, what was before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tellback.cases.models import Case, Entry, Strand
from tellback.listen.models import Echo, Post
from tellback.people.models import Joining, Person
from tellback.replies.models import Reply
from tellback.triage.chart import Chart
from tellback.triage.models import Verdict

SHOWN = 5
FIRST = 20  # of a case's posts are asked about


@dataclass(frozen=True, slots=True)
class Step:
    """One question of a verdict's way, in words, with what spoke for its answer."""

    node: str
    question: str
    words: str
    answer: bool | None
    how: str
    p: float | None
    spans: tuple[tuple[int, int], ...]


def way_of(verdict: Verdict) -> list[Step]:
    """The way of a verdict through the version of the chart that made it."""
    return [step(verdict.policy.drawn(), row) for row in verdict.path]


def step(chart: Chart, row: list[Any]) -> Step:
    """One [node, answer, how, p, spans] of a verdict's path."""
    node, answer, how, p, spans = row
    asked = chart.nodes.get(node)
    question = asked.question if asked else node
    label = asked.edge(bool(answer)).words if asked and answer is not None else ""
    turned = asked.turned if asked else False
    # What was read speaks for something only where it was likely; the rest is what was looked at in vain.
    spoke = p is not None and (1 - p if turned else p) >= 0.5
    marks = tuple((start, end) for start, end, *_ in spans) if spoke else ()
    return Step(node, question, answered(question, answer, label), answer, how, p, marks)


def answered(question: str, answer: bool | None, label: str) -> str:
    """A question and its answer as one says them: "About us", "Seen before? no", "negative"."""
    if answer is None:
        return question
    if label not in {"yes", "no"}:
        return label
    return question.rstrip("?") if answer else f"{question} {label}"


def standing_verdicts(posts: Iterable[int], brand: int) -> dict[int, Verdict]:
    """post id -> the verdict that stands for it and this brand."""
    rows = Verdict.objects.standing().filter(mention__post__in=list(posts), mention__brand=brand)
    return {row.mention.post_id: row for row in rows.select_related("mention", "policy", "by")}


def first_posts(case: Case) -> list[int]:
    """The ids of what the person said, the first ones first."""
    entries = Entry.objects.filter(case=case, kind=Entry.Kind.POST).order_by("id")
    return [post for post in entries.values_list("post", flat=True)[:FIRST] if post]


def why_here(case: Case, posts: Sequence[int]) -> dict[str, Any] | None:
    """The verdict that opened the case: its way in words, its end, and the post whose route shows it."""
    verdict = standing_verdicts(posts[:1], case.brand_id).get(posts[0]) if posts else None
    if verdict is None:
        return None
    return {
        "post": posts[0],
        "steps": [one.words for one in way_of(verdict)],
        "end": verdict.action_words,
        "by": verdict.by,
    }


def last_answer(case: Case) -> Reply | None:
    """What a person of ours said last."""
    entries = Entry.objects.filter(case=case, kind=Entry.Kind.REPLY, reply__automatic=False)
    entry = entries.select_related("reply__by").order_by("-id").first()
    return entry.reply if entry else None


def others_in_thread(case: Case, post: Post | None, family: Sequence[int]) -> list[Post]:
    """What others said in the conversation, newest first: context, not part of the case."""
    if post is None:
        return []
    here = Post.objects.filter(workspace=case.workspace_id, network=post.network, thread=post.thread)
    others = here.exclude(author__person__in=family).exclude(deleted_at__isnull=False)
    return list(others.select_related("author__person").order_by("-id")[:SHOWN])


def with_their_cases(case: Case, others: Iterable[Post]) -> list[tuple[Post, Case | None]]:
    """Each of the others in a thread with the case that they have of it, of the same brand."""
    posts = list(others)
    if not posts:
        return []
    strands = Strand.objects.filter(
        thread=posts[0].thread, network=posts[0].network, brand=case.brand_id, workspace=case.workspace_id,
        person__in=[post.author.person_id for post in posts],
    ).select_related("case")  # fmt: skip
    theirs = {strand.person_id: strand.case for strand in strands}
    return [(post, None if post.own else theirs.get(post.author.person_id)) for post in posts]


def family_of(person: Person) -> list[int]:
    """A person and those who were found to be the same, joining by joining."""
    found = [person.pk]
    for pk in found:  # grows while it is walked
        away = Joining.objects.filter(into=pk, undone_at=None).values_list("away", flat=True)
        found.extend(each for each in away if each not in found)
    return found


def cases_beside(case: Case, family: Sequence[int]) -> dict[str, list[Case]]:
    """Other cases of the same person, last one first: those opened `before` this one, and those opened `since`."""
    others = Case.objects.filter(workspace=case.workspace_id, person__in=family).exclude(pk=case.pk)
    rows = list(others.prefetch_related("closures").select_related("brand").order_by("-id")[: 2 * SHOWN])
    before = [one for one in rows if (one.opened_at, one.pk) < (case.opened_at, case.pk)]
    return {"before": before[:SHOWN], "since": [one for one in rows if one not in before][:SHOWN]}


def said_the_same(posts: Sequence[int]) -> int:
    """How many others said nearly the same as one of these (to 100)."""
    return Echo.objects.filter(of__in=posts, kind=Echo.Kind.ALIKE)[:100].count()
