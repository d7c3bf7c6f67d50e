"""Asking: did it help? Once for each closure, by a link without an account. "No" opens the case again."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse

from tellback.cases.answering import answer
from tellback.cases.closing import change, reopen
from tellback.cases.models import Case, Closure, Entry
from tellback.events.announcing import announce
from tellback.loop.events import CustomerHeard
from tellback.replies.models import Reply
from tellback.replies.sending import CannotSend
from tellback.workspace.models import Workspace


class Ask(models.Model):
    """The question that went to the customer, and what they said. Only a digest of the link's token is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="asks")
    closure = models.OneToOneField(Closure, on_delete=models.CASCADE)
    reply = models.ForeignKey(Reply, on_delete=models.SET_NULL, null=True)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    helped = models.BooleanField(null=True)
    words = models.TextField(default="", blank=True)
    heard_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"case {self.case_id}: did it help?"


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def due(case: Case, closure: Closure) -> datetime | None:
    """When the customer is to be asked about this closure. None: this workspace never asks."""
    pause = case.workspace.ask_after
    return None if pause is None else closure.at + timedelta(minutes=pause)


@transaction.atomic
def ask(case: Case, closure: Closure, *, at: datetime) -> Ask | None:
    """Ask the customer once whether it helped. None when there is nobody to ask, or they were asked."""
    if closure.reply is None or Ask.objects.filter(closure=closure).exists():
        return None
    token = secrets.token_urlsafe(16)
    address = settings.PUBLIC_URL + reverse("loop:asked", args=[token])
    text = f"Did this help? Say yes or no here, no account needed: {address}"
    try:
        with transaction.atomic():
            reply = answer(case, text=text, by=None, at=at, automatic=True, post=closure.reply.post)
    except CannotSend:
        return None
    return Ask.objects.create(
        workspace_id=case.workspace_id, case=case, closure=closure, reply=reply, digest=digest(token), at=at
    )


def find(token: str) -> Ask | None:
    return Ask.objects.filter(digest=digest(token)).select_related("case__brand", "closure__reply").first()


@transaction.atomic
def hear(asked: Ask, *, helped: bool, words: str, at: datetime) -> bool:
    """What the customer says. The first answer counts; "no" opens the case again. False when it was answered."""
    words = words.strip()[:2000]
    first = Ask.objects.filter(pk=asked.pk, heard_at=None).update(helped=helped, words=words, heard_at=at)
    if not first:
        return False
    if words:
        Entry.objects.create(case=asked.case, kind=Entry.Kind.HEARD, text=words, at=at)
    if helped:
        change(asked.case, "They said that it helped", by=None, at=at)
    announce(
        CustomerHeard(
            workspace=asked.workspace_id, subject=asked.case_id, at=at, person=asked.case.person_id, helped=helped
        )
    )
    if not helped:
        reopen(asked.case, why="They said that it did not help", by=None, at=at)
    return True
