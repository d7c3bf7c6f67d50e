"""A reply: our words to one person, where they spoke. A draft becomes one; an approval may have to come between."""

import hashlib
import re
import secrets
from typing import Any, ClassVar

from django.db import models

from tellback.listen.models import Attachment, Post
from tellback.networks.models import Connection, Delivery
from tellback.people.models import Handle, Person
from tellback.workspace.models import Brand, User, Workspace

PLACE = re.compile(r"\{(\w+)\}")


def new_key() -> str:
    return secrets.token_hex(16)


def text_digest(text: str) -> str:
    """What an approval holds for: these words and no others."""
    return hashlib.sha256(text.encode()).hexdigest()


class Draft(models.Model):
    """What somebody began to write to a person in a thread; kept on the server, one for each writer and place."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    by = models.ForeignKey(User, on_delete=models.CASCADE)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    network = models.CharField(max_length=20)
    thread = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "brand", "person", "network", "thread"], name="one_draft_a_place")
        ]

    def __str__(self) -> str:
        return f"draft by {self.by_id}"


class Replies(models.QuerySet["Reply"]):
    def waiting_for_approval(self) -> "Replies":
        return self.filter(state=Reply.State.ASKED)

    def delivered(self) -> "Replies":
        return self.filter(state=Reply.State.DELIVERED)


class Reply(models.Model):
    class State(models.TextChoices):
        ASKED = "asked", "waits for approval"
        QUEUED = "queued", "on its way"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "not delivered"
        UNKNOWN = "unknown", "nobody knows whether it arrived"
        WITHDRAWN = "withdrawn", "withdrawn before it went"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    to = models.ForeignKey(Handle, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="replies")
    network = models.CharField(max_length=20)
    thread = models.CharField(max_length=200)
    text = models.TextField()
    key = models.CharField(max_length=64, unique=True, default=new_key)
    state = models.CharField(max_length=9, choices=State.choices)
    automatic = models.BooleanField(default=False)  # we asked or told by ourselves: stops no clock
    close_after = models.BooleanField(default=False)  # its case is to be closed as told once it has arrived
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(Delivery, on_delete=models.SET_NULL, null=True)
    why = models.CharField(max_length=500, default="", blank=True)

    objects: ClassVar[Any] = Replies.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "id"], name="replies_to_approve", condition=models.Q(state="asked")),
        ]

    def __str__(self) -> str:
        return f"reply {self.pk} ({self.state})"

    @property
    def route_subject(self) -> int:
        return int(self.pk)

    @property
    def may_be_tried(self) -> bool:
        """It failed, and not by coming back after it had arrived."""
        return self.state == self.State.FAILED and self.delivery_id is None


class Approval(models.Model):
    """A second person said yes to exactly these words."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="approvals")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, on_delete=models.CASCADE)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reply", "digest"], name="approved_once")]

    def __str__(self) -> str:
        return f"reply {self.reply_id} approved by {self.by_id}"


class Enclosure(models.Model):
    """A file that goes out with a reply."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="enclosures")
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="enclosure")

    def __str__(self) -> str:
        return f"{self.attachment} with reply {self.reply_id}"


class CannedReplies(models.QuerySet["Canned"]):
    def fitting(self, brand: int) -> "CannedReplies":
        """Those of a brand and those of none."""
        return self.filter(models.Q(brand=None) | models.Q(brand=brand))


class Canned(models.Model):
    """A reply that is written often, with places for {name}, {handle}, {brand}, {agent}. `brand` None: for all."""

    LONGEST = 5_000
    PLACES = ("name", "handle", "brand", "agent")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="canned")
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, null=True, blank=True, related_name="canned")
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=LONGEST)
    at = models.DateTimeField()

    objects: ClassVar[Any] = CannedReplies.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "title"], name="canned_titles_differ")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def unknown_places(cls, text: str) -> list[str]:
        """Places that nothing fills in, as they stand: "{nmae}"."""
        return [found[0] for found in PLACE.finditer(text) if found[1] not in cls.PLACES]

    @classmethod
    def open_places(cls, text: str) -> list[str]:
        """Places that somebody has still to fill in."""
        return [found[0] for found in PLACE.finditer(text) if found[1] in cls.PLACES]

    def filled(self, **values: str) -> str:
        """The text with what is known put in; an unknown place stays to be seen."""
        # In one pass: what a person calls themselves may look like a place, and is none.
        return PLACE.sub(lambda found: values.get(found[1], found[0]), self.text)
