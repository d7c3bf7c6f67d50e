"""An open question as a person is asked it: the words, their evidence, how unsure the chart is, where answers lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from tellback.kit.prepared import MOST, words_of
from tellback.kit.time import wait_step
from tellback.listen.models import Post
from tellback.triage.chart import Chart, Edge, Node
from tellback.triage.policy import Policy
from tellback.triage.verdict import Question
from tellback.workspace.models import User, Workspace

LISTED = 50


@dataclass(frozen=True, slots=True)
class Way:
    """One of the two answers: its words, and where it leads in the words of the chart."""

    words: str
    leads: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """`pieces` are runs of the post's words and whether they are evidence; `before` the answers that led here."""

    row: Question
    question: str
    pieces: list[tuple[str, bool]]
    sure: str
    before: list[str]
    yes: Way
    no: Way
    wait_step: int

    @property
    def post(self) -> Post:
        post: Post = self.row.mention.post
        return post


@dataclass(frozen=True, slots=True)
class Heap:
    """Those who wait, longest first: the first LISTED of `count`, the one that is asked now, and the one after it.

    Nobody wants a million counted: from MOST + 1 on, `count` is that.
    """

    rows: list[Asked]
    count: int
    now: Asked | None
    place: int
    next: Asked | None
    gone: bool = False

    @property
    def count_words(self) -> str:
        return words_of(self.count)


def heap(workspace: Workspace, *, at: datetime, node: str = "", policy: Policy | None = None, brand: int | None = None,
         wanted: int | None = None, behind: int | None = None) -> Heap:  # fmt: skip
    """The heap of one node of a policy, or all that is asked in the workspace; `wanted` is the question to show,
    `behind` the one that was answered last: the next one behind it is shown.

    `gone` says that the wanted one is asked no more; it too leaves its place to the next one.
    """
    open_ones = Question.objects.waiting().filter(workspace=workspace)
    chosen = {"policy": policy, "node": node or None, "brand": brand}
    open_ones = open_ones.filter(**{name: value for name, value in chosen.items() if value is not None})
    found = list(open_ones.select_related(*ABOUT)[:LISTED])
    rows = [put(row, at=at) for row in found]
    far = (
        None
        if wanted is None or wanted in [row.pk for row in found]
        else open_ones.filter(pk=wanted).select_related(*ABOUT).first()
    )
    if far is not None:
        rows.append(put(far, at=at))
    gone = bool(wanted) and all(row.row.pk != wanted for row in rows)
    left = behind if wanted is None else (wanted if gone else None)
    place = place_behind(rows, workspace, left) if left else place_of(rows, wanted)
    count = len(found) if len(found) < LISTED else open_ones[: MOST + 1].count()
    after = rows[(place + 1) % len(rows)] if len(rows) > 1 else None
    return Heap(rows, count, rows[place] if rows else None, place + 1, after, gone)


def place_of(rows: Sequence[Asked], wanted: int | None) -> int:
    return next((n for n, row in enumerate(rows) if row.row.pk == wanted), 0)


def place_behind(rows: Sequence[Asked], workspace: Workspace, left: int) -> int:
    """Where the next one behind a question that was answered stands; the last row behind the last one."""
    gone = Question.objects.filter(workspace=workspace, pk=left).first()
    if gone is None or not rows:
        return 0
    stood = (gone.asked_at, gone.pk)
    return next((n for n, row in enumerate(rows) if (row.row.asked_at, row.row.pk) > stood), len(rows) - 1)


ABOUT = ("mention__post__author__person", "brand", "policy")


def put(row: Question, *, at: datetime) -> Asked:
    """A question with all that its page says. The version that asked it gives the words."""
    chart = row.policy.drawn()
    node = chart.nodes[row.node]
    waited = (at - row.asked_at).total_seconds()
    return Asked(
        row=row,
        question=node.question,
        pieces=pieces(row.mention.post.text, row.spans),
        sure=certainty(row.p, node),
        before=[answered_words(chart, step) for step in row.path if step[1] is not None],
        yes=way(chart, node.yes, _("Yes")),
        no=way(chart, node.no, _("No")),
        wait_step=wait_step(waited, timedelta(minutes=row.brand.first_answer).total_seconds()),
    )


def pieces(text: str, spans: Sequence[Sequence[int]]) -> list[tuple[str, bool]]:
    """The text cut at the edges of its spans; overlapping spans are one, those outside the text are left out."""
    inside = [False] * len(text)
    for start, end in spans:
        for place in range(max(0, start), min(len(text), end)):
            inside[place] = True
    cuts = [0, *[n for n in range(1, len(text)) if inside[n] != inside[n - 1]], len(text)]
    return [(text[a:b], inside[a]) for a, b in pairwise(cuts) if a < b]


def certainty(p: float | None, node: Node) -> str:
    """Why a person is asked: how sure the chart is of its likelier answer, and how sure it would have to be."""
    if node.how == "person":
        return _("a person always answers this one")
    if p is None:
        return _("nothing in the words speaks for either answer")
    likelier = node.yes if p >= 0.5 else node.no
    sure, asked = (p, node.high) if p >= 0.5 else (1 - p, 1 - node.low)
    said = {"sure": percent(sure), "answer": likelier.words, "asked": percent(asked)}
    return _("%(sure)s sure it is “%(answer)s”; from %(asked)s on no person is asked") % said


def percent(share: float) -> str:
    return f"{round(100 * share)}%"


def way(chart: Chart, edge: Edge, plain: str) -> Way:
    words = plain if edge.words in {"yes", "no"} else edge.words[:1].upper() + edge.words[1:]
    if edge.to in chart.actions:
        return Way(words, chart.actions[edge.to].words, ends=True)
    return Way(words, chart.nodes[edge.to].question, ends=False)


def answered_words(chart: Chart, step: Sequence[object]) -> str:
    """One answer on the way: "About us? yes"."""
    node = chart.nodes[str(step[0])]
    return f"{node.question} {node.edge(bool(step[1])).words}"


def held_by(user: User, workspace: Workspace) -> Question | None:
    """The answer that this person gave last and can still take back."""
    held = Question.objects.held().filter(workspace=workspace, by=user).select_related("policy", "mention__post")
    found: Question | None = held.order_by("-answered_at", "-id").first()
    return found
