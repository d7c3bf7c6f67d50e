"""A route: the way that one thing took through a line, kept so that its page can show it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db import models, transaction

from tellback.kit import bulk


class Routes(models.QuerySet["Route"]):
    def of(self, line: str, subject: int) -> "Routes":
        """All runs of one subject, first one first."""
        return self.filter(line=line, subject=subject).order_by("id")


class Route(models.Model):
    """One run of one subject. `trail` is a list of [step, outcome, why]; `step` is where it ended or waits.

    One row a run and not one a step: six rows for each post were a third of all writing (decision 0007).
    """

    line = models.CharField(max_length=20)
    workspace_id = models.BigIntegerField()
    subject = models.BigIntegerField()
    step = models.CharField(max_length=40)
    outcome = models.CharField(max_length=4)
    trail = models.JSONField()
    at = models.DateTimeField()

    objects: ClassVar[Any] = Routes.as_manager()

    class Meta:
        indexes = [models.Index(fields=["line", "subject"], name="routes_of_a_subject")]

    def __str__(self) -> str:
        return f"{self.line} {self.subject}: {self.outcome} at {self.step}"


COLUMNS = ("id", "line", "workspace_id", "subject", "step", "outcome", "trail", "at")


def keep(line: str, runs: Sequence[tuple[int, int | None, str, str, list[Any]]], at: datetime) -> None:
    """Write many routes at once: (subject, workspace, step, outcome, trail) each."""
    moment = bulk.moment(at)
    with transaction.atomic(savepoint=False):
        ids = bulk.take_ids(Route, len(runs))
        rows = [
            (pk, line, workspace, subject, step, outcome, bulk.as_json(trail), moment)
            for pk, (subject, workspace, step, outcome, trail) in zip(ids, runs, strict=True)
        ]
        bulk.insert_values(Route, COLUMNS, rows)
