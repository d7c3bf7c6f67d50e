"""How often a connection asks, in words that hold for the next minutes too."""

from datetime import timedelta

import pytest

from tellback.kit.clock import now
from tellback.networks.standing import standing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("every", "words"),
    [(5, "asks every 5 s"), (60, "asks every minute"), (240, "asks every 4 min"), (5400, "asks every 1 h 30 min")],
)
def test_how_often_it_asks(world, every, words):
    row, at = world.paper, now()
    row.every, row.next_at = every, at + timedelta(seconds=min(every, 60))
    assert standing(row, at=at).turn == words
    row.next_at = at + timedelta(hours=1)
    assert standing(row, at=at).turn.startswith(f"{words}, next at ")
    row.paused_at = at
    assert standing(row, at=at).turn == ""
