"""Trying again what was not delivered, at a member's word. What nobody knows of is looked up first: sending.decide."""

from datetime import datetime

from django.db import transaction

from tellback.events.announcing import announce
from tellback.networks import delivery as deliveries
from tellback.networks.models import Delivery
from tellback.replies.events import ReplyWritten
from tellback.replies.reply import Reply
from tellback.replies.sending import CannotSend, check_text, fact, is_approved
from tellback.workspace.models import User


@transaction.atomic
def try_again(reply: Reply, *, by: User, at: datetime) -> Reply:
    """Send a failed reply once more, in the same words and under its own key. Raises CannotSend, with why not."""
    reply = Reply.objects.select_for_update().select_related("to", "connection", "workspace").get(pk=reply.pk)
    if reply.state == Reply.State.UNKNOWN:
        raise CannotSend("Nobody knows whether it arrived: look there first, then say so here.")
    if reply.state != Reply.State.FAILED:
        raise CannotSend("It does not wait to be tried again.")
    check_text(reply.text, reply.connection)
    loosen(reply, at=at)
    asks = reply.workspace.approval and not reply.automatic and not is_approved(reply)
    reply.state, reply.why = Reply.State.ASKED if asks else Reply.State.QUEUED, ""
    reply.save(update_fields=["state", "why"])
    announce(fact(ReplyWritten, reply, at, by))
    return reply


def loosen(reply: Reply, *, at: datetime) -> None:
    """Let its delivery be attempted anew, where it is sure that none of its attempts arrived."""
    delivery = Delivery.objects.filter(key=reply.key).first()
    if delivery is None or deliveries.loosen(delivery, at=at):
        return
    if delivery.state == Delivery.State.DELIVERED:
        raise CannotSend("It came back from their address. Write to them elsewhere; your words are kept here.")
    raise CannotSend("Nobody knows yet what became of the last attempt. Wait for that first.")
