"""Forgetting what we wrote to a person."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from tellback.kit.clock import now
from tellback.listen.attaching import remove_file
from tellback.listen.editing import clear
from tellback.listen.models import Attachment, Post
from tellback.networks.models import Delivery
from tellback.people.forgetting import handles_of, hide_in
from tellback.people.models import Person
from tellback.replies.reply import Draft, Reply
from tellback.work.forgetting import forget_routes

UNSENT = [Reply.State.ASKED, Reply.State.QUEUED, Reply.State.FAILED]


def forget(person: Person) -> None:
    """Blank our replies to them, here and where the network brought them back; what has not gone out never goes."""
    replies = Reply.objects.filter(to__person=person)
    keys = list(replies.values_list("key", flat=True))
    deliveries = Delivery.objects.filter(Q(key__in=keys) | Q(reply__in=replies))
    sent = [name for name in deliveries.values_list("external_id", flat=True) if name]
    heard = Post.objects.filter(workspace=person.workspace_id, own=True, external_id__in=sent)
    clear(list(heard.values_list("pk", flat=True)), at=now())
    Delivery.objects.filter(pk__in=list(deliveries.values_list("pk", flat=True))).update(why="", url="")
    forget_routes("outgoing", list(replies.values_list("pk", flat=True)))
    replies.filter(state__in=UNSENT).update(state=Reply.State.WITHDRAWN)
    replies.update(text="", why="")
    for attachment in Attachment.objects.filter(enclosure__reply__in=replies):
        transaction.on_commit(partial(remove_file, attachment))
        attachment.delete()
    Draft.objects.filter(person=person).delete()
    handles = handles_of(person)
    hide_in(Reply.objects.filter(workspace=person.workspace_id), ["text", "why"], handles, ids=["thread"])
    hide_in(Draft.objects.filter(workspace=person.workspace_id), ["text"], handles, ids=["thread"])


def export(person: Person) -> dict[str, Any]:
    """What we wrote to them. Drafts are ours until they are sent."""
    return {
        "replies": [
            {"at": row.at.isoformat(), "network": row.network, "text": row.text, "state": row.state}
            for row in Reply.objects.filter(to__person=person).order_by("id")
        ]
    }
