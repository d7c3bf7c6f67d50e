"""Where pulses come from: another process wrote a row, and this one finds it by asking the database again and again."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, TypeVar

from tellback.live.gaps import Gaps
from tellback.live.pulse import Pulse

log = logging.getLogger("tellback.live")
T = TypeVar("T")

Read = Callable[[int, Sequence[tuple[int, int]]], list[Pulse]]


class Source(Protocol):
    """What the pump needs. The first batch, which may be empty, says that `since` and `mark` can be asked."""

    @property
    def mark(self) -> int: ...

    def batches(self, wanted: asyncio.Event) -> AsyncGenerator[list[Pulse], None]: ...

    def since(self, after: int, workspace: int) -> list[Pulse] | None: ...


class Recent:
    """The last `keep` pulses in memory, so that a thousand pages that come back at once ask the database nothing."""

    def __init__(self, keep: int) -> None:
        self._kept: deque[tuple[int, Pulse]] = deque()
        self._keep = keep
        self._floor = 0
        self._top = 0

    def start(self, floor: int) -> None:
        self._floor = self._top = floor

    def add(self, pulse: Pulse) -> None:
        self._top = max(self._top, pulse.id)
        self._kept.append((self._top, pulse))
        if len(self._kept) > self._keep:
            _, gone = self._kept.popleft()
            self._floor = max(self._floor, gone.id)

    def since(self, after: int, workspace: int) -> list[Pulse] | None:
        """Pulses of one workspace numbered above `after`, as they came; None when some of them are forgotten."""
        if after < self._floor:
            return None
        found = []
        for top, pulse in reversed(self._kept):
            if top <= after:
                break
            if pulse.id > after and pulse.workspace == workspace:
                found.append(pulse)
        return found[::-1]


class Polling:
    """A Source that asks `read(after, gaps)` every `every` seconds, and every `idle` seconds while nobody listens.

    `read` returns the rows numbered above `after` and those inside the ranges `gaps` (ends included); it may stop at a
    limit if it reads in rising order. It runs in one thread of its own, so a slow database holds up no page; that
    thread calls `done` at its end. `latest` gives the highest number in the table: the source starts `lookback` rows
    before it, so that pages which come back after a restart find what they missed. An error is logged once, and asked
    again after growing pauses of at most `worst` seconds.
    """

    def __init__(
        self,
        read: Read,
        every: float = 0.05,
        *,
        latest: Callable[[], int] | None = None,
        done: Callable[[], None] | None = None,
        idle: float = 1.0,
        worst: float = 5.0,
        hold: float = 10.0,
        keep: int = 10_000,
        lookback: int = 1_000,
    ) -> None:
        self._read = read
        self._latest = latest
        self._done = done
        self._every, self._idle, self._worst, self._hold = every, idle, worst, hold
        self._lookback = lookback
        self._recent = Recent(keep)
        self._gaps: Gaps | None = None

    @property
    def mark(self) -> int:
        return self._gaps.mark if self._gaps else 0

    def since(self, after: int, workspace: int) -> list[Pulse] | None:
        return self._recent.since(after, workspace)

    async def batches(self, wanted: asyncio.Event) -> AsyncGenerator[list[Pulse], None]:
        """Each pulse once, in rising order within a batch. Survives errors of `read`."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        try:
            gaps = self._gaps or await self._start(thread)
            yield []
            while True:
                await self._pause(wanted)
                ask = gaps.ask(time.monotonic())
                rows = await self._surely(thread, lambda: self._read(gaps.last, ask))  # noqa: B023 - awaited at once
                if fresh := self._fresh(gaps, rows):
                    yield fresh
        finally:
            if self._done:
                thread.submit(self._done)
            thread.shutdown(wait=False)

    async def _start(self, thread: ThreadPoolExecutor) -> Gaps:
        newest = await self._surely(thread, self._latest) if self._latest else 0
        floor = max(0, newest - self._lookback)
        gaps = Gaps(floor, hold=self._hold)
        self._recent.start(floor)
        while self._fresh(gaps, await self._surely(thread, lambda: self._read(gaps.last, []))):
            pass
        self._gaps = gaps
        return gaps

    def _fresh(self, gaps: Gaps, rows: list[Pulse]) -> list[Pulse]:
        by_id = {pulse.id: pulse for pulse in rows}
        numbers = gaps.take(by_id, time.monotonic())
        fresh = [replace(by_id[number], mark=min(number, gaps.mark)) for number in numbers]
        for pulse in fresh:
            self._recent.add(pulse)
        return fresh

    async def _pause(self, wanted: asyncio.Event) -> None:
        if wanted.is_set():
            await asyncio.sleep(self._every)
            return
        # Not wait_for: in Python 3.11 it can swallow the cancelling that ends this loop.
        with suppress(TimeoutError):
            async with asyncio.timeout(self._idle):
                await wanted.wait()

    async def _surely(self, thread: ThreadPoolExecutor, ask: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        pause, failed = self._every, False
        while True:
            try:
                answer = await loop.run_in_executor(thread, ask)
            except Exception as error:  # the database's own kinds of error are not known here
                if not failed:
                    log.warning("Pages get no changes, because the database does not answer (%s). Still trying.", error)
                failed, pause = True, min(self._worst, max(2 * pause, 0.01))
                await asyncio.sleep(pause)
            else:
                if failed:
                    log.info("The database answers again, and pages get changes.")
                return answer


def polling(
    read: Read,
    every: float = 0.05,
    *,
    latest: Callable[[], int] | None = None,
    done: Callable[[], None] | None = None,
) -> Polling:
    """The source for a table of pulses; see Polling. Give `latest` for any table that outlives the process."""
    return Polling(read, every, latest=latest, done=done)
