"""Deleting a workspace that its owner ended: every row of it in every table, its words in the search, its files.

It goes in batches, each a transaction of its own, so that others write between them. Killed half-way it begins again
at the first table and finds there what is left. Of the accounts of its members nothing goes: they sign in elsewhere.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction

from tellback.cases import forgetting as notes
from tellback.listen import forgetting as posts
from tellback.people import forgetting as people
from tellback.triage.models import Verdict
from tellback.work.tasks import task
from tellback.workspace.events import WorkspaceEnded
from tellback.workspace.models import Workspace

log = logging.getLogger("tellback.flow")

BATCH = 1000
ROUNDS = 5  # a line that was under way may still write a row or two behind us

# (table, its way to the workspace). What points to another table stands above it.
ORDER: Sequence[tuple[str, str]] = (
    ("loop.Ask", "workspace"),
    ("loop.Telling", "workspace"),
    ("cases.Tag_cases", "tag__workspace"),
    ("cases.Tag", "workspace"),
    ("cases.Snooze", "case__workspace"),
    ("cases.Assignment", "case__workspace"),
    ("cases.Clock", "case__workspace"),
    ("cases.Entry", "case__workspace"),
    ("cases.Closure", "case__workspace"),
    ("cases.Strand", "workspace"),
    ("cases.Case", "workspace"),
    ("replies.Approval", "reply__workspace"),
    ("replies.Enclosure", "reply__workspace"),
    ("replies.Draft", "workspace"),
    ("replies.Canned", "workspace"),
    ("replies.Reply", "workspace"),
    ("networks.Delivery", "workspace"),
    ("triage.Question", "workspace"),
    ("triage.Verdict", "workspace"),
    ("triage.Tally", "policy__workspace"),
    ("triage.Adoption", "workspace"),
    ("triage.Policy", "workspace"),
    ("listen.Attachment", "workspace"),
    ("listen.Echo", "post__workspace"),
    ("listen.Mention", "workspace"),
    ("listen.Likeness", "post_id"),
    ("listen.Post", "workspace"),
    ("networks.RawItem", "workspace"),
    ("networks.Refusal", "workspace"),
    ("people.Joining", "workspace"),
    ("people.Handle", "workspace"),
    ("people.Person", "workspace"),
    ("networks.Connection", "workspace"),
    ("notices.Notice", "workspace"),
    ("work.Route", "workspace_id"),
    ("events.Hearing", "fact__workspace_id"),
    ("events.Fact", "workspace_id"),
    ("events.Ripple", "workspace_id"),
    ("workspace.Term", "brand__workspace"),
    ("workspace.Brand", "workspace"),
    ("workspace.Holiday", "calendar__workspace"),
    ("workspace.Calendar", "workspace"),
    ("workspace.Member_teams", "member__workspace"),
    ("workspace.Team", "workspace"),
    ("workspace.Invitation", "workspace"),
    ("workspace.Member", "workspace"),
)

# The database looks for rows that point to one that goes. Without these it would walk whole tables for each of them;
# nothing else asks for them, so they stand only while a workspace goes.
INDEXES = {
    "ending_posts_by_raw": "listen_post (raw_id)",
    "ending_verdicts_by_overrides": "triage_verdict (overrides_id)",
}


def begin(events: Sequence[WorkspaceEnded]) -> None:
    """An owner ended a workspace: a job takes it away."""
    for event in events:
        remove.once(f"end workspace:{event.workspace}").enqueue(event.workspace)


@task(queue="heavy", lease=600)
def remove(workspace: int) -> str:
    """Remove a workspace that was ended. One that nobody ended is left alone."""
    if not Workspace.objects.filter(pk=workspace, ended_at__isnull=False).exists():
        return "not ended"
    with_indexes = [f"CREATE INDEX IF NOT EXISTS {name} ON {where}" for name, where in INDEXES.items()]
    execute(with_indexes)
    try:
        for _ in range(ROUNDS):
            if remove_all(workspace):
                break
        else:
            raise RuntimeError(f"Workspace {workspace} is still being written to; it is tried again.")
    finally:
        execute([f"DROP INDEX IF EXISTS {name}" for name in INDEXES])
    shutil.rmtree(Path(settings.MEDIA_ROOT) / str(workspace), ignore_errors=True)
    tidy_words()
    return "gone"


def tidy_words() -> None:
    """What was removed goes from the indexes of words too."""
    posts.tidy_search.once("tidy search").enqueue()
    people.tidy_search.once("tidy people").enqueue()
    notes.tidy_search.once("tidy notes").enqueue()


@task()
def resume() -> int:
    """Take up what gave up: a deletion that failed too often, with nobody left inside who could ask again."""
    ended = list(Workspace.objects.filter(ended_at__isnull=False).values_list("pk", flat=True))
    for pk in ended:
        remove.once(f"end workspace:{pk}").enqueue(pk)
    return len(ended)


def execute(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove_all(workspace: int) -> bool:
    """Every table once, and the workspace itself. False where somebody wrote behind us: then once more."""
    try:
        Verdict.objects.filter(workspace=workspace).exclude(overrides=None).update(overrides=None)
        for label, way in ORDER:
            empty(apps.get_model(label), way, workspace)
        with transaction.atomic():
            Workspace.objects.filter(pk=workspace).delete()
    except (IntegrityError, models.ProtectedError):
        log.info("Something was written to workspace %s while it goes; once more", workspace)
        return False
    return True


def empty(model: type[models.Model], way: str, workspace: int) -> None:
    """Delete its rows of one table, a batch at a time. They are passed over once: what is behind us is gone."""
    for keys in batches(model, way, workspace):
        with transaction.atomic():
            rows: Any = model._base_manager.filter(pk__in=keys)
            rows._raw_delete(rows.db)  # nothing points to them any more, so there is nothing to collect


def batches(model: type[models.Model], way: str, workspace: int) -> Iterator[list[int]]:
    of_it: Any = workspace
    if way == "post_id":  # a number without a foreign key
        of_it, way = apps.get_model("listen.Post").objects.filter(workspace=workspace).values("pk"), "post_id__in"
    last = 0
    rows = model._base_manager.filter(**{way: of_it}).order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]
