"""How many streams are open, in all and for each user, so that one user or one crowd cannot take the server down."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from tellback.live.asking import Refused


class Door:
    """Counts the streams of one process; `each` a user, `all_` together."""

    def __init__(self, each: int = 20, all_: int = 10_000) -> None:
        self._each = each
        self._all = all_
        self._open: Counter[int] = Counter()

    @contextmanager
    def pass_through(self, user: int) -> Iterator[None]:
        """Hold a place while the stream is open. Raises Refused."""
        if self._open.total() >= self._all:
            raise Refused(503, "Too many pages follow changes just now. Yours works; reload it to see changes.")
        if self._open[user] >= self._each:
            raise Refused(429, f"You have {self._each} pages open that follow changes. Close some, then reload.")
        self._open[user] += 1
        try:
            yield
        finally:
            self._open[user] -= 1
            if not self._open[user]:
                del self._open[user]
