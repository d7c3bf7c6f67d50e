import asyncio
import logging
import signal

from tellback.live.hub import Hub
from tellback.live.pump import Pump, lifespan
from tellback.live.tests.stage import NORRTEL, play, pulse, spoken


class Breaking:
    """A source that breaks off after every batch."""

    mark = 3

    def __init__(self, *batches):
        self.left = list(batches)

    def since(self, after, workspace):
        return []

    async def batches(self, wanted):
        yield []
        if self.left:
            yield self.left.pop(0)
            raise OSError("cut off")
        await asyncio.sleep(30)


def test_a_source_that_breaks_is_started_again(caplog):
    async def scene():
        hub = Hub(window=0)
        page = hub.subscribe(frozenset({"inbox"}), NORRTEL)
        pump = Pump(hub, Breaking([pulse(4)], [pulse(5)]), rest=0.01)
        pump.start()
        pump.start()
        assert await pump.ready(1)
        assert hub.mark >= 3
        assert spoken(await page.take(1)) == [(4, ["inbox"])]
        assert spoken(await page.take(1)) == [(5, ["inbox"])]
        await pump.stop()
        await pump.stop()

    with caplog.at_level(logging.ERROR, "tellback.live"):
        play(scene)
    assert len(caplog.records) == 2


def test_it_starts_and_stops_with_the_server():
    async def scene():
        hub, said = Hub(), []
        told = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive():
            return {"type": next(told)}

        async def send(message):
            said.append(message["type"])

        await lifespan(Pump(hub, Breaking()), receive, send)
        assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert hub.closed
        assert len(asyncio.all_tasks()) == 2, "only the test's own are left"

    play(lambda: asyncio.create_task(scene()))


def test_a_signal_closes_the_hub_and_still_reaches_the_server():
    async def scene():
        heard = []
        before = signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
        try:
            ours, pump = signal.getsignal(signal.SIGTERM), Pump(Hub(), Breaking())
            pump.start()
            signal.raise_signal(signal.SIGTERM)
            await asyncio.sleep(0.01)
            assert heard == [signal.SIGTERM]
            assert pump.hub.closed
            await pump.stop()
            assert signal.getsignal(signal.SIGTERM) is ours
        finally:
            signal.signal(signal.SIGTERM, before)

    play(scene)
