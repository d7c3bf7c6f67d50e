"""A job: work to be done later, that survives whoever does it.

A worker holds a job by a lease. While it works it renews the lease (heartbeat); when it is killed the lease runs
out and another takes the job. So a job may run twice and must be harmless when it does.
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import F, Q

from tellback.kit.bulk import moment


class State(models.TextChoices):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Jobs(models.QuerySet["Job"]):
    def unfinished(self) -> "Jobs":
        return self.filter(state__in=[State.READY, State.RUNNING])

    def failed(self) -> "Jobs":
        return self.filter(state=State.FAILED)

    def finished_before(self, at: datetime) -> "Jobs":
        return self.filter(state=State.DONE, finished_at__lt=at)

    def late(self, at: datetime) -> "Jobs":
        """Ready for a minute and still not begun: there are too few workers, or none."""
        return self.filter(state=State.READY, run_at__lt=at - timedelta(minutes=1))


class Job(models.Model):
    """One call of a task function with plain JSON arguments."""

    task = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="default")
    priority = models.SmallIntegerField(default=0)
    unique_key = models.CharField(max_length=200, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    run_at = models.DateTimeField()
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_seconds = models.PositiveIntegerField(default=60)
    worker = models.CharField(max_length=80, default="", blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=8)
    error = models.TextField(default="", blank=True)
    result = models.JSONField(null=True)

    objects: ClassVar[Any] = Jobs.as_manager()

    class Meta:
        constraints = [
            # Two unfinished jobs with one key would be the same work twice; a finished one may come again.
            models.UniqueConstraint(
                fields=["unique_key"],
                name="one_unfinished_job_per_key",
                condition=~Q(unique_key="") & Q(state__in=["ready", "running"]),
            )
        ]
        indexes = [
            models.Index(
                fields=["queue", "-priority", "run_at"],
                name="jobs_to_be_done",
                condition=Q(state__in=["ready", "running"]),
            ),
            models.Index(fields=["state", "finished_at"], name="jobs_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.state})"


USUAL_LEASE = 60  # seconds; written by the claim itself, other lengths by a second statement
KILLED = "Every worker that held this job was killed, or lost its lease. It is not tried again by itself."

CLAIM = """
UPDATE work_job SET state = 'running', worker = %s, attempts = attempts + 1,
       started_at = COALESCE(started_at, %s), lease_until = %s
WHERE id IN (
    SELECT id FROM work_job
    WHERE state IN ('ready', 'running') AND queue IN ({queues})
      AND ((state = 'ready' AND run_at <= %s) OR (state = 'running' AND lease_until < %s))
    ORDER BY priority DESC, run_at, id LIMIT %s {lock}
)
RETURNING id, lease_seconds
"""


def claim(*, worker: str, queues: list[str], at: datetime, most: int = 1) -> list[Job]:
    """Take up to `most` jobs that are due or whose lease ran out. Two workers never take the same one."""
    lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    statement = CLAIM.format(queues=", ".join(["%s"] * len(queues)), lock=lock)
    lease = moment(at + timedelta(seconds=USUAL_LEASE))
    now = moment(at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [worker, now, lease, *queues, now, now, most])
        taken = cursor.fetchall()
        for pk, seconds in taken:
            if seconds != USUAL_LEASE:
                Job.objects.filter(pk=pk).update(lease_until=at + timedelta(seconds=seconds))
    if not taken:
        return []
    return list(Job.objects.filter(pk__in=[pk for pk, _ in taken]).order_by("-priority", "run_at", "id"))


def renew(job: Job, *, at: datetime) -> bool:
    """The heartbeat: say that we still work on it. False when another worker has it by now."""
    until = at + timedelta(seconds=job.lease_seconds)
    return bool(held(job).update(lease_until=until))


def finish(job: Job, result: Any, *, at: datetime) -> bool:
    """Mark done what we hold. False when the lease had gone to another, whose word then counts."""
    return bool(held(job).update(state=State.DONE, finished_at=at, lease_until=None, result=result, error=""))


def is_spent(job: Job) -> bool:
    """Has it been claimed more often than it may be tried? Then nobody lived to say how it went."""
    return bool(job.attempts > job.max_attempts)


def fail(job: Job, error: str, *, at: datetime) -> None:
    """Try again later with growing pauses (1 s, 2 s, 4 s ... 1 h), or give up after max_attempts."""
    # PostgreSQL takes neither NUL nor half a character, and the words of a fault may hold both.
    words = error[-4000:].encode("utf-8", "replace").decode().replace("\x00", "\N{REPLACEMENT CHARACTER}")
    if job.attempts >= job.max_attempts:
        held(job).update(state=State.FAILED, finished_at=at, lease_until=None, error=words)
        return
    pause = min(3600, 2 ** min(12, job.attempts - 1))
    held(job).update(state=State.READY, run_at=at + timedelta(seconds=pause), lease_until=None, error=words)


def held(job: Job) -> Jobs:
    """The row, if it is still ours: same worker, same attempt."""
    found: Jobs = Job.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker, attempts=job.attempts)
    return found


def revive(job: Job, *, at: datetime) -> None:
    """A person asks for a failed job to be tried once more."""
    Job.objects.filter(pk=job.pk, state=State.FAILED).update(
        state=State.READY, run_at=at, finished_at=None, max_attempts=F("attempts") + 1
    )
