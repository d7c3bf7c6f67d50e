"""Which row numbers were passed over, and until when they are asked for again.

PostgreSQL hands out numbers before it commits: row 8 may be seen before row 7. A number that was passed over is either
a row still to come or one that was rolled back; nobody can tell, so it stays open for some seconds and is then let go.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers from `low` to `high`, both included, asked for until the time `until` (seconds of the caller's clock)."""

    low: int
    high: int
    until: float

    def without(self, number: int) -> "list[Gap]":
        halves = Gap(self.low, number - 1, self.until), Gap(number + 1, self.high, self.until)
        return [half for half in halves if half.low <= half.high]


class Gaps:
    """Lets every number through once. Pure: no clock, no database.

    `last` is the highest number seen. `hold` is how many seconds a gap stays open. More than `most` open gaps are not
    kept: the oldest are let go first, so that rolled-back rows cannot fill the memory.
    """

    def __init__(self, last: int = 0, *, hold: float = 10.0, most: int = 5_000) -> None:
        self.last = last
        self._hold = hold
        self._most = most
        self._open: list[Gap] = []
        self._asked = 0

    @property
    def mark(self) -> int:
        """The highest number below which nothing is still awaited."""
        return self._open[0].low - 1 if self._open else self.last

    def take(self, numbers: Iterable[int], now: float) -> list[int]:
        """Those of `numbers` that were never taken before, rising; a number inside no open gap counts as taken."""
        return [number for number in sorted(set(numbers)) if self._passes(number, now)]

    def ask(self, now: float, at_most: int = 100) -> list[tuple[int, int]]:
        """Ranges to look at again, ends included, rising; when more than `at_most` are open, they take turns.

        A range never holds a number already taken, so a reader with a limit always gets on.
        """
        self._open = [gap for gap in self._open if gap.until > now]
        start = bisect_right(self._open, self._asked, key=lambda gap: gap.low)
        turn = (self._open[start:] + self._open[:start])[:at_most]
        self._asked = turn[-1].low if turn else 0
        return sorted((gap.low, gap.high) for gap in turn)

    def _passes(self, number: int, now: float) -> bool:
        return self._rises(number, now) if number > self.last else self._fills(number)

    def _rises(self, number: int, now: float) -> bool:
        if number > self.last + 1:
            self._open.append(Gap(self.last + 1, number - 1, now + self._hold))
            del self._open[: -self._most]
        self.last = number
        return True

    def _fills(self, number: int) -> bool:
        place = bisect_right(self._open, number, key=lambda gap: gap.low) - 1
        if place < 0 or number > self._open[place].high:
            return False
        self._open[place : place + 1] = self._open[place].without(number)
        return True
