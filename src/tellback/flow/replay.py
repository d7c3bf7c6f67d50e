"""Replay: a file of real posts through the whole line, in a workspace of its own.

Played twice it leaves the same state: what came before, to the letter, stops at the first step.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tellback.flow import ahead
from tellback.flow.founding import found
from tellback.flow.incoming import Taken, take_in
from tellback.kit import clock
from tellback.networks.contract import Batch, Parcel
from tellback.networks.file import adapter as file
from tellback.networks.file import mapping as mappings
from tellback.networks.keeping import Arrival, refuse
from tellback.networks.models import Connection
from tellback.workspace.founding import make_brand
from tellback.workspace.models import Brand, User, Workspace

GATHER = 0.1  # seconds for which paced posts are gathered into a batch
AT_MAX = 500  # posts a batch at full speed


@dataclass(slots=True)
class Speed:
    """How quickly to play: as it was times `factor`, or `rate` posts a second, or neither: as quickly as it goes."""

    factor: float | None = None
    rate: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Speed":
        """ "max", "1000x" or "500/s". Raises ValueError."""
        try:
            if text == "max":
                return cls()
            if text.endswith("x") and float(text[:-1]) > 0:
                return cls(factor=float(text[:-1]))
            if text.endswith("/s") and float(text[:-2]) > 0:
                return cls(rate=float(text[:-2]))
        except ValueError:
            pass
        raise ValueError(f"The speed {text!r} is none: write max, 1000x (times as quick as it was) or 500/s")


@dataclass(slots=True)
class Report:
    """What became of the rows. kept + repeated + refused = rows."""

    rows: int = 0
    kept: int = 0
    repeated: int = 0
    refused: int = 0
    edits: int = 0
    echoes: int = 0
    matched: int = 0
    entries: int = 0
    waiting: int = 0
    own: int = 0
    cases: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    faulty: int = 0
    amiss: list[str] = field(default_factory=list)

    def add(self, arrivals: list[Arrival], taken: Taken) -> None:
        self.rows += len(arrivals)
        for arrival, trail in zip(arrivals, taken.trails, strict=True):
            if self.note(trail) and (words := amiss(arrival.parcel)):
                self.faulty += 1
                self.amiss.append(f"{arrival.parcel.place}: {words}")
            if taken.through_at:
                self.latencies.append((taken.through_at - arrival.at).total_seconds())

    def note(self, trail: Any) -> bool:
        """Count what became of one; True if it was kept."""
        kinds = {kind for _, kind in trail.ends}
        if "repeated" in kinds:
            self.repeated += 1
            return False
        if kinds & {"refused", "fault"}:
            self.refused += 1
            self.broken.append(trail.steps[-1][2])
            return False
        self.kept += 1
        self.edits += "edit" in kinds
        self.echoes += "echo" in kinds
        self.own += "own" in kinds
        steps = Counter(step for step, outcome, _ in trail.steps if outcome == "next")
        self.matched += bool(steps["match"])
        self.entries += "entry" in kinds
        self.waiting += any(outcome == "wait" for outcome, _ in trail.ends)
        self.cases += steps["open_case"]
        self.verdicts.update(why for step, outcome, why in trail.steps if step == "judge" and outcome == "next")
        return True

    def refuse(self, count: int, words: list[str]) -> None:
        self.rows += count
        self.refused += count
        self.broken.extend(words)

    def percentile(self, share: float) -> float:
        """Seconds from arrival to the end of the line that this share of posts did not exceed."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def as_dict(self) -> dict[str, Any]:
        names = (
            "rows",
            "kept",
            "repeated",
            "refused",
            "faulty",
            "edits",
            "echoes",
            "own",
            "matched",
            "entries",
            "waiting",
            "cases",
        )
        return {name: getattr(self, name) for name in names} | {
            "verdicts": dict(self.verdicts.most_common()),
            "seconds": round(self.seconds, 3),
            "cpu_seconds": round(self.cpu_seconds, 3),
            "posts_per_second": round(self.rows / self.seconds, 1) if self.seconds else 0.0,
            "p50_seconds": round(self.percentile(0.5), 4),
            "p99_seconds": round(self.percentile(0.99), 4),
        }


FAULTS = ("author_fault", "date_fault", "text_fault", "link_fault", "note")


def amiss(parcel: Parcel) -> str:
    """What of a row that was kept could not be read as it stands, in words; "" where nothing is."""
    if parcel.said is None:
        return ""
    return " ".join(str(parcel.said.extra[name]) for name in FAULTS if name in parcel.said.extra)


