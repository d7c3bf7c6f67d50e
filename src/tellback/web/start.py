"""Starting Django, with the database brought up to date, and words on what happens."""

import sys

import django


def say(words: str) -> None:
    """Words go to standard error; standard output is for results."""
    print(words, file=sys.stderr, flush=True)


def begin(*, migrate: bool = True) -> None:
    """Set Django up. The database's tables are made, or brought to this version, unless told otherwise."""
    django.setup()
    if migrate:
        bring_up_to_date()


def pending_migrations() -> int:
    """How many steps the database is behind this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up_to_date() -> None:
    from django.core.management import call_command

    behind = pending_migrations()
    if behind:
        say(f"Bringing the database to this version ({behind} steps)")
        call_command("migrate", verbosity=0, interactive=False)
