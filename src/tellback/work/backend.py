"""The lease table behind the django-tasks interface, so that another backend can take its place."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from tellback.kit import clock

STATES = {
    "ready": TaskResultStatus.READY,
    "running": TaskResultStatus.RUNNING,
    "done": TaskResultStatus.SUCCESSFUL,
    "failed": TaskResultStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedTask(Task[Any, Any]):
    """A task that may also be keyed (never twice unfinished), tried a number of times, and held for longer."""

    unique: str = ""
    attempts: int = 8
    lease: int = 60

    def once(self, key: str) -> Self:
        """The same task under a key: while a job with this key is unfinished, enqueuing again does nothing."""
        return replace(self, unique=key)


class LeaseBackend(BaseTaskBackend):
    """Writes a Job row in the caller's transaction: if that is rolled back, the job never was."""

    task_class = LeasedTask
    supports_defer = True
    supports_priority = True
    supports_get_result = True

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> TaskResult[Any]:
        from tellback.work.job import Job  # models cannot be imported while settings load tasks

        self.validate_task(task)
        now = clock.now()
        job = Job(
            task=task.module_path,
            arguments={"args": list(args), "kwargs": dict(kwargs)},
            queue=task.queue_name,
            priority=task.priority,
            unique_key=task.unique,
            run_at=task.run_after or now,
            enqueued_at=now,
            lease_seconds=task.lease,
            max_attempts=task.attempts,
        )
        if not task.unique:
            job.save(force_insert=True)
            return self.as_result(job)
        Job.objects.bulk_create([job], ignore_conflicts=True)
        standing = Job.objects.unfinished().filter(unique_key=task.unique).first()
        return self.as_result(standing or job)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        from tellback.work.job import Job

        job = Job.objects.filter(pk=int(result_id)).first() if re.fullmatch("[0-9]+", str(result_id)) else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self.as_result(job)

    def as_result(self, job: Any) -> TaskResult[Any]:
        result: TaskResult[Any] = TaskResult(
            task=import_string(job.task),
            id=str(job.pk),
            status=STATES[job.state],
            enqueued_at=job.enqueued_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.started_at,
            args=job.arguments["args"],
            kwargs=job.arguments["kwargs"],
            backend=self.alias,
            errors=[TaskError(exception_class_path="builtins.Exception", traceback=job.error)] if job.error else [],
            worker_ids=[job.worker] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)
        return result
