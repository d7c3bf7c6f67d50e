"""The clock can stand for one block and one thread, and goes on afterwards."""

import threading
from datetime import UTC, datetime

import pytest

from tellback.kit import clock

THEN = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def test_the_clock_stands_for_a_block():
    with clock.standing_at(THEN):
        assert clock.now() == THEN
        with clock.standing_at(THEN.replace(hour=9)):
            assert clock.now().hour == 9
        assert clock.now() == THEN
    assert clock.now() > THEN


def test_it_goes_on_after_a_fault():
    with pytest.raises(ValueError, match="stumbled"), clock.standing_at(THEN):
        raise ValueError("stumbled")
    assert clock.now() > THEN


def test_other_threads_keep_their_time():
    seen = []
    with clock.standing_at(THEN):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] > THEN
