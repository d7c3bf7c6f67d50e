"""Pages, visitors and tables for the tests of this room: the ASGI application is driven by hand, without sockets."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tellback.live.endpoint import Events, Pace, Visitor
from tellback.live.hub import Hub
from tellback.live.pulse import Pulse
from tellback.live.pump import Pump
from tellback.live.source import Polling

NORRTEL, SKYLARK = 1, 2
INES, TOVE = 11, 12


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await scene()

    asyncio.run(bounded())


def pulse(id: int, *topics: str, workspace: int = NORRTEL) -> Pulse:
    return Pulse(id, workspace, frozenset(topics or {"inbox"}))


def spoken(stream: bytes) -> list[tuple[int, list[str]]]:
    """The messages of a stream as (id, topics)."""
    found, place = [], 0
    for block in stream.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        place = int(lines.get("id", place))
        if "data" in lines and "event" not in lines:
            found.append((place, json.loads(lines["data"])["topics"]))
    return found


def filled(newest: int) -> "Table":
    return Table(*(pulse(number) for number in range(1, newest + 1)))


class Table:
    """Rows that become visible when they are committed; what a database would answer to the source."""

    def __init__(self, *rows: Pulse) -> None:
        self.rows = {row.id: row for row in rows}
        self.asked = 0
        self.broken: Exception | None = None

    def commit(self, *rows: Pulse) -> None:
        self.rows |= {row.id: row for row in rows}

    def latest(self) -> int:
        return max(self.rows, default=0)

    def read(self, after: int, gaps: Sequence[tuple[int, int]]) -> list[Pulse]:
        self.asked += 1
        if self.broken:
            raise self.broken
        within = [row for row in self.rows.values() if any(low <= row.id <= high for low, high in gaps)]
        return within + [row for row in self.rows.values() if row.id > after]


class Page:
    """One page's stream, asked for over ASGI by hand."""

    def __init__(self, events: Events, query: str, *, method: str = "GET", headers: Sequence[tuple[str, str]] = ()):
        self.scope = {
            "type": "http",
            "method": method,
            "path": "/live",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        self.status: int | None = None
        self.headers: dict[bytes, bytes] = {}
        self.got = b""
        self.done = False
        self.reads = asyncio.Event()
        self.reads.set()
        self._news = asyncio.Condition()
        self._gone = asyncio.Event()
        self.task = asyncio.create_task(events(self.scope, self._receive, self._send))

    async def until(self, seen: Callable[["Page"], bool], within: float = 3.0) -> "Page":
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: seen(self))
        return self

    async def messages(self, count: int) -> list[tuple[int, list[str]]]:
        await self.until(lambda page: len(spoken(page.got)) >= count)
        return spoken(self.got)

    async def opened(self) -> "Page":
        return await self.until(lambda page: b"retry" in page.got)

    async def ended(self) -> "Page":
        await asyncio.wait_for(self.task, 3)
        return self

    async def leave(self) -> None:
        self._gone.set()
        self.reads.set()
        await self.ended()

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self.reads.wait()
        async with self._news:
            self.status = message.get("status", self.status)
            self.headers |= dict(message.get("headers", []))
            self.got += message.get("body", b"")
            self.done = message["type"] == "http.response.body" and not message.get("more_body", False)
            self._news.notify_all()


def ines(scope: Any) -> Awaitable[Visitor | None]:
    return asyncio.sleep(0, Visitor(INES, NORRTEL, lambda topic: topic != "secret"))


def by_header(scope: Any) -> Awaitable[Visitor | None]:
    """The header `x-workspace` says where the visitor belongs."""
    workspace = int(dict(scope["headers"])[b"x-workspace"])
    return asyncio.sleep(0, Visitor(100 + workspace, workspace, lambda topic: True))


@asynccontextmanager
async def server(table: Table, authorise: Any = ines, *, pace: Pace | None = None, queue: int = 64, **more: Any):
    source = Polling(table.read, 0.005, latest=table.latest, idle=0.02, worst=0.02)
    hub = Hub(replay=source.since, queue=queue, window=more.pop("window", 0.02))
    pump = Pump(hub, source)
    try:
        yield Events(pump, authorise, pace=pace, **more), hub
    finally:
        await pump.stop()
