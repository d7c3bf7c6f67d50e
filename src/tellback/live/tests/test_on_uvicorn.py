"""The room behind a real server on loopback, in a process of its own, ended by a real signal."""

import asyncio
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

from tellback.live.bench import firing, measure
from tellback.live.tests.stage import play, spoken


@contextmanager
def serving():
    command = [sys.executable, "-W", "error", "-m", "tellback.live.bench_server"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.kill()


async def ask(url, target, *headers):
    reader, writer = await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
    writer.write("\r\n".join([f"GET {target} HTTP/1.1", "Host: corrin.example", *headers, "", ""]).encode())
    return reader, writer


def body(raw):
    """The body of a chunked answer that may still be going on."""
    rest, out = raw.partition(b"\r\n\r\n")[2], b""
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        out, rest = out + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return out


async def until(reader, sign, raw=b""):
    async with asyncio.timeout(5):
        while sign not in raw:
            more = await reader.read(4096)
            assert more, raw
            raw += more
    return raw


def test_a_change_arrives_and_a_page_that_comes_back_misses_nothing():
    async def scene(url):
        fire = firing(f"{url}/pulse")
        reader, writer = await ask(url, "/live?topics=bench")
        raw = await until(reader, b"id: 0")
        assert b"HTTP/1.1 200" in raw
        await fire()
        raw = await until(reader, b"data:", raw)
        assert spoken(body(raw)) == [(1, ["bench"])]
        writer.close()
        await fire()
        await asyncio.sleep(0.2)
        reader, writer = await ask(url, "/live?topics=bench", "Last-Event-ID: 1")
        assert spoken(body(await until(reader, b"data:"))) == [(2, ["bench"])]
        writer.close()

    with serving() as (_, url):
        play(lambda: scene(url))


def test_a_graceful_exit_does_not_wait_for_open_streams():
    async def scene(process, url):
        streams = [await ask(url, "/live?topics=bench") for _ in range(20)]
        for reader, _ in streams:
            await until(reader, b"retry")
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            rest = await asyncio.gather(*(reader.read() for reader, _ in streams))
        assert all(each.endswith(b"0\r\n\r\n") for each in rest), "each stream is ended, not cut"
        await asyncio.to_thread(process.wait, 5)
        assert time.monotonic() - began < 3
        for _, writer in streams:
            writer.close()

    with serving() as (process, url):
        play(lambda: scene(process, url))
        assert process.stderr.read() == ""


def test_the_measure_counts_every_receipt():
    async def scene(url):
        got = await measure(30, 3, f"{url}/live?topics=bench", firing(f"{url}/pulse"), pause=0.15)
        assert (got["clients"], got["pulses"], got["missing"]) == (30, 3, 0)
        assert 0 < got["p50"] <= got["p99"] <= got["worst"] < 2_000
        deaf = await measure(5, 1, f"{url}/live?topics=other", firing(f"{url}/pulse"), within=0.2)
        assert deaf["missing"] == 5

    with serving() as (_, url):
        play(lambda: scene(url))
