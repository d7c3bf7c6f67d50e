"""The hub: who follows which topics in this process, and the one place where a pulse is told to all of them.

All of it runs in the thread of the event loop and nothing here waits: a page that reads slowly costs its own place in
its own queue, and nothing of anybody else's.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable

from tellback.live.pulse import EVERYTHING, Pulse, rendered

Replay = Callable[[int, int], list[Pulse] | None]


class Ended(Exception):
    """The stream is over: its page went away, its permission did, or the server is stopping."""


class Subscription:
    """One open stream's queue of at most `size` messages."""

    __slots__ = ("_ended", "_leave", "_queue", "_size", "_waiter", "group")

    def __init__(self, group: "Group", size: int, leave: "Callable[[Subscription], None]") -> None:
        self.group = group
        self._queue: deque[bytes] = deque()
        self._size = size
        self._leave = leave
        self._ended = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, message: bytes, mark: int) -> None:
        """Queue a message. A full queue is emptied for one that says: fetch everything again."""
        if self._ended:
            return
        if len(self._queue) >= self._size:
            self._queue.clear()
            message = rendered(mark, EVERYTHING)
        self._queue.append(message)
        self._wake()

    def end(self, last: bytes = b"") -> None:
        """End the stream. What is queued is dropped: after a lost permission it must not be sent. Twice is once."""
        if self._ended:
            return
        self._ended = True
        self._queue.clear()
        if last:
            self._queue.append(last)
        self._leave(self)
        self._wake()

    async def take(self, within: float) -> bytes:
        """All that is queued, in one piece; b"" when nothing came `within` seconds. Raises Ended. One taker only."""
        if not self._queue and not self._ended:
            await self._pause(within)
        if self._queue:
            messages = b"".join(self._queue)
            self._queue.clear()
            return messages
        if self._ended:
            raise Ended
        return b""

    @property
    def quiet(self) -> bool:
        """Nothing is on its way to this page."""
        return not self._queue and not self.group.pending

    async def _pause(self, within: float) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        timer = loop.call_later(within, self._wake)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Group:
    """The subscriptions with equal workspace and topics: they always get the same answer, so they share one window."""

    __slots__ = ("_mark", "_timer", "_window", "members", "pending", "topics", "workspace")

    def __init__(self, workspace: int, topics: frozenset[str], window: float) -> None:
        self.workspace = workspace
        self.topics = topics
        self.members: set[Subscription] = set()
        self.pending: set[str] = set()
        self._window = window
        self._mark = 0
        self._timer: asyncio.TimerHandle | None = None

    def tell(self, pulse: Pulse) -> None:
        """The first at once; what follows within the window is one message at its end."""
        self.pending |= self.heard(pulse.topics)
        self._mark = max(self._mark, pulse.resume)
        if self._timer is None:
            self._flush()

    def heard(self, topics: frozenset[str]) -> frozenset[str]:
        """Which of a pulse's topics concern this group: all, where it follows everything or everything changed."""
        return topics if self.topics >= EVERYTHING or topics >= EVERYTHING else topics & self.topics

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self.pending.clear()

    def _flush(self) -> None:
        self._timer = None
        if not self.pending:
            return
        message = rendered(self._mark, frozenset(self.pending))
        self.pending.clear()
        for member in self.members:
            member.put(message, self._mark)
        self._timer = asyncio.get_running_loop().call_later(self._window, self._flush)


class Hub:
    """`queue` is messages a subscriber, `window` seconds between two messages to it. `replay(after, workspace)` gives
    the pulses since a number, or None when that is too long ago to know.

    `wanted` is set while anybody listens. `mark` is the newest number a quiet page may start again after.
    """

    def __init__(self, *, replay: Replay | None = None, queue: int = 64, window: float = 0.1) -> None:
        self.wanted = asyncio.Event()
        self.mark = 0
        self.closed = False
        self._replay = replay
        self._queue = queue
        self._window = window
        self._groups: dict[tuple[int, frozenset[str]], Group] = {}
        self._by_topic: defaultdict[tuple[int, str], set[Group]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(len(group.members) for group in self._groups.values())

    def subscribe(self, topics: frozenset[str], workspace: int, after: int | None = None) -> Subscription:
        """Follow `topics` of one workspace; what was missed since `after` is queued first. Raises Ended once closed."""
        if self.closed:
            raise Ended
        group = self._group(workspace, topics)
        subscription = Subscription(group, self._queue, self._drop)
        if after is not None:
            self._catch_up(subscription, after)
        group.members.add(subscription)
        self.wanted.set()
        return subscription

    def publish(self, pulse: Pulse) -> None:
        """Tell all who follow one of its topics in its workspace. Never waits."""
        self.mark = max(self.mark, pulse.resume)
        for group in self._following(pulse):
            group.tell(pulse)

    def close(self) -> None:
        """End every stream and take no new one."""
        self.closed = True
        for group in list(self._groups.values()):
            for member in list(group.members):
                member.end()

    def _group(self, workspace: int, topics: frozenset[str]) -> Group:
        group = self._groups.get((workspace, topics))
        if group is None:
            group = self._groups[workspace, topics] = Group(workspace, topics, self._window)
            for topic in topics:
                self._by_topic[workspace, topic].add(group)
        return group

    def _following(self, pulse: Pulse) -> set[Group]:
        if pulse.topics >= EVERYTHING:
            return {group for (workspace, _), group in self._groups.items() if workspace == pulse.workspace}
        found: set[Group] = set()
        for topic in (*pulse.topics, *EVERYTHING):
            found |= self._by_topic.get((pulse.workspace, topic), set())
        return found

    def _catch_up(self, subscription: Subscription, after: int) -> None:
        group = subscription.group
        missed = self._replay(after, group.workspace) if self._replay else None
        if missed is None:
            subscription.put(rendered(self.mark, EVERYTHING), self.mark)
            return
        # `replay` is another's code: the workspace is checked here too.
        ours = [pulse for pulse in missed if pulse.workspace == group.workspace and group.heard(pulse.topics)]
        if ours:
            mark = max(after, *(pulse.resume for pulse in ours))
            topics = group.heard(frozenset[str]().union(*(pulse.topics for pulse in ours)))
            subscription.put(rendered(mark, topics), mark)

    def _drop(self, subscription: Subscription) -> None:
        group = subscription.group
        group.members.discard(subscription)
        if not group.members:
            self._forget(group)
        if not self._groups:
            self.wanted.clear()

    def _forget(self, group: Group) -> None:
        group.stop()
        self._groups.pop((group.workspace, group.topics), None)
        for topic in group.topics:
            groups = self._by_topic[group.workspace, topic]
            groups.discard(group)
            if not groups:
                del self._by_topic[group.workspace, topic]
