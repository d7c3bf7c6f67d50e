"""A pulse says that something about some topics changed in one workspace, never what: the page fetches that itself."""

import json
from dataclasses import dataclass
from functools import lru_cache

EVERYTHING = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Pulse:
    """One change. `id` is the number of its row, one sequence over all workspaces.

    `mark` is the number after which a page that lost its stream may safely start again. It is less than `id` while a
    row of a lower number may still be uncommitted; None means that it is `id`.
    """

    id: int
    workspace: int
    topics: frozenset[str]
    mark: int | None = None

    @property
    def resume(self) -> int:
        return self.id if self.mark is None else self.mark


@lru_cache(maxsize=1024)
def rendered(mark: int, topics: frozenset[str]) -> bytes:
    """One message as the bytes of an event stream, made once for all who get the same answer."""
    line = json.dumps({"topics": sorted(topics)}, separators=(",", ":"))
    return f"id: {mark}\ndata: {line}\n\n".encode()
