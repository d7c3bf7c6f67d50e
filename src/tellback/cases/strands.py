"""Strands: a conversation moved to another case, and a case opened by a member's own word.

Never by itself: that two conversations are one trouble is for a person to say.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from tellback.cases import clocks
from tellback.cases.case import Case, Closure, Entry, Strand, title_of
from tellback.cases.closing import change, close, reopen
from tellback.cases.events import CaseOpened
from tellback.events.announcing import announce
from tellback.listen.models import Post
from tellback.people.events import PersonJoined, PersonParted
from tellback.people.models import Joining
from tellback.replies.models import Reply
from tellback.workspace.models import Brand, User


class CannotMove(ValueError):
    """Why a strand stays where it is, in words."""


@transaction.atomic
def move(strand: Strand, to: Case, *, by: User, at: datetime) -> None:
    """Take a conversation with all its entries into another case of the same brand. Raises CannotMove.

    A case that is left without a conversation is closed; its closure says where it went.
    """
    if strand.case_id == to.pk:
        raise CannotMove("It is in this case already.")
    if strand.workspace_id != to.workspace_id or strand.brand_id != to.brand_id:
        raise CannotMove("It speaks of another brand: a case is about one brand.")
    if not to.is_open:
        raise CannotMove("The case is closed: open it again first.")
    before = strand.case
    posts = Post.objects.filter(workspace=strand.workspace_id, network=strand.network, thread=strand.thread)
    replies = Reply.objects.filter(workspace=strand.workspace_id, network=strand.network, thread=strand.thread)
    entries = Entry.objects.filter(case=before)
    there = Entry.objects.filter(case=to, post__isnull=False).values_list("post", flat=True)
    entries.filter(post__in=posts.values("pk")).exclude(post__in=list(there)).update(case=to)
    entries.filter(reply__in=replies.values("pk")).update(case=to)
    Strand.objects.filter(pk=strand.pk).update(case=to)
    words = f"A conversation on {strand.network}"
    change(before, f"{words} went to case {to.pk}", by=by, at=at)
    change(to, f"{words} came from case {before.pk}", by=by, at=at)
    hand_over_clock(before, to, by=by, at=at)


def hand_over_clock(before: Case, to: Case, *, by: User, at: datetime) -> None:
    """A case without a conversation is closed, and who waited there waits in the other one, since then and not now."""
    if Strand.objects.filter(case=before).exists():
        return
    since = before.waiting_since
    if not before.is_open:
        return
    close(before, reason=Closure.Reason.ELSEWHERE, words=f"It goes on in case {to.pk}", by=by, at=at)
    if since:
        clocks.start(to, at=since)


def follow_joined(events: Sequence[PersonJoined]) -> None:
    """Two persons are one now: what the other one says next is to find its conversation."""
    for event in events:
        rename(event.away, event.subject, Strand.objects.filter(person=event.away))


def follow_parted(events: Sequence[PersonParted]) -> None:
    """They are two again: the conversations of the handles that went back go with them."""
    for event in events:
        handles = Joining.objects.get(pk=event.joining).handles
        theirs = Strand.objects.filter(person=event.subject, case__entries__post__author__in=handles)
        kept = [strand.pk for strand in theirs.distinct() if spoken_by(strand, handles)]
        rename(event.subject, event.away, Strand.objects.filter(pk__in=kept))


def spoken_by(strand: Strand, handles: Sequence[int]) -> bool:
    return Post.objects.filter(
        workspace=strand.workspace_id, network=strand.network, thread=strand.thread, author__in=handles
    ).exists()


def rename(old: int, new: int, strands: QuerySet[Strand]) -> None:
    """Give strands to another person, but for those of a conversation that this one has a strand in already."""
    for strand in strands:
        key = {"thread": strand.thread, "brand": strand.brand_id, "network": strand.network}
        if not Strand.objects.filter(person=new, **key).exists():
            Strand.objects.filter(pk=strand.pk, person=old).update(person=new)


@transaction.atomic
def open_from(post: Post, *, brand: Brand, by: User, at: datetime) -> Case:
    """A member opens a case for somebody's post. The conversation's own case, where there is one, opens again."""
    key = {"thread": post.thread, "brand": brand, "person_id": post.author.person_id, "network": post.network}
    strand = Strand.objects.select_related("case").filter(**key, workspace=post.workspace_id).first()
    if strand:
        reopen(strand.case, why="A member took it up again", by=by, at=at)
        return strand.case
    case = Case.objects.create(
        workspace_id=post.workspace_id, brand=brand, person_id=post.author.person_id,
        title=title_of(post.title or post.text), lane="Complaint", network=post.network, opened_at=at, last_at=at,
    )  # fmt: skip
    Strand.objects.create(case=case, workspace_id=post.workspace_id, connection_id=post.connection_id, **key)
    Entry.objects.create(case=case, kind=Entry.Kind.POST, post=post, at=post.heard_at)
    clocks.start(case, at=post.heard_at)
    announce(
        CaseOpened(workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk, person=case.person_id, brand=brand.pk)
    )
    return case
