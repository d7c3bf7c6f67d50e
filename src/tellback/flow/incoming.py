"""What happens to a post, from its arrival to a case. Read LINE from top to bottom.

Each step takes a batch of rows; the whole batch is one transaction, so that it is through or it is not. A batch
that stumbles is kept first and then taken row by row, and the row at fault stops with its reason.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import IntegrityError, OperationalError, transaction

from tellback.cases.opening import follow, open_case
from tellback.flow.own_words import hear_own
from tellback.kit import clock
from tellback.listen.folding import fold
from tellback.listen.matching import match
from tellback.listen.models import Mention
from tellback.listen.reading import read
from tellback.networks.keeping import Arrival, keep, keep_for_later, mark_through
from tellback.networks.models import RawItem
from tellback.triage.events import QuestionAnswered, VerdictOverridden
from tellback.triage.judging import judge
from tellback.triage.models import Question, Verdict
from tellback.work.line import Line, Next, Outcome, Trail
from tellback.work.route import Route

log = logging.getLogger("tellback.flow")
Made = TypeVar("Made")
MET = (IntegrityError, OperationalError)  # what a transaction that met another one is told
PAUSES = (0.05, 0.2, 0.5, 1.0)
KEPT = [("keep", "next", "")]


def conversation(mention: Mention) -> tuple[int, str, str, int, int]:
    """What one person says to one brand in one thread goes in turn: the second word goes on in the first one's case."""
    post = mention.post
    return post.workspace_id, post.network, post.thread, post.author_id, mention.brand_id


LINE = Line(
    "incoming",
    keep,       # Arrival -> RawItem    exactly what arrived; again? stop
    read,       # RawItem -> Post       one shape for all networks
    fold,       # Post    -> Post       the same post, an edit, an echo of another? stop or thread
    match,      # Post    -> Mention    one per brand spoken of, spoken to, or whose thread it continues; none? stop
    follow,     # Mention -> Mention    it goes on in an open case? an entry there, and stop
    judge,      # Mention -> Verdict    through the chart in force; unsure? wait for a person
    open_case,  # Verdict -> Case       where the chart ends in something to do
    in_turn=follow,
    turn=conversation,
)  # fmt: skip


@dataclass(slots=True)
class Taken:
    """What became of a batch: trails in the order of the arrivals, and when it was through."""

    trails: list[Trail] = field(default_factory=list)
    through_at: datetime | None = None


def take_in(arrivals: Sequence[Arrival]) -> Taken:
    """Take arrivals through the line. Nothing is lost whatever happens: at worst they are kept and read later."""
    at = clock.now()
    try:
        with transaction.atomic():
            trails = LINE.run(list(arrivals), at=at)
            hear_own(arrivals, at=at)
        return Taken(trails, clock.now())
    except MET:
        log.info("A batch met another process on its way; it is kept and taken row by row")
    except Exception:
        log.exception("A batch of %s stumbled; it is kept and taken row by row", len(arrivals))
    outcomes = patiently(lambda: keep_for_later(list(arrivals)))
    trails = [trail for outcome in outcomes for trail in take_row(outcome)]
    return Taken(trails, clock.now())


def patiently(act: Callable[[], Made]) -> Made:
    """Do something in a transaction of its own; where it meets another process on its way, again a little later."""
    for pause in PAUSES:
        try:
            with transaction.atomic():
                return act()
        except MET:
            time.sleep(pause)
    with transaction.atomic():
        return act()


def take_row(outcome: Outcome) -> list[Trail]:
    if isinstance(outcome, Next):
        return [take_kept(raw) for raw in outcome.rows]
    return [Trail(steps=[("keep", outcome.outcome, outcome.why)], ends=[("stop", outcome.kind)])]


def take_kept(raw: RawItem) -> Trail:
    """Take one kept parcel through the rest of the line, in its own transaction."""
    try:
        return patiently(lambda: through(raw))
    except OperationalError:
        log.exception("Parcel %s could not be taken now; it is picked up later", raw.pk)
        return Trail(raw.pk, raw.workspace_id, list(KEPT), [("wait", "later")])
    except Exception as fault:
        log.exception("Parcel %s (%s) stumbled; it is kept", raw.pk, raw.place or raw.external_id)
        why = f"The line stumbled over it ({type(fault).__name__}). It is kept, and can be read again."
        trail = Trail(raw.pk, raw.workspace_id, [*KEPT, ("read", "stop", why)], [("stop", "fault")])
        with transaction.atomic():
            LINE.write([trail], clock.now())
            mark_through([raw.pk], at=clock.now())
    return trail


def through(raw: RawItem) -> Trail:
    """The line behind `keep`, for a parcel that nobody else has taken through meanwhile."""
    trail = Trail(raw.pk, raw.workspace_id, list(KEPT))
    if not RawItem.objects.select_for_update().filter(pk=raw.pk, through_at=None).exists():
        trail.ends.append(("stop", "repeated"))
        return trail
    at = clock.now()
    LINE.run([raw], at=at, after="keep", trails=[trail])
    hear_own([raw], at=at)
    mark_through([raw.pk], at=at)
    return trail


def read_again(raw: RawItem) -> Trail:
    """Take a parcel through once more: what stumbled, or could not be read before a mending."""
    RawItem.objects.filter(pk=raw.pk).update(through_at=None)
    return take_kept(raw)


def pick_up(*, older_than: timedelta = timedelta(minutes=2)) -> int:
    """Take what was kept and never got through: its process was killed. Run at start and by the clock."""
    stranded = RawItem.objects.filter(through_at=None, arrived_at__lt=clock.now() - older_than)
    rows = list(stranded.select_related("connection").order_by("id")[:1000])
    for raw in rows:
        take_kept(raw)
    return len(rows)


def resume(events: Sequence[QuestionAnswered]) -> None:
    """A person answered: the mention goes on, from the chart."""
    for event in events:
        question = Question.objects.select_related("mention__post__raw", "mention__post__connection").get(
            pk=event.subject
        )
        if question.mention.post.deleted_at or Verdict.objects.standing().filter(mention=question.mention).exists():
            continue  # nothing is left to judge, or a person has decided meanwhile
        go_on(question.mention, after="follow", word=f"A person said {'yes' if event.yes else 'no'}.", at=event.at)


def rejudged(events: Sequence[VerdictOverridden]) -> None:
    """A person overrode the chart: what their verdict needs is done."""
    for event in events:
        verdict = (
            Verdict.objects.standing()
            .select_related("mention__post__raw", "policy")
            .filter(mention=event.mention)
            .first()
        )
        if verdict and verdict.overrides_id != verdict.pk:
            trail = Trail(verdict.route_subject, verdict.workspace_id)
            trail.steps = [("judge", "next", f"A person decided: {verdict.action_words}")]
            LINE.run([verdict], at=event.at, after="judge", trails=[trail])


def go_on(mention: Mention, *, after: str, word: str, at: datetime) -> None:
    echo = getattr(mention.post, "echo", None)
    if echo:
        mention.post.seen_before, mention.post.seen_in = echo.alikeness, echo.of_id
    trail = Trail(mention.route_subject, mention.workspace_id, steps=[(after, "next", word)])
    LINE.run([mention], at=at, after=after, trails=[trail])


def route_of(raw_id: int) -> list[Route]:
    """The way of one arrival, all its runs."""
    return list(Route.objects.of("incoming", raw_id))
