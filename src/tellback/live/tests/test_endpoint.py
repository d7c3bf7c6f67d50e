import asyncio

import pytest

from tellback.live.door import Door
from tellback.live.endpoint import Pace, Visitor
from tellback.live.tests.stage import (
    INES,
    NORRTEL,
    SKYLARK,
    TOVE,
    Page,
    Table,
    by_header,
    filled,
    ines,
    play,
    pulse,
    server,
)


def test_a_page_hears_of_its_topics():
    async def scene():
        table = filled(7)
        async with server(table) as (events, _):
            page = await Page(events, "topics=inbox,case:4").opened()
            table.commit(pulse(8, "case:4", "case:5"))
            assert await page.messages(1) == [(8, ["case:4"])]
            assert page.got.startswith(b"retry: 2000\n\nid: 7\n\n")
            assert page.headers[b"content-type"].startswith(b"text/event-stream")
            assert page.headers[b"cache-control"] == b"no-store"
            assert page.headers[b"x-accel-buffering"] == b"no"

    play(scene)


def test_workspaces_are_strictly_apart():
    async def scene():
        table = Table(pulse(1))
        async with server(table, by_header) as (events, _):
            ours = await Page(events, "topics=inbox", headers=[("x-workspace", str(NORRTEL))]).opened()
            rival = await Page(events, "topics=inbox&after=1", headers=[("x-workspace", str(SKYLARK))]).opened()
            table.commit(pulse(2, workspace=SKYLARK), pulse(3, workspace=NORRTEL))
            assert await ours.messages(1) == [(3, ["inbox"])]
            assert await rival.messages(1) == [(2, ["inbox"])]
            back = await Page(events, "topics=inbox&after=1", headers=[("x-workspace", str(SKYLARK))]).opened()
            assert await back.messages(1) == [(2, ["inbox"])]

    play(scene)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("topics=inbox", [("Last-Event-ID", "5")]),
        ("topics=inbox&after=5", []),
        ("topics=inbox&after=0", [("Last-Event-ID", "5")]),
        ("topics=inbox&after=5", [("Last-Event-ID", "5; drop")]),
    ],
)
def test_a_page_that_comes_back_is_told_what_it_missed(query, headers):
    async def scene():
        table = filled(5)
        table.commit(pulse(6), pulse(7, "other"), pulse(8))
        async with server(table) as (events, _):
            page = Page(events, query, headers=headers)
            assert await page.messages(1) == [(8, ["inbox"])]
            table.commit(pulse(9))
            assert (await page.messages(2))[1:] == [(9, ["inbox"])]

    play(scene)


def test_away_for_too_long_means_fetch_everything():
    async def scene():
        async with server(filled(5_000)) as (events, _):
            page = Page(events, "topics=inbox", headers=[("Last-Event-ID", "3")])
            assert [topics for _, topics in await page.messages(1)] == [["*"]]

    play(scene)


@pytest.mark.parametrize("bad", ["", "-1", "x", "1e3", "٣", "9" * 19, "9" * 400, "1,2", "\xff"])
def test_a_bad_last_event_id_is_ignored(bad):
    async def scene():
        table = filled(5)
        async with server(table) as (events, _):
            page = await Page(events, "topics=inbox", headers=[("Last-Event-ID", bad)]).opened()
            table.commit(pulse(6))
            assert page.status == 200
            assert await page.messages(1) == [(6, ["inbox"])]

    play(scene)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(method):
    async def scene():
        async with server(Table()) as (events, hub):
            page = await Page(events, "topics=inbox", method=method).ended()
            assert (page.status, page.headers[b"allow"], len(hub)) == (405, b"GET", 0)

    play(scene)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("topics=", 400),
        ("topics=in%00box", 400),
        ("topics=in*", 400),
        ("topics=" + "a" * 81, 400),
        ("topics=" + ",".join(f"case:{n}" for n in range(51)), 400),
        ("topics=secret", 403),
    ],
)
def test_requests_without_a_topic_to_follow_are_refused_in_words(query, status):
    async def scene():
        async with server(Table()) as (events, hub):
            page = await Page(events, query).ended()
            assert (page.status, len(hub)) == (status, 0)
            assert page.got.decode().strip().endswith(".")

    play(scene)


def test_topics_that_are_not_permitted_are_left_out():
    async def scene():
        table = Table(pulse(1))
        async with server(table) as (events, _):
            page = await Page(events, "topics=secret,inbox").opened()
            table.commit(pulse(2, "secret"), pulse(3, "inbox", "secret"))
            assert await page.messages(1) == [(3, ["inbox"])]

    play(scene)


def test_a_stranger_is_told_to_sign_in_and_a_failed_check_lets_nobody_in():
    async def nobody(scope):
        return None

    async def broken(scope):
        raise OSError

    async def scene():
        async with server(Table(), nobody) as (events, _):
            assert (await Page(events, "topics=inbox").ended()).status == 401
        async with server(Table(), broken) as (events, _):
            assert (await Page(events, "topics=inbox").ended()).status == 503

    play(scene)


