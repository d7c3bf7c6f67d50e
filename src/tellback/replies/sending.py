"""Sending: from words to a delivered reply. The steps of the outgoing line, and the acts that set it going."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from tellback.events.announcing import announce
from tellback.events.event import Event
from tellback.listen.events import BounceHeard
from tellback.listen.models import Post
from tellback.networks import delivery as deliveries
from tellback.networks.contract import Author, Enclosed, Outgoing
from tellback.networks.models import Connection, Delivery
from tellback.replies.drafting import one_at_a_time
from tellback.replies.enclosing import enclose, enclosed_with, why_not
from tellback.replies.events import ReplyApproved, ReplyDelivered, ReplyFailed, ReplyWritten
from tellback.replies.reply import Approval, Canned, Draft, Reply, new_key, text_digest
from tellback.work.line import Next, Outcome, Stop, Wait
from tellback.workspace.models import User

RETRIES = 8


class CannotSend(ValueError):
    """Why this text cannot go out there, in words for the field beside which it is shown."""


def as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def check_text(text: str, connection: Connection) -> str:
    """The text as it will go. Raises CannotSend."""
    text = as_sent(text)
    if not text:
        raise CannotSend("Write something first.")
    if places := Canned.open_places(text):
        raise CannotSend(f"{places[0]} is not filled in yet. Write what belongs there.")
    adapter = connection.adapter
    if not adapter.speaks:
        raise CannotSend(f"{connection.label} only listens: answer elsewhere, and close the case as told elsewhere.")
    if adapter.limit and len(text) > adapter.limit:
        over = len(text) - adapter.limit
        raise CannotSend(f"{connection.label} takes {adapter.limit} characters; this is {over} too long. Shorten it.")
    return text


@transaction.atomic
def write(
    *,
    post: Post,
    brand: int,
    text: str,
    by: User | None,
    at: datetime,
    approval: bool = False,
    automatic: bool = False,
    close_after: bool = False,
    files: Sequence[Enclosed] = (),
    key: str = "",
) -> Reply:
    """Answer a post. Goes out by itself, or waits for a second person where `approval` is asked. Raises CannotSend.

    `key` is the reply's own, once and for all; "" makes a new one. Raises IntegrityError for one that is taken.
    """
    text = check_text(text, post.connection)
    if wrong := why_not(files, post.connection):
        raise CannotSend(wrong)
    if by:
        one_at_a_time(by)
    reply = Reply.objects.create(
        workspace_id=post.workspace_id, brand_id=brand, connection_id=post.connection_id, to_id=post.author_id,
        post=post, network=post.network, thread=post.thread, text=text, by=by, at=at, automatic=automatic,
        close_after=close_after, key=key or new_key(),
        state=Reply.State.ASKED if approval and not automatic else Reply.State.QUEUED,
    )  # fmt: skip
    if wrong := enclose(reply, files, at=at):
        raise CannotSend(wrong)
    if by:
        Draft.objects.filter(
            by=by, brand=brand, person=post.author.person_id, network=post.network, thread=post.thread
        ).delete()
    announce(fact(ReplyWritten, reply, at, by))
    return reply


def fact(kind: type[Event], reply: Reply, at: datetime, by: User | None = None, **more: object) -> Event:
    return kind(
        workspace=reply.workspace_id,
        subject=reply.pk,
        at=at,
        by=by.pk if by else None,
        person=reply.to.person_id,
        **more,
    )


@transaction.atomic
def approve(reply: Reply, *, by: User, at: datetime) -> Approval:
    """A second person says yes to the words that `reply` holds, as they read them.

    Raises CannotSend when they wrote them themselves, or when other words stand there by now.
    """
    read = reply.text
    reply = Reply.objects.select_for_update().select_related("to").get(pk=reply.pk)
    if reply.by_id == by.pk:
        raise CannotSend("A second person approves: you wrote this one yourself.")
    if reply.state != Reply.State.ASKED:
        raise CannotSend("It does not wait for an approval any more.")
    if reply.text != read:
        raise CannotSend("The text was changed while you read it. Read it again.")
    approval, _ = Approval.objects.get_or_create(
        reply=reply, digest=text_digest(reply.text), defaults={"by": by, "at": at}
    )
    Reply.objects.filter(pk=reply.pk).update(state=Reply.State.QUEUED)
    announce(fact(ReplyApproved, reply, at, by))
    return approval


@transaction.atomic
def cover(reply: Reply, approval: Approval, *, at: datetime) -> None:
    """A yes to the same words, given for another reply, holds for this one too: the caller knows why it may."""
    if reply.state != Reply.State.ASKED or approval.digest != text_digest(reply.text) or approval.by_id == reply.by_id:
        raise CannotSend("That approval was for other words.")
    Approval.objects.create(reply=reply, digest=approval.digest, by=approval.by, at=approval.at)
    reply.state = Reply.State.QUEUED
    reply.save(update_fields=["state"])
    announce(fact(ReplyApproved, reply, at, approval.by))


@transaction.atomic
def change_text(reply: Reply, text: str, *, by: User, at: datetime) -> None:
    """Change what has not gone out. An approval holds for the exact text, so an edit asks again."""
    text = check_text(text, reply.connection)
    moved = Reply.objects.filter(pk=reply.pk, state=Reply.State.ASKED).update(text=text, by=by, at=at)
    if not moved:
        raise CannotSend("It has gone out already, or was withdrawn.")


@transaction.atomic
def withdraw(reply: Reply) -> bool:
    """Take back what has not gone out. False when it is too late."""
    waiting = Reply.objects.filter(pk=reply.pk, state__in=[Reply.State.ASKED, Reply.State.FAILED])
    return bool(waiting.update(state=Reply.State.WITHDRAWN))


def check(replies: Sequence[Reply], at: datetime) -> list[Outcome]:
    """Reply -> Reply. Stops what is done or cannot go."""
    outcomes: list[Outcome] = []
    for reply in replies:
        if reply.state == Reply.State.DELIVERED:
            # A worker was killed between the delivery and its consequences: go on to those.
            outcomes.append(Next(reply))
            continue
        if reply.state in {Reply.State.WITHDRAWN, Reply.State.UNKNOWN}:
            outcomes.append(Stop(f"It is {reply.get_state_display()}.", "done"))
            continue
        try:
            check_text(reply.text, reply.connection)
            outcomes.append(Next(reply))
        except CannotSend as fault:
            fail(reply, str(fault), at=at)
            outcomes.append(Stop(str(fault), "refused"))
    return outcomes


def approve_step(replies: Sequence[Reply], at: datetime) -> list[Outcome]:
    """Reply -> Reply. What needs a second person waits for one, unless this very text has been approved."""
    return [
        Wait("It waits for a second person.", "approval")
        if reply.state == Reply.State.ASKED and not is_approved(reply)
        else Next(reply)
        for reply in replies
    ]


approve_step.__name__ = "approve"


def is_approved(reply: Reply) -> bool:
    return reply.approvals.filter(digest=text_digest(reply.text)).exists()


def deliver(replies: Sequence[Reply], at: datetime) -> list[Outcome]:
    """Reply -> Reply. Own transactions: an attempt is saved before it is made."""
    return [deliver_one(reply, at) for reply in replies]


def deliver_one(reply: Reply, at: datetime) -> Outcome:
    delivery = deliveries.deliver(reply.connection, outgoing(reply), at=at)
    with transaction.atomic():
        match delivery.state:
            case Delivery.State.DELIVERED:
                mark_delivered(reply, delivery, at=at)
                return Next(reply)
            case Delivery.State.DEAD:
                fail(reply, delivery.why, at=at)
                return Stop(f"{reply.connection.label} refused it: {delivery.why}", "refused")
            case Delivery.State.UNKNOWN:
                fail(reply, delivery.why, at=at, unknown=True)
                return Stop(f"Nobody knows whether it arrived: {delivery.why}", "unknown")
            case Delivery.State.REFUSED if delivery.attempts >= RETRIES:
                fail(reply, delivery.why, at=at)
                return Stop(f"Refused {delivery.attempts} times: {delivery.why}", "refused")
    return Wait(f"It is tried again: {delivery.why or 'another process is sending it'}", "again")


def pause_before(attempt: int) -> timedelta:
    """How long to wait before the next attempt: 5 s, 10 s, 20 s ... at most half an hour."""
    return timedelta(seconds=min(1800, 5 * 2 ** max(0, attempt - 1)))


def outgoing(reply: Reply) -> Outgoing:
    said_before = (
        Post.objects.filter(workspace=reply.workspace_id, network=reply.network, thread=reply.thread)
        .order_by("id")
        .values_list("external_id", flat=True)[:50]
    )
    return Outgoing(
        key=reply.key,
        to=Author(reply.to.name, reply.to.display),
        text=reply.text,
        answers=reply.post.external_id,
        thread=reply.thread,
        title=reply.post.title,
        enclosed=enclosed_with(reply),
        references=tuple(dict.fromkeys([reply.thread, *said_before])),
    )


def mark_delivered(reply: Reply, delivery: Delivery, *, at: datetime) -> None:
    changed = (
        Reply.objects.filter(pk=reply.pk)
        .exclude(state=Reply.State.DELIVERED)
        .update(state=Reply.State.DELIVERED, delivered_at=delivery.done_at or at, delivery=delivery, why="")
    )
    reply.refresh_from_db()
    if changed:
        announce(fact(ReplyDelivered, reply, at, reply.by, automatic=reply.automatic))


@transaction.atomic
def fail(reply: Reply, why: str, *, at: datetime, unknown: bool = False) -> None:
    state = Reply.State.UNKNOWN if unknown else Reply.State.FAILED
    changed = Reply.objects.filter(pk=reply.pk).exclude(state__in=[state, Reply.State.DELIVERED])
    if changed.update(state=state, why=why[:500]):
        announce(fact(ReplyFailed, reply, at, reply.by, why=why[:500], unknown=unknown))


def bounced(events: Sequence[BounceHeard]) -> None:
    """What was delivered came back: the reply did not arrive after all, and its writer is told."""
    for event in events:
        found = Reply.objects.delivered().filter(
            workspace=event.workspace, connection=event.connection, delivery__external_id=event.of
        )
        for reply in found.select_related("to", "by"):
            # Only a bounce takes "delivered" back: a late word of an earlier attempt does not (see fail).
            why = "It came back undelivered: the address does not take mail."
            Reply.objects.filter(pk=reply.pk).update(state=Reply.State.FAILED, why=why)
            announce(fact(ReplyFailed, reply, event.at, reply.by, why=why))


@transaction.atomic
def decide(reply: Reply, *, arrived: bool, by: User, at: datetime) -> None:
    """After "nobody knows": a person looked. It arrived, or it is to be sent again. Raises CannotSend if too late."""
    ours = Reply.objects.filter(pk=reply.pk, state=Reply.State.UNKNOWN).update(state=Reply.State.QUEUED, why="")
    if not ours:
        raise CannotSend("Somebody has said so already.")
    deliveries.decide(Delivery.objects.get(key=reply.key), arrived=arrived, at=at)
    announce(fact(ReplyWritten, reply, at, by))
