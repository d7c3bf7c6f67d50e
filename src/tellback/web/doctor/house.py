"""The house: jobs, parcels, connections, secrets, policies, owners."""

import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from tellback.kit.clock import now
from tellback.kit.secret import WrongKey, unseal
from tellback.networks.models import Connection, RawItem
from tellback.triage.models import Policy
from tellback.web.doctor.finding import Check, Finding, look, ok, wrong
from tellback.work.models import Job
from tellback.workspace.models import Member, Role, Workspace

LIMIT = 5.0  # seconds for one connection
STRANDED = timedelta(minutes=5)


def checks(*, quick: bool) -> list[tuple[str, Check]]:
    found: list[tuple[str, Check]] = [
        ("owners", owners),
        ("policies", policies),
        ("jobs", jobs),
        ("parcels", parcels),
        ("secrets", secrets),
    ]
    return found if quick else [*found, ("connections", connections)]


def owners() -> Iterator[Finding]:
    if not get_user_model().objects.exists():
        words = "Nobody has an account: the first-run page is open to whoever has the token on the console."
        yield look("owners", words, "Open the page, or: tellback owner EMAIL --workspace NAME --password-stdin")
        return
    spaces = Workspace.objects.filter(is_demo=False).order_by("name")
    owned = set(Member.objects.active().filter(role=Role.OWNER).values_list("workspace_id", flat=True))
    for space in spaces:
        if space.pk not in owned:
            todo = f"tellback owner EMAIL --workspace {space.name!r} --password-stdin"
            yield look("owners", f"The workspace {space.name!r} has no owner.", todo)
    yield ok("owners", f"{len(owned & {space.pk for space in spaces})} of {len(spaces)} workspaces have one")


def policies() -> Iterator[Finding]:
    standing = Policy.objects.filter(adoptions__ended_at=None, adoptions__isnull=False).order_by("workspace__name")
    for space in Workspace.objects.exclude(pk__in=standing.order_by().values("workspace")).order_by("name"):
        yield wrong("policies", f"The workspace {space.name!r} has no chart in force.", "Adopt one on its page Chart.")
    for policy in standing.select_related("workspace"):
        yield ok("policies", f"{policy.workspace.name}: {policy}")


def jobs() -> Iterator[Finding]:
    at = now()
    failed, late = Job.objects.failed().count(), Job.objects.late(at).count()
    oldest = Job.objects.unfinished().order_by("enqueued_at").first()
    last = Job.objects.failed().order_by("-finished_at").first()
    if last:
        words = f"{failed:,} failed, the last: {last.task.rpartition('.')[2]}."
        yield look("jobs", words, "Read its error; it can be tried again.")
    if late:
        yield wrong("jobs", f"{late:,} are late by more than a minute.", "Start workers: ./run, or tellback work.")
    if oldest:
        yield ok(
            "jobs", f"{Job.objects.unfinished().count():,} to be done, the oldest {age(oldest.enqueued_at, at)} old"
        )
    elif not failed:
        yield ok("jobs", "none to be done")


def age(since: datetime, at: datetime) -> str:
    seconds = max(0, int((at - since).total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def parcels() -> Iterable[Finding]:
    stranded = RawItem.objects.filter(through_at=None, arrived_at__lt=now() - STRANDED)
    count = stranded.count()
    if count:
        oldest = stranded.order_by("arrived_at").values_list("arrived_at", flat=True)[0]
        words = f"{count:,} arrived and were not read, the oldest {age(oldest, now())} ago."
        return [wrong("parcels", words, "Start workers: the clock picks them up every minute.")]
    return [ok("parcels", "all that arrived is through")]


def secrets() -> Iterable[Finding]:
    rows = list(Connection.objects.exclude(secrets="").select_related("workspace"))
    closed = [row for row in rows if not opens(row)]
    if closed:
        names = ", ".join(f"{row} ({row.workspace})" for row in closed[:5])
        return [
            wrong("secrets", f"This key does not open those of {names}.", "Put the old key back, or enter them again.")
        ]
    return [ok("secrets", f"{len(rows)} open with this key")]


def opens(row: Connection) -> bool:
    try:
        unseal(row.secrets)
    except WrongKey:
        return False
    return True


def connections() -> Iterator[Finding]:
    """Each adapter says what is wrong now. One that takes longer is left behind, so that the doctor ends."""
    rows = list(Connection.objects.select_related("workspace").order_by("workspace__name", "name"))
    if not rows:
        yield look("connections", "There are none: nothing is heard.", "Make one on the page Connections.")
        return
    until = time.monotonic() + LIMIT
    asked = [(row, ask_aside(row)) for row in rows if not row.paused_at]
    for row, answer in asked:
        yield from reported(row, answer, until)
    for row in rows:
        if row.paused_at:
            yield ok("connections", f"{row.workspace}: {row} is paused")


def ask_aside(row: Connection) -> "Future[list[str]]":
    """In a thread that does not keep the process: a check that hangs is left behind."""
    answer: Future[list[str]] = Future()

    def work() -> None:
        try:
            answer.set_result(ask(row))
        except BaseException as fault:  # it belongs to whoever waits for the answer
            answer.set_exception(fault)

    threading.Thread(target=work, name=f"doctor-{row.pk}", daemon=True).start()
    return answer


def ask(row: Connection) -> list[str]:
    return row.adapter.check(row.all_settings())


def reported(row: Connection, answer: "Future[list[str]]", until: float) -> Iterator[Finding]:
    who = f"{row.workspace}: {row}"
    try:
        faults = answer.result(timeout=max(0.0, until - time.monotonic()))
    except TooLong:
        words = f"{who} did not answer within {LIMIT:g} s."
        yield wrong("connections", words, "See whether its server can be reached from here.")
        return
    except WrongKey as fault:
        yield wrong("connections", f"{who}: {fault}", "Put the old key back, or enter the secrets again.")
        return
    except Exception as fault:  # an adapter's own mistake
        words = f"{who}: its adapter stumbled ({type(fault).__name__}: {fault})."
        yield wrong("connections", words, "Look at its settings.")
        return
    for words in faults:
        yield wrong("connections", f"{who}: {words}", "Mend it on the page Connections.")
    if not faults and row.last_fault:
        yield look("connections", f"{who} answers, and last stumbled: {row.last_fault}", "It is tried again by itself.")
    elif not faults:
        yield ok("connections", f"{who} answers")
