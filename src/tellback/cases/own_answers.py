"""What the brand itself said where its customer spoke, heard in a file: in the case's timeline it stands as our answer.

It stops the clock that ran when the answered word was said. In a file the answer may stand above what it answers, so
both sides are looked at: the brand's posts of a conversation, whichever of them came last.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from tellback.cases import clocks
from tellback.cases.case import Case, Clock, Entry
from tellback.cases.events import CaseAnswered
from tellback.cases.opening import held_open
from tellback.events.announcing import announce_all
from tellback.kit import bulk
from tellback.listen.models import Mention, Post

ELSEWHERE = "answered elsewhere"


@dataclass(slots=True)
class Answer:
    """The brand's post, the entry of what it answers, and when it counts: never before what it answers."""

    post: Post
    to: Entry
    at: datetime


def take_up(workspace: int, network: str, external_ids: Sequence[str], *, at: datetime) -> int:
    """Put the brand's own answers among these posts, and those to them, into their cases; returns how many."""
    if not Mention.objects.filter(workspace=workspace, how=Mention.How.OWN).exists():
        return 0  # as in most files
    arrived = Post.objects.filter(workspace=workspace, network=network, external_id__in=external_ids)
    # Either came now: the brand's word, or what it answers. What both were there before is settled.
    threads = set(arrived.values_list("thread", flat=True))
    now_or_before = Q(external_id__in=external_ids) | Q(answers__in=external_ids, thread__in=threads)
    own = (
        Post.objects.filter(
            now_or_before, workspace=workspace, network=network, mentions__how=Mention.How.OWN, entries=None,
            deleted_at=None,
        )
        .exclude(answers="")
        .prefetch_related("mentions")
        .order_by("id")
    )  # fmt: skip
    found = answers_among(list(own), workspace, network)
    bulk.insert(
        [bulk.row(Entry, kind="reply", case_id=one.to.case_id, post_id=one.post.pk, at=one.at) for one in found]
    )
    stop_clocks(found, at=at)
    return len(found)


def answers_among(own: Sequence[Post], workspace: int, network: str) -> list[Answer]:
    """Those that answer what stands in an open case of the same brand."""
    if not own:
        return []
    said = Entry.objects.filter(
        kind=Entry.Kind.POST, post__workspace=workspace, post__network=network,
        post__external_id__in={post.answers for post in own}, case__closed_at=None,
    ).select_related("post", "case__brand__calendar")  # fmt: skip
    entries = {(entry.post.external_id, entry.case.brand_id): entry for entry in said if entry.post}
    still_open = held_open({entry.case_id for entry in entries.values()})
    pairs = ((post, entries.get((post.answers, brand))) for post in own for brand in brands_of(post))
    return [
        Answer(post, entry, max(post.heard_at, entry.at))
        for post, entry in pairs
        if entry is not None and entry.case_id in still_open
    ]


def brands_of(post: Post) -> Iterable[int]:
    return (mention.brand_id for mention in post.mentions.all() if mention.how == Mention.How.OWN)


def stop_clocks(found: Sequence[Answer], *, at: datetime) -> None:
    """A clock that began after the answered word waits for another answer, and runs on."""
    cases: dict[int, Case] = {}
    running = {clock.case_id: clock for clock in Clock.objects.filter(
        case__in={one.to.case_id for one in found}, stopped_at=None
    )}  # fmt: skip
    stopped: list[Clock] = []
    events: list[CaseAnswered] = []
    for one in found:
        case = cases.setdefault(one.to.case_id, one.to.case)
        clock = running.get(case.pk)
        if clock and clock.started_at <= one.to.at:
            clock = running.pop(case.pk)
            clock.stopped_at, clock.why = one.at, ELSEWHERE
            stopped.append(clock)
            case.waiting_since = case.due_at = None
            events.append(answered(case, clock, at))
        case.answered_at = case.answered_at or one.at
        case.last_at = max(case.last_at, one.at)
    Clock.objects.bulk_update(stopped, ["stopped_at", "why"], batch_size=200)
    columns = ["waiting_since", "due_at", "answered_at", "last_at"]
    Case.objects.bulk_update(cases.values(), columns, batch_size=200)
    announce_all(events)


def answered(case: Case, clock: Clock, at: datetime) -> CaseAnswered:
    """No reply of ours stands behind it: `reply` is 0."""
    waited = clocks.waited(clock, clocks.hours_of(case.brand), at)
    return CaseAnswered(
        workspace=case.workspace_id, subject=case.pk, at=at, person=case.person_id, reply=0,
        first=case.answered_at is None, waited=waited,
    )  # fmt: skip
