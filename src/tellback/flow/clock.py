"""Everything that comes again by itself, on one page."""

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

from tellback.cases.snoozing import wake_due
from tellback.events import ripple
from tellback.flow import ending
from tellback.flow.incoming import pick_up
from tellback.kit.clock import now
from tellback.listen import likeness, orphans
from tellback.networks.configuring import forget_secrets
from tellback.work.models import Job
from tellback.work.recurring import Every
from tellback.work.tasks import task


@task()
def wake_cases() -> int:
    return wake_due(at=now())


@task()
def pick_up_stranded() -> int:
    return pick_up()


@task()
def sweep_likeness() -> int:
    return likeness.sweep(at=now())


@task()
def sweep_jobs() -> int:
    """Finished jobs are kept for a day, so that it can be seen what was done."""
    gone, _ = Job.objects.finished_before(now() - timedelta(days=1)).delete()
    return int(gone)


@task()
def refresh_statistics() -> str:
    """PostgreSQL's autovacuum does this by itself."""
    if connection.vendor != "sqlite":
        return "not needed"
    # In a transaction, which waits for its turn to write: counting by itself would give up at once.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("PRAGMA optimize(0x10002)")
    return "done"


@task()
def sweep_ripples() -> int:
    return ripple.sweep(now() - timedelta(hours=2))


@task()
def forget_passwords() -> int:
    """A connection that was removed a day ago is not brought back with what it knew."""
    return forget_secrets(removed_before=now() - timedelta(days=1))


@task()
def sweep_sessions() -> None:
    """Whose time is over: what a session remembers, such as the last acts to undo, goes with it."""
    SessionStore.clear_expired()


@task(queue="heavy", lease=600)
def sweep_files() -> int:
    return orphans.sweep(written_before=now() - timedelta(days=1))


CLOCK = [
    Every("wake cases", 30, wake_cases, "Cases that were put off come back when their time has come."),
    Every("pick up stranded", 60, pick_up_stranded, "What was kept and not read, since its process ended, is read."),
    Every(
        "sweep likeness",
        3600,
        sweep_likeness,
        "Marks of posts older than seven days go; nothing is compared with them.",
    ),
    Every("sweep ripples", 600, sweep_ripples, "What told open pages that they are old goes after two hours."),
    Every("forget passwords", 3600, forget_passwords, "Passwords of connections removed a day ago go."),
    Every("end workspaces", 3600, ending.resume, "A workspace that was ended and is still there goes on going."),
    Every("sweep sessions", 24 * 3600, sweep_sessions, "Sessions that ended go."),
    Every("sweep files", 6 * 3600, sweep_files, "Files older than a day that no row names go: their batch was killed."),
    Every("refresh statistics", 6 * 3600, refresh_statistics, "SQLite counts anew, so that it picks the right index."),
    Every("sweep jobs", 3600, sweep_jobs, "Jobs done more than a day ago go."),
]