@pytest.mark.parametrize(
    "later",
    [
        None,
        Visitor(INES, SKYLARK, lambda topic: True),
        Visitor(TOVE, NORRTEL, lambda topic: True),
        Visitor(INES, NORRTEL, lambda topic: topic != "case:4"),
    ],
    ids=["signed out", "other workspace", "other user", "one topic less"],
)
def test_a_lost_permission_ends_the_stream(later):
    now = Visitor(INES, NORRTEL, lambda topic: True)

    async def scene():
        answers = [now]

        async def authorise(scope):
            return answers[0]

        table = Table(pulse(1))
        async with server(table, authorise, pace=Pace(check=0.05)) as (events, hub):
            page = await Page(events, "topics=inbox,case:4").opened()
            await asyncio.sleep(0.2)
            assert not page.done, "a check that is passed changes nothing"
            answers[0] = later
            await page.ended()
            assert page.got.endswith(b"event: bye\ndata: {}\n\n")
            assert page.done
            assert len(hub) == 0
            table.commit(pulse(2))

    play(scene)


def test_a_page_that_does_not_read_gets_nothing_old_after_its_permission_is_lost():
    async def scene():
        allowed = [True]

        async def authorise(scope):
            return Visitor(INES, NORRTEL, lambda topic: True) if allowed[0] else None

        table = Table(pulse(1))
        async with server(table, authorise, pace=Pace(check=0.05)) as (events, hub):
            page = await Page(events, "topics=a,b").opened()
            page.reads.clear()
            table.commit(pulse(2, "a"))
            await asyncio.sleep(0.05)
            table.commit(pulse(3, "b"))
            await asyncio.sleep(0.05)
            allowed[0] = False
            await asyncio.sleep(0.15)
            assert len(hub) == 0
            page.reads.set()
            await page.ended()
            assert b'"a"' in page.got
            assert b'"b"' not in page.got

    play(scene)


def test_one_failed_check_is_borne_and_two_end_the_stream_without_a_bye():
    async def scene():
        answers = iter([Visitor(INES, NORRTEL, lambda topic: True), None, Visitor(INES, NORRTEL, lambda topic: True)])

        async def authorise(scope):
            if (visitor := next(answers, None)) is None:
                raise OSError
            return visitor

        async with server(Table(pulse(1)), authorise, pace=Pace(check=0.05)) as (events, _):
            page = await Page(events, "topics=inbox").opened()
            await asyncio.sleep(0.12)
            assert not page.done
            await page.ended()
            assert b"bye" not in page.got

    play(scene)


def test_a_page_that_goes_frees_its_place():
    async def scene():
        table = Table(pulse(1))
        async with server(table, door=Door(each=1)) as (events, hub):
            page = await Page(events, "topics=inbox").opened()
            assert len(hub) == 1
            assert (await Page(events, "topics=inbox").ended()).status == 429
            await page.leave()
            assert len(hub) == 0
            await (await Page(events, "topics=inbox").opened()).leave()

    play(scene)


def test_a_page_that_goes_while_its_stream_is_stuck_frees_its_place():
    async def scene():
        table = Table(pulse(1))
        async with server(table, pace=Pace(stall=0.1)) as (events, hub):
            page = await Page(events, "topics=inbox").opened()
            page.reads.clear()
            table.commit(pulse(2))
            await page.ended()
            assert len(hub) == 0

    play(scene)


def test_the_process_has_a_limit_too():
    async def scene():
        async with server(Table(pulse(1)), by_header, door=Door(all_=1)) as (events, _):
            await Page(events, "topics=inbox", headers=[("x-workspace", "1")]).opened()
            refused = await Page(events, "topics=inbox", headers=[("x-workspace", "2")]).ended()
            assert refused.status == 503
            assert b"Too many pages" in refused.got

    play(scene)


def test_a_slow_reader_does_not_slow_the_others():
    async def scene():
        table = Table(pulse(1))
        async with server(table, queue=4, window=0.001) as (events, _):
            slow = await Page(events, "topics=inbox").opened()
            quick = await Page(events, "topics=inbox").opened()
            slow.reads.clear()
            for number in range(2, 22):
                table.commit(pulse(number))
                await quick.until(lambda page, number=number: f"id: {number}\n".encode() in page.got, 0.5)
            slow.reads.set()
            await slow.until(lambda page: b'["*"]' in page.got)

    play(scene)


def test_a_quiet_stream_beats_and_moves_its_place():
    async def scene():
        table = Table(pulse(1))
        async with server(table, pace=Pace(beat=0.05)) as (events, _):
            page = await Page(events, "topics=inbox").opened()
            table.commit(pulse(2, workspace=SKYLARK))
            await page.until(lambda page: b": still here\nid: 2\n\n" in page.got)
            assert b"data:" not in page.got

    play(scene)


def test_a_source_that_cannot_start_is_told_in_words():
    async def scene():
        table = Table(pulse(1))
        table.broken = OSError("no database")
        async with server(table, pace=Pace(start=0.05)) as (events, _):
            assert (await Page(events, "topics=inbox").ended()).status == 503
            table.broken = None
            await asyncio.sleep(0.05)
            await Page(events, "topics=inbox").opened()

    play(scene)


def test_a_stopping_server_ends_streams_and_sends_newcomers_to_the_next():
    async def scene():
        async with server(Table(pulse(1)), ines) as (events, hub):
            page = await Page(events, "topics=inbox").opened()
            hub.close()
            await page.ended()
            assert page.done
            assert b"bye" not in page.got
            late = await Page(events, "topics=inbox").ended()
            assert (late.status, late.got, late.done) == (200, b"retry: 2000\n\n", True)

    play(scene)
