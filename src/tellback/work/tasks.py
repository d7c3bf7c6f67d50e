"""How a room makes a task: django-tasks' decorator, with what our backend adds to it, typed."""

from collections.abc import Callable
from typing import Any, cast

import django_tasks

from tellback.work.backend import LeasedTask


def task(
    *, queue: str = "default", priority: int = 0, attempts: int = 8, lease: int = 60
) -> Callable[[Callable[..., Any]], LeasedTask]:
    """Make a module-level function a task. `lease` is in seconds; a heartbeat renews it while the work goes on."""

    def decorate(function: Callable[..., Any]) -> LeasedTask:
        make: Any = django_tasks.task
        made = make(queue_name=queue, priority=priority, attempts=attempts, lease=lease)(function)
        return cast("LeasedTask", made)

    return decorate
