from datetime import timedelta

import pytest

from tellback.kit.clock import now
from tellback.work.models import Job
from tellback.work.recurring import Every, tick
from tellback.work.tests import acts
from tellback.work.worker import run_all_due

pytestmark = pytest.mark.django_db

MINUTE = Every("minute", 60, acts.long, "every minute")


def test_a_missed_slot_is_not_made_up_for_and_a_clock_that_goes_back_does_nothing():
    at = now()
    assert tick([MINUTE], at=at) == ["minute"]
    assert tick([MINUTE], at=at) == []
    run_all_due()
    assert tick([MINUTE], at=at + timedelta(hours=1)) == ["minute"]
    assert tick([MINUTE], at=at - timedelta(days=1)) == []
    assert Job.objects.unfinished().count() == 1


def test_what_still_runs_from_the_last_slot_is_not_set_going_beside_itself():
    at = now()
    tick([MINUTE], at=at)
    tick([MINUTE], at=at + timedelta(minutes=1))
    assert Job.objects.count() == 1
