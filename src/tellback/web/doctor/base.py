"""The database: reachable, sound, up to date, and of one time with this machine."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

from tellback.kit.bulk import is_postgresql
from tellback.kit.clock import now
from tellback.kit.trouble import without_number
from tellback.web.doctor.finding import Check, Finding, look, ok, wrong
from tellback.web.start import pending_migrations

DRIFT = 5.0  # seconds


def one(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def reachable() -> Finding:
    """Looked at first: without it the rest can say nothing."""
    kind = "PostgreSQL" if is_postgresql() else "SQLite"
    try:
        knock()
        version = one("SHOW server_version" if is_postgresql() else "SELECT sqlite_version()")
    except Exception as fault:  # the driver's own errors come here unwrapped
        words = (without_number(fault).splitlines() or ["no reason given"])[0]
        todo = (
            "Start the server, or correct DATABASE_URL." if is_postgresql() else "See that the home can be written to."
        )
        return wrong("database", f"{kind} cannot be reached: {words}", todo)
    return ok("database", f"{kind} {version}, {connection.settings_dict['NAME']}")


def knock() -> None:
    """One connection of our own, five seconds long: the pool behind Django would try for half a minute."""
    if is_postgresql():
        params = {name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"}
        base = connection.settings_dict
        address = {"host": base["HOST"], "port": base["PORT"], "user": base["USER"], "password": base["PASSWORD"]}
        known = {name: value for name, value in address.items() if value}
        driver: Any = connection.Database  # type: ignore[attr-defined]
        driver.connect(**{**params, "connect_timeout": 5}, **known, dbname=base["NAME"]).close()


def checks() -> list[tuple[str, Check]]:
    own = postgresql if is_postgresql() else sqlite
    return [("migrations", migrations), ("database", own), ("clock", drift)]


def migrations() -> Iterable[Finding]:
    loader = MigrationExecutor(connection).loader
    strange = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in loader.graph.nodes
    )
    open_steps = pending_migrations()
    if strange:
        words = f"The database has been used by a later version ({strange[0]})."
        return [wrong("migrations", words, "Start that version, or restore a backup.")]
    if open_steps:
        return [
            look(
                "migrations",
                f"{open_steps} steps are still to be taken.",
                "They are taken at the next start; look again after it.",
            )
        ]
    return [ok("migrations", "up to date")]


def sqlite() -> Iterator[Finding]:
    mode, sound = one("PRAGMA journal_mode"), one("PRAGMA quick_check")
    if sound != "ok":
        yield wrong(
            "database", f"The file is damaged: {sound}", "Stop Tellback, keep the file, restore the last backup."
        )
    else:
        yield ok("database", "the file is sound (quick check)")
    if mode != "wal":
        todo = "Put the home on a local disk: on a network share it cannot be wal."
        yield look("database", f"The journal mode is {mode}.", todo)
    try:
        one("SELECT count(*) FROM listen_post_fts WHERE listen_post_fts MATCH 'tellback'")
        yield ok("search", "full text (FTS5)")
    except Error as fault:
        todo = "Install a Python whose SQLite has FTS5, or restore a backup."
        yield wrong("search", f"The search does not answer: {fault}", todo)


def postgresql() -> Iterator[Finding]:
    encoding = one("SHOW server_encoding")
    if encoding != "UTF8":
        yield wrong(
            "database", f"Its encoding is {encoding}.", "Make a database with ENCODING 'UTF8' and restore into it."
        )
    else:
        yield ok("database", "UTF8")
    if not one("SELECT to_regclass('listen_post_words')").replace("None", ""):
        yield wrong("search", "The index of words is missing.", "tellback manage migrate")
    else:
        yield ok("search", "full text (GIN)")


def drift() -> Iterable[Finding]:
    """SQLite's time is this machine's own."""
    said = one("SELECT extract(epoch FROM clock_timestamp())" if is_postgresql() else "SELECT unixepoch()")
    seconds = abs((datetime.fromtimestamp(float(said), UTC) - now()).total_seconds())
    if seconds > DRIFT:
        return [look("clock", f"The database's clock is {seconds:,.0f} s from this machine's.", "Set both by NTP.")]
    return [ok("clock", "this machine and the database agree")]
