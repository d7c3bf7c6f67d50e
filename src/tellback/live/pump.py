"""Carries pulses from the source to the hub, from the first page that listens to the end of the server."""

import asyncio
import logging
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import aclosing, suppress
from types import FrameType
from typing import Any

from tellback.live.hub import Hub
from tellback.live.source import Source

log = logging.getLogger("tellback.live")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Pump:
    """One a process, used from its event loop. `start` may be called for every request; the second does nothing."""

    def __init__(self, hub: Hub, source: Source, *, rest: float = 1.0) -> None:
        self.hub = hub
        self._source = source
        self._rest = rest
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._unhook: Callable[[], None] = _nothing

    def start(self) -> None:
        if self._task is None and not self.hub.closed:
            self._unhook = on_stop_signal(self.hub.close)
            self._task = asyncio.create_task(self._run(), name="live pump")

    async def ready(self, within: float) -> bool:
        """Whether the source told where it stands, within so many seconds. Before that, a change could be lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                return await self._ready.wait()
        return False

    async def stop(self) -> None:
        """End all streams and the task. Twice is once."""
        self.hub.close()
        self._unhook()
        self._unhook = _nothing
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._carry()
            except Exception:  # a source of any kind may break; pages wait meanwhile, and miss nothing
                log.exception("The source of changes broke off. It is started again.")
                await asyncio.sleep(self._rest)
            else:
                return

    async def _carry(self) -> None:
        async with aclosing(self._source.batches(self.hub.wanted)) as batches:
            async for batch in batches:
                if not batch:
                    self.hub.mark = max(self.hub.mark, self._source.mark)
                self._ready.set()
                for pulse in batch:
                    self.hub.publish(pulse)


async def lifespan(pump: Pump, receive: Receive, send: Send) -> None:
    """Answer the server's "lifespan" scope: start with it, stop with it."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            pump.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await pump.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def on_stop_signal(close: Callable[[], None]) -> Callable[[], None]:
    """Call `close` in this loop at SIGTERM or SIGINT, before the server's own answer; returns what undoes that.

    A server waits for open connections before it tells the application that it stops, and a stream never ends by
    itself: told by the signal, streams end first, and the server's wait is short.
    """
    if threading.current_thread() is not threading.main_thread():
        return _nothing
    loop = asyncio.get_running_loop()
    undo = [_chain(number, lambda: loop.call_soon_threadsafe(close)) for number in (signal.SIGTERM, signal.SIGINT)]

    def unhook() -> None:
        for back in undo:
            back()

    return unhook


def _chain(number: signal.Signals, first: Callable[[], object]) -> Callable[[], None]:
    before = signal.getsignal(number)

    def both(got: int, frame: FrameType | None) -> None:
        first()
        if callable(before):
            before(got, frame)
        elif before == signal.SIG_DFL:
            signal.signal(number, before)
            signal.raise_signal(number)

    def back() -> None:
        if signal.getsignal(number) is both:
            signal.signal(number, before)

    signal.signal(number, both)
    return back


def _nothing() -> None:
    pass
