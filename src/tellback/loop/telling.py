"""Telling everybody else: those who said the same and got no case of their own are told when the fix was told."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from tellback.cases.models import Case, Closure, Entry
from tellback.events.announcing import announce
from tellback.listen.models import Echo, Post
from tellback.loop.events import TellingPrepared
from tellback.people.models import Person
from tellback.replies import sending
from tellback.replies.models import Approval, Reply
from tellback.replies.reply import PLACE, text_digest
from tellback.workspace.models import User, Workspace


class Tellings(models.QuerySet["Telling"]):
    def untold(self) -> "Tellings":
        """Who has been sent nothing, or what was withdrawn before it went."""
        return self.filter(models.Q(reply=None) | models.Q(reply__state=Reply.State.WITHDRAWN))


class Telling(models.Model):
    """One person to be told of a case's end, and the reply that told them."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tellings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    text = models.TextField()
    reply = models.ForeignKey(Reply, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()
    why_not = models.CharField(max_length=200, default="", blank=True)

    objects: ClassVar[Any] = Tellings.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="told_once")]

    @property
    def words(self) -> str:
        """What is to be sent, ready to be read."""
        return filled(self)

    def __str__(self) -> str:
        return f"person {self.person_id} about case {self.case_id}"


def to_be_told(case: Case) -> list[Post]:
    """Echoes of this case's posts by other people, the first of each person."""
    posts = Entry.objects.filter(case=case, kind=Entry.Kind.POST).values("post")
    echoes = (
        Echo.objects.filter(
            of__in=posts, kind=Echo.Kind.ALIKE, post__deleted_at=None, post__mentions__brand=case.brand_id
        )
        .select_related("post__author")
        .order_by("post_id")
    )
    first: dict[int, Post] = {}
    for echo in echoes:
        if echo.post.author.person_id != case.person_id:
            first.setdefault(echo.post.author.person_id, echo.post)
    return list(first.values())


def nameless(reply: Reply) -> str:
    """The words that told the first, with {name} and {handle} where those of the first stood."""
    handle, names = reply.to, (reply.to.person.name, *reply.to.person.name.split()[:1])
    text = swapped(reply.text, [f"@{handle.name}", str(handle), handle.name], "{handle}")
    return swapped(text, [name for name in names if len(name) > 1], "{name}")


def swapped(text: str, words: Sequence[str], place: str) -> str:
    found = "|".join(re.escape(word) for word in sorted(filter(None, words), key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{found})(?!\w)", lambda _: place, text, flags=re.IGNORECASE) if found else text


def filled(telling: "Telling") -> str:
    """The words for this person, with what is known of them put in; what is not stays to be seen."""
    known = {"name": telling.person.name.partition(" ")[0], "handle": str(telling.post.author)}
    return PLACE.sub(lambda place: known.get(place[1]) or place[0], telling.text)


@transaction.atomic
def prepare(case: Case, closure: Closure, *, at: datetime) -> list[Telling]:
    """After a case closed told: a Telling for everybody else, in the words that told the first. A member sends them."""
    if closure.reply is None:
        return []
    made = []
    for post in to_be_told(case):
        telling, fresh = Telling.objects.get_or_create(
            case=case, person_id=post.author.person_id,
            defaults={"workspace_id": case.workspace_id, "post": post, "text": nameless(closure.reply), "at": at},
        )  # fmt: skip
        if fresh:
            made.append(telling)
    if made:
        announce(TellingPrepared(workspace=case.workspace_id, subject=case.pk, at=at, count=len(made)))
    return made


@transaction.atomic
def tell(telling: Telling, *, by: User, at: datetime, text: str = "") -> Reply:
    """Send it, in other words where `text` has some; the case's timeline shows it. Where replies are approved, it waits
    for a second person, unless one has approved exactly these words for others of this telling.

    Raises replies.sending.CannotSend; told once, whatever is pressed twice.
    """
    telling = Telling.objects.select_for_update().get(pk=telling.pk)
    if telling.reply is not None and telling.reply.state != Reply.State.WITHDRAWN:
        return telling.reply
    words = text.strip() or filled(telling)
    if place := PLACE.search(words):
        raise sending.CannotSend(f"{place[0]} still stands in the text. Write there what belongs there.")
    reply = sending.write(
        post=telling.post, brand=telling.case.brand_id, text=words, by=by, at=at,
        approval=telling.case.workspace.approval,
    )  # fmt: skip
    if reply.state == Reply.State.ASKED and (approval := standing_approval(telling, reply)):
        sending.cover(reply, approval, at=at)
    Entry.objects.create(case=telling.case, kind=Entry.Kind.REPLY, reply=reply, by=by, at=at)
    telling.reply, telling.text = reply, reply.text
    telling.save(update_fields=["reply", "text"])
    return reply


def standing_approval(telling: Telling, reply: Reply) -> Approval | None:
    """A second person's yes to exactly these words, given for somebody else of the same telling."""
    same = Approval.objects.filter(digest=text_digest(reply.text), reply__telling__case=telling.case_id)
    return same.exclude(by=reply.by_id).order_by("id").first()


@transaction.atomic
def approve(reply: Reply, *, by: User, at: datetime) -> int:
    """Approve a reply; one that tells others, for all of them who are to get exactly these words. How many they are.

    Raises CannotSend.
    """
    sending.approve(reply, by=by, at=at)
    case = Telling.objects.filter(reply=reply).values_list("case", flat=True).first()
    if case is None:
        return 1
    same = Reply.objects.waiting_for_approval().filter(telling__case=case, text=reply.text).exclude(by=by)
    others = list(same.select_related("to"))
    for other in others:
        sending.approve(other, by=by, at=at)
    return 1 + len(others)
