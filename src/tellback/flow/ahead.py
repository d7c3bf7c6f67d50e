"""Reading ahead: a second process reads a replay's file and works out whatever needs nothing but a text.

It is asked on its standard input and answers with pickles on its standard output. The first process is thereby left
with the database. It never depends on the second one: if that ends early, it reads on by itself from the last batch
that it took.
"""

import json
import logging
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, cast

from tellback.kit.foreseen import Foreseeable
from tellback.listen import alike, terms
from tellback.networks.contract import Batch, Parcel, Said, Unreachable, Unreadable
from tellback.networks.file import adapter as file
from tellback.triage import rules
from tellback.triage.signals import LONGEST_TEXT

log = logging.getLogger("tellback.flow")
SMALLEST = 200_000  # bytes of a file below which the second process would cost more than it saves
Known = dict[tuple[object, ...], Any]
PURE: tuple[Foreseeable[..., Any], ...] = (terms.words, alike.compared, rules.heard)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A batch, the share of the file read so far, and answers in the order of PURE."""

    batch: Batch
    share: float
    answers: tuple[Known, ...] = ()


def is_worth_it(settings: Mapping[str, Any]) -> bool:
    path = Path(str(settings.get("path", "")))
    return path.is_file() and path.stat().st_size >= SMALLEST


def batches(settings: Mapping[str, Any], workspace: int) -> Iterator[tuple[Batch, float]]:
    """The file's batches and the share of it read so far, 0 to 1. Raises Unreachable if nothing of it can be read."""
    first = next(alone(settings, {}), None)
    if first is None:
        return
    done = first[0].cursor
    with started(settings, workspace, done) as answer:
        yield first  # while it goes through the line, the second process starts
        try:
            for found in heard(answer):
                foresee(found.answers)
                yield found.batch, found.share
                done = found.batch.cursor
            return
        except EOFError:
            log.warning("The process that reads ahead has ended; this one reads on by itself")
        finally:
            foresee(())
    yield from alone(settings, done)


def alone(settings: Mapping[str, Any], done: Mapping[str, Any]) -> Iterator[tuple[Batch, float]]:
    """The same without help, from a cursor on; the parcels are read already."""
    reader = file.reader(settings, done)
    for batch in file.batches(reader, done):
        yield replace(batch, parcels=[read(parcel, settings) for parcel in batch.parcels]), reader.progress()


def foresee(answers: tuple[Known, ...]) -> None:
    for place, function in enumerate(PURE):
        function.known = answers[place] if answers else {}


@contextmanager
def started(settings: Mapping[str, Any], workspace: int, done: Mapping[str, Any]) -> Iterator[IO[bytes]]:
    """The second process, asked to go on after `done`; what it answers can be read from here."""
    request = json.dumps({"settings": dict(settings), "workspace": workspace, "done": dict(done)}).encode()
    command = [sys.executable, "-c", "from tellback.flow import ahead; ahead.main()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as second:  # noqa: S603
        given, answer = cast("tuple[IO[bytes], IO[bytes]]", (second.stdin, second.stdout))
        try:
            with suppress(BrokenPipeError), given:
                given.write(request)
            yield answer
        finally:
            second.kill()


def heard(answer: IO[bytes]) -> Iterator[Foreseen]:
    """What the second process answers. Raises EOFError if it ends too early, Unreachable where the file does."""
    try:
        while (found := pickle.load(answer)) is not None:  # noqa: S301 - our own process wrote it
            if isinstance(found, Unreachable):
                raise found
            yield found
    except pickle.UnpicklingError as fault:
        raise EOFError from fault


def main() -> None:
    """The second process, from its request to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first process ends this one
    request, answer = json.loads(sys.stdin.buffer.read()), sys.stdout.buffer
    try:
        for batch, share in alone(request["settings"], request["done"]):
            write(answer, foreseen(batch, share, request["workspace"]))
        write(answer, None)
    except Unreachable as fault:
        write(answer, fault)
    except BrokenPipeError:
        return  # nobody listens any more


def write(answer: IO[bytes], found: Any) -> None:
    pickle.dump(found, answer, protocol=pickle.HIGHEST_PROTOCOL)
    answer.flush()


def foreseen(batch: Batch, share: float, workspace: int) -> Foreseen:
    plain = [parcel.said for parcel in batch.parcels if parcel.said and not parcel.said.title]
    answers = (
        known(terms.words, {(said.text,) for said in plain}),
        known(alike.compared, {(said.text, workspace) for said in plain}),
        known(rules.heard, {(said.text[:LONGEST_TEXT], said.author.audience or 0) for said in plain}),
    )
    return Foreseen(batch, share, answers)


def known(function: Foreseeable[..., Any], asked: Iterable[tuple[object, ...]]) -> Known:
    return {args: function(*args) for args in asked}


def read(parcel: Parcel, settings: Mapping[str, Any]) -> Parcel:
    try:
        said: Said | None = file.parse(parcel.payload, settings)
    except Unreadable:
        said = None  # the line says why, at its own place
    return replace(parcel, said=said)
