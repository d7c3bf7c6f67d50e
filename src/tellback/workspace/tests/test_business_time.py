from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tellback.workspace.business_time import ALWAYS, Hours, between, due, faults, is_open, spans_from

NINE_TO_FIVE = ((540, 1020),)
SPLIT = ((540, 720), (780, 1080))
WEEK = (*(NINE_TO_FIVE,) * 5, (), ())
LONDON = ZoneInfo("Europe/London")
YORK = "America/New_York"


def local(text, zone=LONDON):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def hours(week=WEEK, zone="Europe/London", closed=()):
    return Hours(zone, week, frozenset(closed))


@pytest.mark.parametrize(
    ("begun", "minutes", "ends"),
    [
        ("2026-11-18T10:00", 15, "2026-11-18T10:15"),
        ("2026-11-18T16:50", 15, "2026-11-19T09:05"),  # over night
        ("2026-11-18T03:00", 15, "2026-11-18T09:15"),  # before opening
        ("2026-11-20T16:50", 15, "2026-11-23T09:05"),  # over the weekend
        ("2026-11-18T16:45", 15, "2026-11-18T17:00"),  # to the last minute
        ("2026-11-18T17:00", 0, "2026-11-19T09:00"),
    ],
)
def test_a_promise_falls_due_in_open_time(begun, minutes, ends):
    assert due(hours(), local(begun), minutes * 60) == local(ends)


def test_split_shifts_and_holidays():
    split = hours((SPLIT,) * 7, closed=[date(2026, 12, 25)])
    assert due(split, local("2026-12-24T11:50"), 20 * 60) == local("2026-12-24T13:10")
    assert due(split, local("2026-12-24T17:50"), 20 * 60) == local("2026-12-26T09:10")
    assert between(split, local("2026-12-24T00:00"), local("2026-12-26T00:00")) == 8 * 3600
    assert not is_open(split, local("2026-12-24T12:30"))
    assert not is_open(split, local("2026-12-25T10:00"))
    assert is_open(split, local("2026-12-24T13:00"))
    assert not is_open(split, local("2026-12-24T18:00"))


def test_over_midnight_is_two_shifts_that_meet():
    night = hours((((0, 360), (1320, 1440)),) * 7)
    assert due(night, local("2026-11-18T23:00"), 2 * 3600) == local("2026-11-19T01:00")
    assert between(night, local("2026-11-18T20:00"), local("2026-11-19T20:00")) == 8 * 3600


@pytest.mark.parametrize(
    ("day", "length"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-06-01", 24)]
)  # the days on which New York changes its clocks
def test_a_day_is_as_long_as_it_is(day, length):
    zone = ZoneInfo(YORK)
    whole = hours((((0, 1440),),) * 7, YORK)
    start = local(f"{day}T00:00", zone)
    assert between(whole, start, start + timedelta(hours=length)) == length * 3600
    assert due(whole, start, length * 3600) == local(f"{day}T00:00", zone) + timedelta(hours=length)


def test_a_shift_that_ends_in_the_skipped_hour_ends_when_it_begins():
    week = (*((),) * 6, ((60, 150), (180, 300)))  # Sunday 1:00 to 2:30, and 3:00 to 5:00; 2:00 to 3:00 does not exist
    found = list(spans_from(hours(week, YORK), local("2026-03-08T00:00", ZoneInfo(YORK))))[:2]
    assert [(closes - opens) for opens, closes in found] == [timedelta(hours=1), timedelta(hours=2)]
    assert found[0][1] == found[1][0]
    week = (*((),) * 6, ((150, 195),))  # 2:30 to 3:15
    opens, closes = next(spans_from(hours(week, YORK), local("2026-03-08T00:00", ZoneInfo(YORK))))
    assert closes - opens == timedelta(minutes=15)


def test_no_hours_at_all_is_always_open():
    at = local("2026-11-22T03:00")
    assert due(ALWAYS, at, 60) == at + timedelta(seconds=60)
    assert is_open(ALWAYS, at)
    assert between(ALWAYS, at, at - timedelta(hours=1)) == 0


def test_a_wait_of_years_is_counted_whole():
    begun = local("2020-01-06T00:00")
    assert between(hours(), begun, begun + timedelta(weeks=150)) == pytest.approx(150 * 5 * 8 * 3600, abs=3600)


def test_a_promise_that_no_open_time_holds_ends_somewhere():
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(900))
    at = local("2026-02-01T00:00")
    assert due(Hours("UTC", WEEK, closed), at, 60) > at + timedelta(days=300)


SHIFTS = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(sorted).map(
    lambda edges: tuple(zip(edges[::2], edges[1::2], strict=False))
)  # fmt: skip
HOURS = st.builds(
    hours,
    st.lists(SHIFTS, min_size=7, max_size=7).map(tuple),
    st.sampled_from(["UTC", YORK, "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]),
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(HOURS, MOMENTS, st.integers(0, 5 * 86400))
def test_what_falls_due_is_as_far_away_as_was_promised(open_hours, start, seconds):
    assume(not open_hours.always)
    falls = due(open_hours, start, seconds)
    assume(falls < start + timedelta(days=399))
    assert falls >= start
    assert between(open_hours, start, falls) == pytest.approx(seconds, abs=1e-3)


@given(HOURS, MOMENTS, MOMENTS, MOMENTS)
def test_time_adds_up(open_hours, one, two, three):
    first, middle, last = sorted([one, two, three])
    whole = between(open_hours, first, last)
    assert whole == pytest.approx(between(open_hours, first, middle) + between(open_hours, middle, last), abs=1e-3)
    assert 0 <= whole <= (last - first).total_seconds() + 1e-3


@given(HOURS, MOMENTS)
def test_spans_are_in_order_and_apart(open_hours, start):
    spans = list(spans_from(open_hours, start, start + timedelta(days=30)))
    assert all(opens < closes for opens, closes in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_faults_are_named():
    assert faults([*WEEK]) == []
    assert "overlap" in faults([[(0, 60), (30, 90)], *WEEK[1:]])[0]
    assert "begin before it ends" in faults([[(60, 60)], *WEEK[1:]])[0]
    assert len(faults([[(-1, 60)], [(0, 1441)], *WEEK[2:]])) == 2
