"""A case: one person's trouble with one brand, from the first word to the last."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from tellback.listen.models import Post
from tellback.networks.models import Connection
from tellback.people.models import Person
from tellback.replies.models import Reply
from tellback.workspace.models import Brand, Team, User, Workspace

LONGEST_TITLE = 120
LONGEST_TAG = 40


class Cases(models.QuerySet["Case"]):
    def open(self) -> "Cases":
        return self.filter(closed_at=None)

    def closed(self) -> "Cases":
        return self.filter(closed_at__isnull=False)

    def waiting(self) -> "Cases":
        """Somebody waits for us, and nobody put it off."""
        return self.open().filter(waiting_since__isnull=False, snoozed_until=None)

    def unassigned(self) -> "Cases":
        return self.waiting().filter(holder=None)

    def next_answer(self) -> "Cases":
        """They were answered once and spoke again."""
        return self.waiting().filter(answered_at__isnull=False)

    def held_by(self, user: User | int) -> "Cases":
        return self.open().filter(holder=user, snoozed_until=None)

    def snoozed(self) -> "Cases":
        return self.open().filter(snoozed_until__isnull=False)

    def urgent(self) -> "Cases":
        return self.filter(urgency=Case.URGENT)

    def longest_first(self) -> "Cases":
        return self.order_by("waiting_since", "id")


def urgent_indexes() -> list[models.Index]:
    """The urgent of each queue, which stand ahead of all others. Few rows have a place in them."""
    waits = Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False, urgency=3)
    found = {
        "cases_urgent": ("workspace", waits),
        "cases_urgent_by_brand": ("brand", waits),
        "cases_urgent_nobody_has": ("workspace", waits & Q(holder=None)),
        "cases_urgent_next_answer": ("workspace", waits & Q(answered_at__isnull=False)),
    }
    return [
        models.Index(fields=[of, "waiting_since", "id"], name=name, condition=condition)
        for name, (of, condition) in found.items()
    ]


class Case(models.Model):
    """`waiting_since` and `due_at` repeat the running clock, `holder` the standing assignment, `closed_at` the
    standing closure: the inbox of a workspace with a million posts reads one index. Each is written by the same
    command, in the same transaction, as the row that it repeats.
    """

    URGENT = 3  # the chart's "now": danger, law or press, or whatever else must not wait

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="cases", db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="cases", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="cases")
    title = models.CharField(max_length=LONGEST_TITLE)
    lane = models.CharField(max_length=20, default="", blank=True)
    network = models.CharField(max_length=20, default="", blank=True)
    urgency = models.PositiveSmallIntegerField(default=1)
    by_hand = models.CharField(max_length=20, default="", blank=True)  # phone, letter, counter
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    holder = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, db_index=False)
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Cases.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "waiting_since", "id"],
                name="cases_who_waits",
                condition=Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False),
            ),
            models.Index(
                fields=["workspace", "due_at"],
                name="cases_by_due",
                condition=Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False),
            ),
            models.Index(
                fields=["brand", "waiting_since", "id"],
                name="cases_who_waits_by_brand",
                condition=Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False),
            ),
            models.Index(
                fields=["workspace", "waiting_since", "id"],
                name="cases_nobody_has",
                condition=Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False, holder=None),
            ),
            models.Index(
                fields=["workspace", "waiting_since", "id"],
                name="cases_next_answer",
                condition=Q(closed_at=None, snoozed_until=None, waiting_since__isnull=False, answered_at__isnull=False),
            ),
            *urgent_indexes(),
            models.Index(
                fields=["holder", "workspace", "waiting_since"],
                name="cases_of_a_holder",
                condition=Q(closed_at=None, holder__isnull=False),
            ),
            models.Index(
                fields=["workspace", "snoozed_until"],
                name="cases_put_off",
                condition=Q(closed_at=None, snoozed_until__isnull=False),
            ),
            models.Index(fields=["workspace", "closed_at"], name="cases_closed", condition=Q(closed_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def route_subject(self) -> int:
        return int(self.pk)

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_urgent(self) -> bool:
        return self.urgency >= self.URGENT


class Strand(models.Model):
    """One conversation of the case's person with its brand: a thread on a network. A case may hold several."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="strands")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, db_index=False)
    network = models.CharField(max_length=20)
    thread = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "brand", "person", "network"], name="one_strand_a_conversation")
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.thread}"


class Entry(models.Model):
    """One line of the timeline: what they said, what we replied, a note among us, or a change."""

    class Kind(models.TextChoices):
        POST = "post", "they spoke"
        REPLY = "reply", "we replied"
        NOTE = "note", "a note, only we see it"
        CHANGE = "change", "a change"
        HEARD = "heard", "they answered whether it helped"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="entries")
    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, null=True, related_name="entries")
    text = models.TextField(default="", blank=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "post"], name="a_post_once_a_case", condition=Q(post__isnull=False)
            ),
            models.UniqueConstraint(fields=["reply"], name="a_reply_once", condition=Q(reply__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in case {self.case_id}"


class Clock(models.Model):
    """Time that runs while somebody waits for us, in business time: to the first answer, or to the next one."""

    class Kind(models.TextChoices):
        FIRST = "first", "first answer"
        NEXT = "next", "next answer"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=5, choices=Kind.choices)
    promised = models.PositiveIntegerField()  # seconds of business time
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="one_clock_runs", condition=Q(stopped_at=None)),
        ]
        indexes = [models.Index(fields=["stopped_at"], name="clocks_stopped", condition=Q(stopped_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.kind} answer of case {self.case_id}"


class Assignment(models.Model):
    """Who had the case, from when to when, and who gave it to them."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    holder = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"case {self.case_id} with {self.holder or self.team}"


class Snooze(models.Model):
    """The case was put off until a moment; it wakes by the clock or when the person speaks."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="snoozes")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"case {self.case_id} until {self.until:%Y-%m-%d %H:%M}"


class Closure(models.Model):
    """How the case ended: told by a delivered reply, or for a stated reason. Reopened, it ends too."""

    class Reason(models.TextChoices):
        TOLD = "told", "told"
        LET_STAND = "let_stand", "let stand"
        ELSEWHERE = "elsewhere", "told elsewhere"
        NOT_OURS = "not_ours", "not ours"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="closures")
    reason = models.CharField(max_length=9, choices=Reason.choices)
    words = models.CharField(max_length=300, default="", blank=True)
    reply = models.ForeignKey(Reply, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    reopened_at = models.DateTimeField(null=True)
    reopened_why = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], name="closed_once", condition=Q(reopened_at=None)),
        ]

    def __str__(self) -> str:
        return f"case {self.case_id}: {self.reason}"


class Tag(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(max_length=LONGEST_TAG)
    cases = models.ManyToManyField(Case, related_name="tags", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="a_tag_once")]

    def __str__(self) -> str:
        return self.name


def title_of(text: str, longest: int = 80) -> str:
    """The first words of a text, for a case that nobody has named yet."""
    words = " ".join(text.split())
    if len(words) <= longest:
        return words or "No words"
    return words[: longest - 1].rsplit(" ", 1)[0] + "…"
