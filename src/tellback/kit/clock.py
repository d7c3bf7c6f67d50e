"""The time, in one place, so that a test can stop it and a story can be told in its own time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_standing: ContextVar[datetime | None] = ContextVar("standing", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _standing.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """For this block, and in this thread alone, it is `moment` (aware) and stays so."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)
