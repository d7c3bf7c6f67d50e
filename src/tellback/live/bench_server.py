"""A small server for the bench and the tests: the streams of this room over a table of pulses in SQLite.

`python -m tellback.live.bench_server` prints its address and serves until it is told to stop. GET /live is a stream,
POST /pulse commits one row for the topic "bench" and answers with the time of that by time.monotonic().
"""

import asyncio
import socket
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from tellback.live.door import Door
from tellback.live.endpoint import Events, Visitor
from tellback.live.hub import Hub
from tellback.live.pulse import Pulse
from tellback.live.pump import Message, Pump, Receive, Send, lifespan
from tellback.live.source import polling

TABLE = "CREATE TABLE IF NOT EXISTS pulse (id INTEGER PRIMARY KEY AUTOINCREMENT, workspace INTEGER, topics TEXT)"


class Rows:
    """The table. A connection a call: reader and writer are threads of their own."""

    def __init__(self, file: Path) -> None:
        self._file = str(file)
        self._do("PRAGMA journal_mode=WAL")
        self._do(TABLE)

    def add(self, workspace: int, topics: str) -> float:
        self._do("INSERT INTO pulse (workspace, topics) VALUES (?, ?)", workspace, topics)
        return time.monotonic()

    def latest(self) -> int:
        return int(self._do("SELECT coalesce(max(id), 0) FROM pulse")[0][0])

    def read(self, after: int, gaps: Sequence[tuple[int, int]]) -> list[Pulse]:
        where = " OR ".join(["id > ?", *["id BETWEEN ? AND ?"] * len(gaps)])
        values = [after, *(end for gap in gaps for end in gap)]
        rows = self._do(f"SELECT id, workspace, topics FROM pulse WHERE {where} ORDER BY id LIMIT 1000", *values)
        return [Pulse(number, workspace, frozenset(topics.split(","))) for number, workspace, topics in rows]

    def _do(self, statement: str, *values: object) -> list[tuple[int, int, str]]:
        database = sqlite3.connect(self._file)
        try:
            with database:
                return database.execute(statement, values).fetchall()
        finally:
            database.close()


class Application:
    """Everybody is signed in here: it is for loopback only."""

    def __init__(self, rows: Rows) -> None:
        source = polling(rows.read, latest=rows.latest)
        self._rows = rows
        self._pump = Pump(Hub(replay=source.since), source)
        self._events = Events(self._pump, _anybody, door=Door(each=10_000))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await lifespan(self._pump, receive, send)
        elif scope["path"] == "/pulse" and scope["method"] == "POST":
            await _answer(send, str(await asyncio.to_thread(self._rows.add, 1, "bench")))
        else:
            await self._events(scope, receive, send)


async def _anybody(scope: Message) -> Visitor | None:
    return Visitor(1, 1, lambda topic: True)


async def _answer(send: Send, text: str) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0), backlog=2048) as door:
        print(f"http://127.0.0.1:{door.getsockname()[1]}", flush=True)
        config = uvicorn.Config(Application(Rows(Path(folder) / "pulses")), log_level="warning", access_log=False)
        uvicorn.Server(config).run(sockets=[door])


if __name__ == "__main__":
    main()
