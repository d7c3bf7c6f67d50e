"""The stream of one page: asked for by GET, checked, followed by server-sent events until somebody ends it."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from tellback.live.asking import Refused, asked
from tellback.live.door import Door
from tellback.live.hub import Ended, Subscription
from tellback.live.pump import Message, Pump, Receive, Send

log = logging.getLogger("tellback.live")

BYE = b"event: bye\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, in which workspace, and which topics they may follow there. `permitted` is asked in the event loop: it
    must not touch the database.
    """

    user: int
    workspace: int
    permitted: Callable[[str], bool]


Authorise = Callable[[Message], Awaitable[Visitor | None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between comments on a quiet stream, between checks of permission, for a check, for one write to a page
    that does not read, and for the source to start.
    """

    beat: float = 15.0
    check: float = 30.0
    answer: float = 10.0
    stall: float = 60.0
    start: float = 5.0


class Events:
    """The ASGI application of streams. `authorise(scope)` says who asks, or None when nobody is signed in."""

    def __init__(self, pump: Pump, authorise: Authorise, *, door: Door | None = None, pace: Pace | None = None) -> None:
        self._pump = pump
        self._authorise = authorise
        self._door = door or Door()
        self._pace = pace or Pace()
        self._turn = itertools.count()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            topics, after = asked(scope)
            visitor = await self._visitor(scope)
            allowed = frozenset(topic for topic in topics if visitor.permitted(topic))
            if not allowed:
                raise Refused(403, "You may not follow any of these topics.")
            with self._door.pass_through(visitor.user):
                await self._started()
                page = Page(send, self._pace.stall)
                await self._stream(page, scope, receive, visitor, self._subscribe(allowed, visitor, after))
        except Refused as refused:
            await _refuse(send, refused)

    async def _visitor(self, scope: Message) -> Visitor:
        try:
            visitor = await self._check(scope)
        except Exception as error:
            log.warning("A stream was refused, because its visitor could not be checked.", exc_info=error)
            raise Refused(503, "We could not check who you are just now. Try again in a minute.") from error
        if visitor is None:
            raise Refused(401, "Sign in to see changes as they happen.")
        return visitor

    async def _check(self, scope: Message) -> Visitor | None:
        async with asyncio.timeout(self._pace.answer):
            return await self._authorise(scope)

    async def _started(self) -> None:
        self._pump.start()
        if not self._pump.hub.closed and not await self._pump.ready(self._pace.start):
            raise Refused(503, "Changes cannot be followed just now. The page itself works; reload it to see changes.")

    def _subscribe(self, topics: frozenset[str], visitor: Visitor, after: int | None) -> Subscription | None:
        hub = self._pump.hub
        try:
            subscription = hub.subscribe(topics, visitor.workspace, after)
        except Ended:
            return None
        if after is None:
            # A page that is cut off before its first message must know its place too.
            subscription.put(f"id: {hub.mark}\n\n".encode(), hub.mark)
        return subscription

    async def _stream(
        self, page: "Page", scope: Message, receive: Receive, visitor: Visitor, subscription: Subscription | None
    ) -> None:
        if subscription is None:
            # A refusal would make the browser give up for good; an empty stream makes it come back to the next server.
            return await page.empty()
        beside = [
            asyncio.create_task(_until_gone(receive, subscription)),
            asyncio.create_task(self._guard(scope, visitor, subscription)),
        ]
        try:
            await self._write(page, subscription)
        finally:
            subscription.end()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _write(self, page: "Page", subscription: Subscription) -> None:
        beat = self._pace.beat * self._share()
        try:
            await page.open()
            while True:
                await page.write(await subscription.take(beat) or self._beat(subscription))
                beat = self._pace.beat
        except Ended:
            await page.close()

    def _share(self) -> float:
        """Above a half, up to 1: streams that began together (after a restart, all) must not beat together for ever."""
        return 1 - next(self._turn) % 16 / 32

    def _beat(self, subscription: Subscription) -> bytes:
        """A comment that keeps the connection. It moves a quiet page's place along, so that coming back stays cheap."""
        mark = self._pump.hub.mark
        return f": still here\nid: {mark}\n\n".encode() if subscription.quiet else b": still here\n\n"

    async def _guard(self, scope: Message, first: Visitor, subscription: Subscription) -> None:
        pause = self._pace.check * self._share()
        doubts = 0
        while doubts < 2:
            await asyncio.sleep(pause)
            pause = self._pace.check
            try:
                if not _still(first, await self._check(scope), subscription.group.topics):
                    return subscription.end(BYE)
                doubts = 0
            except Exception as error:
                doubts += 1
                log.warning("The visitor of an open stream could not be checked.", exc_info=error)
        # Unknown twice is no permission; without a bye the page comes back and is checked as a new one.
        return subscription.end()


class Page:
    """The writing end of one stream. Raises Ended when the page is gone or has not read for `stall` seconds."""

    def __init__(self, send: Send, stall: float) -> None:
        self._send = send
        self._stall = stall
        self._dead = False

    async def open(self) -> None:
        await self._bounded({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await self.write(b"retry: 2000\n\n")

    async def write(self, body: bytes, more: bool = True) -> None:
        await self._bounded({"type": "http.response.body", "body": body, "more_body": more})

    async def close(self) -> None:
        if not self._dead:
            with suppress(Ended):
                await self.write(b"", more=False)

    async def empty(self) -> None:
        with suppress(Ended):
            await self.open()
        await self.close()

    async def _bounded(self, message: Message) -> None:
        try:
            async with asyncio.timeout(self._stall):
                await self._send(message)
        except (OSError, TimeoutError) as error:
            self._dead = True
            raise Ended from error


# A stream passes none of the middlewares, and is nothing to look at by itself.
SAFETY = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"permissions-policy", b"geolocation=(), camera=(), microphone=(), payment=()"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
    *SAFETY,
]


def _still(first: Visitor, now: Visitor | None, topics: frozenset[str]) -> bool:
    if now is None or (now.user, now.workspace) != (first.user, first.workspace):
        return False
    return all(now.permitted(topic) for topic in topics)


async def _until_gone(receive: Receive, subscription: Subscription) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscription.end()


async def _refuse(send: Send, refused: Refused) -> None:
    body = f"{refused}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        *SAFETY,
        *refused.headers,
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
