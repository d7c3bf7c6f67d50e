import asyncio
import time

import pytest

from tellback.live.hub import Ended, Hub
from tellback.live.pulse import rendered
from tellback.live.tests.stage import NORRTEL, SKYLARK, play, pulse, spoken

INBOX = frozenset({"inbox"})


async def drained(subscription, within=0.05):
    got = b""
    while part := await subscription.take(within):
        got += part
    return spoken(got)


def test_a_pulse_reaches_its_topics_in_its_workspace_and_nobody_else():
    async def scene():
        hub = Hub(window=0.01)
        ours = hub.subscribe(frozenset({"inbox", "case:1"}), NORRTEL)
        other_topic = hub.subscribe(frozenset({"case:2"}), NORRTEL)
        rival = hub.subscribe(frozenset({"inbox", "case:1"}), SKYLARK)
        hub.publish(pulse(5, "inbox", "case:9"))
        assert await drained(ours) == [(5, ["inbox"])]
        assert await drained(other_topic) == []
        assert await drained(rival) == []

    play(scene)


def test_the_first_goes_at_once_and_later_ones_are_merged():
    async def scene():
        hub = Hub(window=0.3)
        page = hub.subscribe(frozenset({"inbox", "a", "b"}), NORRTEL)
        hub.publish(pulse(1))
        assert spoken(await page.take(0)) == [(1, ["inbox"])]
        for number, topic in enumerate("abab", start=2):
            hub.publish(pulse(number, topic))
        assert await page.take(0.03) == b""
        assert spoken(await page.take(1)) == [(5, ["a", "b"])]
        hub.publish(pulse(6, "a"))
        assert await page.take(0.03) == b"", "the window opens again after a merged message"
        assert await drained(page, 0.5) == [(6, ["a"])]

    play(scene)


def test_one_a_window_is_the_most():
    async def scene():
        hub = Hub(window=0.05)
        page, began = hub.subscribe(INBOX, NORRTEL), time.monotonic()
        for number in range(1, 101):
            hub.publish(pulse(number))
            await asyncio.sleep(0.002)
        got = await drained(page, 0.1)
        assert len(got) <= min(50, 1 + (time.monotonic() - began) / 0.05)
        assert got[-1] == (100, ["inbox"])

    play(scene)


def test_a_full_queue_becomes_one_call_to_fetch_everything():
    async def scene():
        hub = Hub(queue=3, window=0)
        slow = hub.subscribe(INBOX, NORRTEL)
        quick = hub.subscribe(INBOX, NORRTEL)
        seen = []
        for number in range(1, 5):
            hub.publish(pulse(number))
            await asyncio.sleep(0.005)
            seen += spoken(await quick.take(0.05))
        assert [number for number, _ in seen] == [1, 2, 3, 4]
        assert spoken(await slow.take(0)) == [(4, ["*"])]
        hub.publish(pulse(5))
        assert await drained(slow) == [(5, ["inbox"])]

    play(scene)


def test_a_message_is_rendered_once_for_all_who_get_it():
    async def scene():
        hub = Hub()
        rendered.cache_clear()
        crowd = [hub.subscribe(INBOX, NORRTEL) for _ in range(500)]
        crowd += [hub.subscribe(frozenset({"inbox", f"case:{number}"}), NORRTEL) for number in range(500)]
        hub.publish(pulse(7))
        assert rendered.cache_info().misses == 1
        assert {await page.take(0) for page in crowd} == {rendered(7, INBOX)}

    play(scene)


def test_what_was_missed_is_told_first_in_one_message():
    async def scene():
        missed = [pulse(4, "a"), pulse(5, "b"), pulse(6, "c"), pulse(7, "a", workspace=SKYLARK)]
        hub = Hub(replay=lambda after, workspace: missed)
        page = hub.subscribe(frozenset({"a", "b"}), NORRTEL, after=3)
        assert spoken(await page.take(0)) == [(5, ["a", "b"])]

    play(scene)


def test_missed_too_much_or_unknown_means_fetch_everything():
    async def scene():
        for hub in (Hub(replay=lambda after, workspace: None), Hub()):
            hub.publish(pulse(9))
            assert spoken(await hub.subscribe(INBOX, NORRTEL, after=3).take(0)) == [(9, ["*"])]

    play(scene)


def test_an_end_drops_what_was_queued_and_frees_the_place():
    async def scene():
        hub = Hub()
        page = hub.subscribe(INBOX, NORRTEL)
        hub.publish(pulse(1))
        page.end(b"event: bye\ndata: {}\n\n")
        assert len(hub) == 0
        assert not hub.wanted.is_set()
        assert await page.take(0) == b"event: bye\ndata: {}\n\n"
        with pytest.raises(Ended):
            await page.take(0)
        hub.publish(pulse(2))
        assert hub._groups == {}
        assert not hub._by_topic

    play(scene)


def test_close_ends_a_waiting_taker_and_takes_nobody_new():
    async def scene():
        hub = Hub()
        taking = asyncio.create_task(hub.subscribe(INBOX, NORRTEL).take(10))
        await asyncio.sleep(0.01)
        hub.close()
        with pytest.raises(Ended):
            await taking
        with pytest.raises(Ended):
            hub.subscribe(INBOX, NORRTEL)

    play(scene)
