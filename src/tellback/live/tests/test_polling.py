import asyncio
import logging
import threading
import time
from contextlib import aclosing

from tellback.live.source import Polling, polling
from tellback.live.tests.stage import NORRTEL, SKYLARK, Table, play, pulse


def source(table, **more):
    return Polling(table.read, 0.005, **{"latest": table.latest, "idle": 0.02, "worst": 0.02} | more)


def listening():
    wanted = asyncio.Event()
    wanted.set()
    return wanted


async def ids(batches):
    return [each.id for each in await asyncio.wait_for(anext(batches), 2)]


def test_only_what_comes_after_the_start_is_told():
    async def scene():
        table = Table(pulse(1), pulse(2))
        async with aclosing(source(table).batches(listening())) as batches:
            assert await ids(batches) == []
            table.commit(pulse(4), pulse(3))
            assert await ids(batches) == [3, 4]

    play(scene)


def test_a_row_committed_late_comes_once_and_holds_the_mark_back():
    async def scene():
        table = Table(pulse(10))
        polled = source(table)
        async with aclosing(polled.batches(listening())) as batches:
            await ids(batches)
            table.commit(pulse(12))
            late = await asyncio.wait_for(anext(batches), 2)
            assert [(each.id, each.resume) for each in late] == [(12, 0)], "numbers 1 to 9 are still open"
            table.commit(pulse(11))
            assert await ids(batches) == [11]
            table.commit(pulse(13))
            assert await ids(batches) == [13]

    play(scene)


def test_a_page_that_came_before_the_late_row_gets_it_at_its_return():
    async def scene():
        table = Table(*(pulse(number) for number in range(1, 11)))
        polled = source(table)
        async with aclosing(polled.batches(listening())) as batches:
            await ids(batches)
            table.commit(pulse(11), pulse(13))
            first = await asyncio.wait_for(anext(batches), 2)
            assert [(each.id, each.resume) for each in first] == [(11, 11), (13, 11)]
            table.commit(pulse(12))
            await ids(batches)
            assert [each.id for each in polled.since(first[-1].resume, NORRTEL)] == [13, 12]
            assert [each.id for each in polled.since(12, NORRTEL)] == [13], "another process may have told 12 before 13"

    play(scene)


def test_since_knows_a_workspace_and_its_own_limits():
    async def scene():
        table = Table(*(pulse(number, workspace=1 + number % 2) for number in range(1, 31)))
        polled = source(table, keep=10, lookback=25)
        async with aclosing(polled.batches(listening())) as batches:
            await ids(batches)
            assert [each.id for each in polled.since(24, NORRTEL)] == [26, 28, 30]
            assert [each.id for each in polled.since(20, SKYLARK)] == [21, 23, 25, 27, 29]
            assert polled.since(19, NORRTEL) is None
            assert polled.since(30, NORRTEL) == []
            assert polled.since(99, NORRTEL) == []

    play(scene)


def test_a_broken_database_is_logged_once_and_asked_with_pauses(caplog):
    async def scene():
        table = Table(pulse(1))
        polled = source(table, worst=0.05)
        async with aclosing(polled.batches(listening())) as batches:
            await ids(batches)
            table.broken, table.asked = OSError("the disk of Corrin is full"), 0
            following = asyncio.create_task(ids(batches))
            await asyncio.sleep(0.4)
            assert 3 <= table.asked <= 20
            table.broken = None
            table.commit(pulse(2))
            assert await following == [2]

    with caplog.at_level(logging.INFO, "tellback.live"):
        play(scene)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "Corrin" in caplog.text


def test_nobody_listening_means_seldom_asked_and_somebody_means_at_once():
    async def scene():
        table, wanted = Table(pulse(1)), asyncio.Event()
        async with aclosing(source(table, idle=2.0).batches(wanted)) as batches:
            await ids(batches)
            table.asked = 0
            following = asyncio.create_task(ids(batches))
            await asyncio.sleep(0.2)
            assert table.asked == 0
            table.commit(pulse(2))
            wanted.set()
            assert await asyncio.wait_for(following, 1.0) == [2]

    play(scene)


def test_a_slow_database_does_not_hold_the_loop_and_has_one_thread():
    async def scene():
        threads, ended = set(), []

        def slow(after, gaps):
            threads.add(threading.current_thread())
            time.sleep(0.4)
            return []

        polled = Polling(slow, 0.001, done=lambda: ended.append(threading.current_thread()))
        async with aclosing(polled.batches(listening())) as batches:
            await ids(batches)
            following = asyncio.create_task(anext(batches))
            worst = 0.0
            for _ in range(40):
                began = time.monotonic()
                await asyncio.sleep(0.005)
                worst = max(worst, time.monotonic() - began)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        await asyncio.to_thread(threads.copy().pop().join, 2)
        assert worst < 0.3
        assert set(ended) == threads
        assert len(threads) == 1

    play(scene)


def test_a_reader_with_a_limit_is_not_held_up_by_many_rolled_back_rows():
    async def scene():
        table = Table()
        limited = Polling(lambda after, gaps: sorted(table.read(after, gaps), key=lambda row: row.id)[:50], 0.001)
        async with aclosing(limited.batches(listening())) as batches:
            await ids(batches)
            table.commit(*(pulse(number) for number in range(2, 2001, 2)))
            got = []
            while 2000 not in got:
                got += await ids(batches)
            table.commit(pulse(777), pulse(2001))
            while {777, 2001} - set(got):
                got += await ids(batches)
            assert len(got) == len(set(got)) == 1002

    play(scene)


def test_polling_reads_a_long_table_in_its_own_limits():
    async def scene():
        table = Table(*(pulse(number) for number in range(1, 501)))
        limited = polling(lambda after, gaps: sorted(table.read(after, gaps), key=lambda row: row.id)[:100])
        async with aclosing(limited.batches(listening())) as batches:
            assert await ids(batches) == []
            assert len(limited.since(0, NORRTEL)) == 500
            assert limited.mark == 500

    play(scene)
