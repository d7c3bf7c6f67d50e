"""A post: what somebody said somewhere, in the one shape that all networks share."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from tellback.networks.contract import Said
from tellback.networks.models import Connection, RawItem
from tellback.people.models import Handle
from tellback.workspace.models import Workspace

LONGEST_TEXT = 200_000


class Posts(models.QuerySet["Post"]):
    def in_thread(self, post: "Post") -> "Posts":
        """All that was said in the same conversation, oldest first."""
        return self.filter(workspace=post.workspace_id, network=post.network, thread=post.thread).order_by("id")


class Post(models.Model):
    """`network` is the label people know it by; `thread` the external id of the conversation's first post.

    `written_at` is the post's own date, if it has a sensible one; `heard_at` is when it arrived, and all clocks
    run from that.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False)
    raw = models.ForeignKey(RawItem, on_delete=models.CASCADE, db_index=False)
    author = models.ForeignKey(Handle, on_delete=models.CASCADE)
    network = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    thread = models.CharField(max_length=200)
    answers = models.CharField(max_length=200, default="", blank=True)
    kind = models.CharField(max_length=8, default="post")
    public = models.BooleanField(default=True)
    own = models.BooleanField(default=False)
    title = models.CharField(max_length=300, default="", blank=True)
    text = models.TextField()
    lang = models.CharField(max_length=12, default="", blank=True)
    url = models.CharField(max_length=500, default="", blank=True)
    automatic = models.CharField(max_length=40, default="", blank=True)
    audience = models.PositiveBigIntegerField(null=True)
    written_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Posts.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "network", "external_id"], name="a_post_once"),
        ]
        indexes = [models.Index(fields=["workspace", "network", "thread"], name="posts_of_a_thread")]

    # What the reading knew and the row does not keep: for the steps that come next, in the same run.
    said: Said | None = None
    seen_before: float = 0.0
    seen_in: int = 0  # the post that said nearly the same

    def __str__(self) -> str:
        return f"post {self.pk} on {self.network}"

    @property
    def route_subject(self) -> int:
        return int(self.raw_id)

    @property
    def person_id(self) -> int:
        return int(self.author.person_id)

    @property
    def shown_at(self) -> datetime:
        """The post's own date, where it has one."""
        return self.written_at or self.heard_at


class Echo(models.Model):
    """A post that says again what another said: passed on, repeated by its author, or in nearly the same words."""

    class Kind(models.TextChoices):
        REPOST = "repost", "passes it on"
        AGAIN = "again", "says it again"
        ALIKE = "alike", "says nearly the same"

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="echo")
    of = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="echoes")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    alikeness = models.FloatField(default=1.0)

    def __str__(self) -> str:
        return f"{self.post_id} echoes {self.of_id}"


class Attachment(models.Model):
    """A file that came with a post, or that goes out with a reply: kept outside the web root, served by our view."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    path = models.CharField(max_length=200, default="", blank=True)  # below MEDIA_ROOT; "" when it was not kept
    raw_path = models.CharField(max_length=200, default="", blank=True)  # as it came, until it has been redrawn
    why_not_kept = models.CharField(max_length=200, default="", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alt = models.CharField(max_length=1000, default="", blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Mention(models.Model):
    """A post speaks of a brand, speaks to it, or continues a thread that is its own."""

    class How(models.TextChoices):
        TERM = "term", "a term of the brand"
        DOOR = "door", "came in by the brand's own door"
        THREAD = "thread", "continues a thread of the brand"
        OWN = "own", "the brand itself speaks"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions", db_index=False)
    brand = models.ForeignKey("workspace.Brand", on_delete=models.CASCADE, related_name="mentions")
    how = models.CharField(max_length=6, choices=How.choices)
    sure = models.FloatField(default=1.0)
    spans = models.JSONField(default=list)  # [start, end, kind of term] in the text
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "brand"], name="a_mention_once")]
        indexes = [models.Index(fields=["workspace"], name="mentions_of_own_words", condition=models.Q(how="own"))]

    def __str__(self) -> str:
        return f"post {self.post_id} speaks of {self.brand_id}"

    @property
    def route_subject(self) -> int:
        return int(self.post.raw_id)
