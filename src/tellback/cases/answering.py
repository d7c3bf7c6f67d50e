"""Answering: a reply from a case, and what its arrival means for the case. Ends the outgoing line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tellback.cases import clocks
from tellback.cases.case import Case, Clock, Entry
from tellback.cases.events import CaseAnswered
from tellback.cases.holding import take
from tellback.events.announcing import announce
from tellback.listen.models import Post
from tellback.networks.contract import Enclosed
from tellback.replies import sending
from tellback.replies.models import Reply
from tellback.replies.sending import CannotSend
from tellback.work.line import Next, Outcome, Stop
from tellback.workspace.models import User


def last_post(case: Case) -> Post | None:
    """What the person said last: what a reply answers."""
    entry = (
        Entry.objects.filter(case=case, kind=Entry.Kind.POST)
        .select_related("post__author", "post__connection")
        .order_by("-id")
        .first()
    )
    return entry.post if entry else None


@transaction.atomic
def answer(
    case: Case,
    *,
    text: str,
    by: User | None,
    at: datetime,
    automatic: bool = False,
    post: Post | None = None,
    close_after: bool = False,
    files: Sequence[Enclosed] = (),
    key: str = "",
) -> Reply:
    """Reply to the person of a case, where they spoke last. Raises CannotSend.

    `key` is as in sending.write. `close_after` is a wish: once the reply has arrived, the case is closed as told
    (closing.close_wished).
    """
    to = post or last_post(case)
    if to is None:
        raise CannotSend(
            "This case has no post to answer: tell them by phone or letter, and close it as told elsewhere."
        )
    reply = sending.write(
        post=to, brand=case.brand_id, text=text, by=by, at=at, approval=case.workspace.approval, automatic=automatic,
        close_after=close_after, files=files, key=key,
    )  # fmt: skip
    Entry.objects.create(case=case, kind=Entry.Kind.REPLY, reply=reply, by=by, at=at)
    case.last_at = at
    case.save(update_fields=["last_at"])
    return reply


def answer_once(case: Case, *, key: str, text: str, by: User, **more: Any) -> Reply:
    """As `answer`, but a form that comes twice is answered with the reply of the first. Raises CannotSend.

    The same key with other words is a reply of its own: a browser that goes back shows the form of before.
    """
    if reply := said_already(case, key, text, by):
        return reply
    try:
        return answer(case, key=key, text=text, by=by, **more)
    except IntegrityError:
        # The key is taken: by the same form, which came at the same moment, or by other words.
        return said_already(case, key, text, by) or answer(case, text=text, by=by, **more)


@transaction.atomic
def take_and_answer(case: Case, *, by: User, at: datetime, **more: Any) -> Reply:
    """As `answer_once`; a case that nobody has is taken first. Raises CannotSend, and then nobody has it."""
    if case.holder_id is None:
        take(case, by=by, at=at)
    return answer_once(case, by=by, at=at, **more)


def said_already(case: Case, key: str, text: str, by: User) -> Reply | None:
    """The reply that this form made before, unless it came to nothing since."""
    lost = (Reply.State.WITHDRAWN, Reply.State.FAILED)
    query = Reply.objects.filter(key=key, entries__case=case, by=by, text=sending.as_sent(text)).exclude(state__in=lost)
    found: Reply | None = query.first() if key else None
    return found


@transaction.atomic
def mark_answered(replies: Sequence[Reply], at: datetime) -> list[Outcome]:
    """Reply -> Case. A person's delivered reply stops the clock; what we send by ourselves does not."""
    outcomes: list[Outcome] = []
    for reply in replies:
        entry = Entry.objects.filter(reply=reply).select_related("case__brand__calendar").first()
        if entry is None:
            outcomes.append(Stop("It belongs to no case.", "alone"))
        elif reply.automatic:
            outcomes.append(Stop("It was sent by ourselves; no clock stops for it.", "automatic"))
        elif reply.to.person_id != entry.case.person_id:
            outcomes.append(Stop("It told somebody else with the same trouble.", "telling"))
        else:
            outcomes.append(Next(stop_clock(entry.case, reply, at=at)))
    return outcomes


def stop_clock(case: Case, reply: Reply, *, at: datetime) -> Case:
    arrived = reply.delivered_at or at
    # What they said after the reply had arrived is not answered by it, though its job may run once more.
    if Clock.objects.filter(case=case, stopped_at=None, started_at__lte=arrived).exists():
        clock = clocks.stop(case, at=arrived, why="answered")
        waited = clocks.waited(clock, clocks.hours_of(case.brand), at) if clock else 0.0
        first = case.answered_at is None
        announce(
            CaseAnswered(
                workspace=case.workspace_id, subject=case.pk, at=at, by=reply.by_id, person=case.person_id,
                reply=reply.pk, first=first, waited=waited,
            )
        )  # fmt: skip
    if case.answered_at is None:
        case.answered_at = arrived
        case.save(update_fields=["answered_at"])
    return case
