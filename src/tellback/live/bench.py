"""How long a change takes to reach a thousand open pages, measured from the commit of its row.

`python -m tellback.live.bench` starts a server of its own (see bench_server) and prints the figures as JSON.
"""

import argparse
import asyncio
import itertools
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlsplit

Fire = Callable[[], Awaitable[float]]
AT_ONCE = 50


@dataclass(slots=True)
class Round:
    """The receipts of one pulse: times of the machine's monotonic clock, one a client."""

    awaited: int
    times: list[float] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)

    def receive(self) -> None:
        self.times.append(time.monotonic())
        if len(self.times) >= self.awaited:
            self.full.set()


class Client(asyncio.Protocol):
    """One open stream. It only looks for messages: parsing them would measure the client."""

    def __init__(self, request: bytes, told: Callable[[], None]) -> None:
        self._request = request
        self._told = told
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_connection gives
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result(data.startswith(b"HTTP/1.1 200"))
        if b"data:" in data:
            self._told()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(False)

    def close(self) -> None:
        if self._transport:
            self._transport.abort()


class Crowd:
    """All clients, and the round that their receipts count for."""

    def __init__(self, url: str, headers: Sequence[Mapping[str, str]]) -> None:
        self._parts = urlsplit(url)
        self._requests = itertools.cycle([_request("GET", url, each) for each in headers])
        self._round: Round | None = None
        self.clients: list[Client] = []

    async def gather(self, count: int) -> None:
        """Open `count` streams, 50 at a time. Raises ConnectionError when one is refused."""
        while len(self.clients) < count:
            some = min(AT_ONCE, count - len(self.clients))
            if not all(await asyncio.gather(*(self._open() for _ in range(some)))):
                raise ConnectionError(
                    "The server refused a stream. Is the visitor signed in, and the limit high enough?"
                )

    async def hear(self, fire: Fire, within: float) -> list[float]:
        """Milliseconds from the time that `fire` gives to each receipt; some are missing after `within` seconds."""
        heard = self._round = Round(len(self.clients))
        began = await fire()
        try:
            async with asyncio.timeout(within):
                await heard.full.wait()
        except TimeoutError:
            pass
        return [1000 * (at - began) for at in heard.times]

    def leave(self) -> None:
        for client in self.clients:
            client.close()

    async def _open(self) -> bool:
        loop = asyncio.get_running_loop()
        host, port = self._parts.hostname or "", self._parts.port or 80
        request = next(self._requests)
        _, client = await loop.create_connection(lambda: Client(request, self._tell), host, port)
        self.clients.append(client)
        return await client.opened

    def _tell(self) -> None:
        if self._round:
            self._round.receive()


async def measure(
    clients: int,
    pulses: int,
    url: str,
    fire: Fire,
    *,
    headers: Sequence[Mapping[str, str]] | None = None,
    pause: float = 0.3,
    within: float = 5.0,
) -> dict[str, Any]:
    """Open `clients` streams of `url` and send `pulses` one after another; at most 10,000 and 1,000.

    `fire` commits one row and gives the time of that by time.monotonic(), which is one clock for the whole machine.
    The topic must be otherwise quiet: any message counts. `pause` seconds pass between two pulses, more than the
    hub's window. `headers` are those of the visitors, who take turns. Times in the answer are milliseconds; `p99` is
    over all receipts, `last_p99` over the last receipt of each pulse, and `missing` counts receipts that did not come
    `within` seconds.
    """
    clients, pulses = min(clients, 10_000), min(pulses, 1_000)
    _allow_files(clients + 100)
    crowd, began = Crowd(url, headers or [{}]), time.monotonic()
    try:
        await crowd.gather(clients)
        opened = time.monotonic() - began
        rounds = []
        for _ in range(pulses):
            await asyncio.sleep(pause)
            rounds.append(await crowd.hear(fire, within))
    finally:
        crowd.leave()
    return {"clients": clients, "pulses": pulses, "opened_per_s": round(clients / opened), **_figures(rounds, clients)}


def _figures(rounds: list[list[float]], clients: int) -> dict[str, Any]:
    every = [each for heard in rounds for each in heard]
    last = [max(heard) for heard in rounds if heard]
    return {
        "missing": len(rounds) * clients - len(every),
        "p50": _share(every, 50),
        "p99": _share(every, 99),
        "last_p50": _share(last, 50),
        "last_p99": _share(last, 99),
        "worst": round(max(every, default=0.0), 1),
    }


def _share(times: list[float], percent: int) -> float | None:
    return round(quantiles(times, n=100, method="inclusive")[percent - 1], 1) if len(times) > 1 else None


def firing(url: str, headers: Mapping[str, str] | None = None) -> Fire:
    """A hook over HTTP: POST to `url`, which answers with the time of the commit as plain text."""
    parts = urlsplit(url)
    request = _request("POST", url, {**(headers or {}), "Content-Length": "0", "Connection": "close"})

    async def fire() -> float:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(request)
            return float((await reader.read()).rsplit(b"\r\n\r\n", 1)[-1])
        finally:
            writer.close()

    return fire


def _request(method: str, url: str, headers: Mapping[str, str]) -> bytes:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", *(f"{name}: {at}" for name, at in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise ValueError(f"{count} connections need as many open files, and this machine allows {hard}. Try fewer.")
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tellback.live.bench", description=__doc__)
    parser.add_argument("--clients", type=int, default=1_000)
    parser.add_argument("--pulses", type=int, default=20)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args(arguments)
    runs = [_own_run(asked.clients, asked.pulses) for _ in range(max(1, min(asked.runs, 20)))]
    for each in runs:
        print(json.dumps(each))
    print(json.dumps({name: median(run[name] or 0 for run in runs) for name in runs[0]} | {"median_of": len(runs)}))


def _own_run(clients: int, pulses: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tellback.live.bench_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        try:
            url = server.stdout.readline().strip() if server.stdout else ""
            return asyncio.run(measure(clients, pulses, f"{url}/live?topics=bench", firing(f"{url}/pulse")))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
