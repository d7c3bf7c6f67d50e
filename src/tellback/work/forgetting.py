"""Forgetting: what routes and jobs say in words about somebody's things."""

from collections.abc import Sequence

from tellback.work.job import Job
from tellback.work.route import Route


def forget_routes(line: str, subjects: Sequence[int]) -> None:
    """The steps and outcomes stay, the reasons go: they may quote what was said."""
    for begin in range(0, len(subjects), 500):
        rows = list(Route.objects.filter(line=line, subject__in=subjects[begin : begin + 500]))
        for row in rows:
            row.trail = [[step, outcome, ""] for step, outcome, _ in row.trail]
        Route.objects.bulk_update(rows, ["trail"], batch_size=500)


def forget_errors(words: Sequence[str]) -> None:
    """The errors of jobs that quote one of these words."""
    for word in words:
        Job.objects.filter(error__icontains=word).update(error="What it says was about somebody who is forgotten.")