def prepare(path: str, mapping: str, *, brand: str = "", space: str = "", owner: User | None = None) -> Connection:
    """The workspace, brands and connection of a replay; those of an earlier one of the same file are used again."""
    at = clock.now()
    read = mappings.load(mapping)
    settings = {"path": path, "mapping": mapping}
    if path != "-" and (faults := file.check(settings)):
        raise ValueError(" ".join(faults))
    name = space or f"Replay {Path(path).name if path != '-' else 'standard input'}"
    workspace = Workspace.objects.filter(name=name).first() or found(name, at=at, owner=owner)
    for label in [brand] if brand else file.brands(settings):
        if not Brand.objects.filter(workspace=workspace, name=label[:80]).exists():
            handles = read.handles_of(label) or (label.replace(" ", ""),)
            make_brand(workspace, label, terms=[("handle", f"@{handle}") for handle in handles], at=at)
    own = Brand.objects.filter(workspace=workspace, name=brand).first() if brand else None
    connection, _ = Connection.objects.get_or_create(
        workspace=workspace,
        name=name[:120],
        defaults={
            "network": "file", "label": (read.network or "File")[:40], "settings": settings, "made_at": at,
            "listens": False, "brand": own,
        },
    )  # fmt: skip
    return connection


def play(connection: Connection, speed: Speed, *, progress: Callable[[float, Report], None] | None = None) -> Report:
    """Play the file of a replay's connection. `progress` is called with the share read so far, 0 to 1."""
    report = Report()
    begun, cpu = time.perf_counter(), time.process_time()
    source = Source(connection, at_max=speed == Speed())
    for batch in paced(iter(source), speed):
        if batch.broken:
            refuse(connection, batch.broken, at=clock.now())
            report.refuse(len(batch.broken), [f"{each.place}: {each.why}" for each in batch.broken])
        arrivals = [Arrival(connection, parcel, at) for parcel, at in batch.arrived]
        if arrivals:
            report.add(arrivals, take_in(arrivals))
        report.seconds = time.perf_counter() - begun
        if progress:
            progress(source.share, report)
    report.seconds, report.cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
    return report


class Source:
    """The batches of a replay's file. `share` is how much of it is read; at full speed another process reads ahead."""

    def __init__(self, connection: Connection, *, at_max: bool) -> None:
        self.connection, self.share = connection, 0.0
        self.ahead = at_max and ahead.is_worth_it(connection.settings)

    def __iter__(self) -> Iterator[Batch]:
        settings = self.connection.settings
        found = ahead.batches(settings, self.connection.workspace_id) if self.ahead else ahead.alone(settings, {})
        for batch, self.share in found:
            yield batch


@dataclass(slots=True)
class Paced:
    """Parcels with the moment at which each of them arrived."""

    arrived: list[tuple[Parcel, datetime]] = field(default_factory=list)
    broken: list[Any] = field(default_factory=list)


def paced(batches: Iterator[Batch], speed: Speed) -> Iterator[Paced]:
    """Batches at the speed asked for. A post that we could not take in time has arrived nevertheless: it waits."""
    if speed.factor is None and speed.rate is None:
        for batch in batches:
            yield Paced([(parcel, clock.now()) for parcel in batch.parcels], list(batch.broken))
        return
    start = clock.now()
    gathered = Paced()
    for number, (parcel, broken, offset) in enumerate(with_offsets(batches, speed)):
        due = start + timedelta(seconds=number / speed.rate if speed.rate else offset)
        if gathered.arrived and due > gathered.arrived[0][1] + timedelta(seconds=GATHER):
            sleep_until(gathered.arrived[-1][1])
            yield gathered
            gathered = Paced()
        if parcel is not None:
            gathered.arrived.append((parcel, due))
        gathered.broken.extend(broken)
    if gathered.arrived:
        sleep_until(gathered.arrived[-1][1])
    yield gathered


def with_offsets(batches: Iterator[Batch], speed: Speed) -> Iterator[tuple[Parcel | None, list[Any], float]]:
    """Each parcel with the seconds after the first at which it is due, by its own date; never before the one ahead."""
    first: datetime | None = None
    last = 0.0
    for batch in batches:
        if batch.broken:
            yield None, list(batch.broken), last
        for parcel in batch.parcels:
            written = parcel.said.written_at if parcel.said else None
            if written is not None and speed.factor:
                first = first or written
                last = max(last, (written - first).total_seconds() / speed.factor)
            yield parcel, [], last


def sleep_until(at: datetime) -> None:
    wait = (at - clock.now()).total_seconds()
    if wait > 0:
        time.sleep(wait)
