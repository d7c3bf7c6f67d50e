"""A verdict: where the chart, or a person, sends a mention, with the way it took and why."""

from datetime import date, datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import connection, models

from tellback.listen.models import Mention
from tellback.triage.policy import Policy
from tellback.workspace.models import Brand, User, Workspace

URGENCIES = {"now": 3, "soon": 2, "calm": 1, "none": 0}


class Verdicts(models.QuerySet["Verdict"]):
    def standing(self) -> "Verdicts":
        return self.filter(standing=True)


class Verdict(models.Model):
    """`path` is a list of [node, answer, how, p, [[start, end], ...]] in the order of the questions.

    `edges` repeats the path as "|node:yes|node:no|", for the list behind an edge of the drawn chart.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    mention = models.ForeignKey(Mention, on_delete=models.CASCADE, related_name="verdicts")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, db_index=False)
    action = models.CharField(max_length=40)
    lane = models.CharField(max_length=20, default="", blank=True)
    urgency = models.PositiveSmallIntegerField(default=1)
    path = models.JSONField()
    edges = models.CharField(max_length=500, default="", blank=True)
    confidence = models.FloatField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False)
    overrides = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    standing = models.BooleanField(default=True)
    at = models.DateTimeField()

    objects: ClassVar[Any] = Verdicts.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mention"], name="one_standing_verdict", condition=models.Q(standing=True)),
        ]
        indexes = [models.Index(fields=["policy", "at"], name="verdicts_of_a_day")]

    def __str__(self) -> str:
        return f"{self.action} for mention {self.mention_id}"

    @property
    def route_subject(self) -> int:
        return self.mention.route_subject

    @property
    def needs_case(self) -> bool:
        return self.policy.drawn().actions[self.action].needs_case

    @property
    def action_words(self) -> str:
        return self.policy.drawn().actions[self.action].words


class Questions(models.QuerySet["Question"]):
    def waiting(self) -> "Questions":
        """Nobody has answered; the one that waits longest first."""
        return self.filter(answered_at=None).order_by("asked_at", "id")

    def held(self) -> "Questions":
        """Answered a moment ago: whoever answered may still take it back."""
        return self.filter(held_until__isnull=False)


class Question(models.Model):
    """A mention waits at a node of the chart for a person's yes or no.

    `held_until` is set from the answer until the mention goes on with it. One that was answered without an `answer`
    is asked no more: a person sent the mention elsewhere.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    mention = models.ForeignKey(Mention, on_delete=models.CASCADE, related_name="questions")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, db_index=False)
    node = models.CharField(max_length=40)
    p = models.FloatField(null=True)
    asked_of = models.FloatField(default=0.5)  # how sure the answer would have had to be
    spans = models.JSONField(default=list)
    path = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    answer = models.BooleanField(null=True)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, db_index=False)
    answered_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)

    objects: ClassVar[Any] = Questions.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mention", "node"], name="asked_once"),
        ]
        indexes = [
            models.Index(fields=["workspace", "asked_at"], name="questions_open", condition=models.Q(answered_at=None)),
            models.Index(
                fields=["workspace", "policy", "node", "asked_at"],
                name="questions_at_a_node",
                condition=models.Q(answered_at=None),
            ),
            models.Index(fields=["workspace"], name="questions_held", condition=models.Q(held_until__isnull=False)),
            models.Index(fields=["policy", "asked_at"], name="questions_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.node} of mention {self.mention_id}"

    @property
    def answer_words(self) -> str:
        """What a person answered, as the chart that asked calls it: "negative"."""
        return self.policy.drawn().nodes[self.node].edge(bool(self.answer)).words


class Tally(models.Model):
    """How many mentions went along one edge of the chart on one day: what the drawing shows."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE)
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    edge = models.CharField(max_length=50)  # "node:yes", "node:no", "node:wait", "=action", "heard"
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "day", "brand", "edge"], name="one_tally_an_edge"),
        ]

    def __str__(self) -> str:
        return f"{self.edge} on {self.day}: {self.count}"


ADD = """
INSERT INTO triage_tally (policy_id, brand_id, day, edge, count) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (policy_id, day, brand_id, edge) DO UPDATE SET count = triage_tally.count + excluded.count
"""


def count(counts: dict[tuple[int, int, date, str], int]) -> None:
    """Add to the tallies, keyed (policy, brand, day, edge). In the caller's transaction.

    In one order always, so that two processes that count at once never wait for each other in a circle.
    """
    rows = [(policy, brand, day.isoformat(), edge, more) for (policy, brand, day, edge), more in sorted(counts.items())]
    with connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


def day_of(moment: datetime, zone: str) -> date:
    """The day on which a moment falls in a workspace's own zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
