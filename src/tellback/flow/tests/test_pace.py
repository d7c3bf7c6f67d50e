"""At a pace: what arrives together is taken together, and who is late takes all that has arrived meanwhile."""

from datetime import timedelta

import pytest

from tellback.flow import replay
from tellback.kit.clock import now
from tellback.networks.contract import Batch, Parcel

COUNT = 1200


@pytest.fixture
def sizes(monkeypatch):
    """How many posts each batch holds at 500 a second, where the line takes `each` seconds for every batch."""

    def of(each):
        at = now()
        passed = [0.0]
        monkeypatch.setattr(replay.clock, "now", lambda: at + timedelta(seconds=passed[0]))
        monkeypatch.setattr(replay.time, "sleep", lambda seconds: passed.__setitem__(0, passed[0] + seconds))
        parcels = [Parcel(str(number), "{}") for number in range(COUNT)]
        found = []
        for paced in replay.paced(iter([Batch(parcels, {})]), replay.Speed(rate=500)):
            found.append(len(paced.arrived))
            passed[0] += each
        assert sum(found) == COUNT
        return found

    return of


def test_in_time_a_tenth_of_a_second_is_gathered(sizes):
    assert max(sizes(0.01)) == 51


def test_late_all_that_has_arrived_is_taken(sizes):
    slow = sizes(0.4)
    assert 190 <= slow[1] <= 210
    assert max(sizes(3.0)) == replay.AT_MOST
