from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.kit.time import DAY, Wait, left_words, span, wait_of, wait_share, wait_step, waited, waited_short

NOW = datetime(2026, 11, 19, 14, 32, tzinfo=UTC)  # a Thursday
QUARTER = 15 * 60.0


def ago(**length):
    return NOW - timedelta(**length)


@pytest.mark.parametrize(
    ("since", "text"),
    [
        (ago(seconds=0), "just now"),
        (ago(seconds=59), "just now"),
        (ago(seconds=-30), "just now"),
        (ago(seconds=60), "1 min"),
        (ago(minutes=4, seconds=59), "4 min"),
        (ago(minutes=59, seconds=59), "59 min"),
        (ago(hours=1), "1 h"),
        (ago(hours=1, minutes=12), "1 h 12 min"),
        (ago(hours=23, minutes=59, seconds=59), "23 h 59 min"),
        (ago(hours=24), "since Wednesday"),
        (ago(days=2), "since Tuesday"),
        (ago(days=6), "since Friday"),
        (ago(days=7), "since 12 November"),
        (ago(days=16), "since 3 November"),
        (ago(days=365), "since 19 November 2025"),
    ],
)
def test_waited_says_what_a_person_would_say(since, text):
    assert waited(since, NOW) == text


def test_weekday_never_names_today():
    assert waited(ago(days=6, hours=20), NOW) == "since 12 November"


def test_weekday_is_the_readers_own():
    since = datetime(2026, 11, 17, 22, 30, tzinfo=UTC)
    assert waited(since, NOW, UTC) == "since Tuesday"
    assert waited(since, NOW, ZoneInfo("Asia/Tokyo")) == "since Wednesday"


def test_naive_moments_are_refused():
    with pytest.raises(TypeError):
        waited(datetime(2026, 11, 19), NOW)


@pytest.mark.parametrize(
    ("since", "text"),
    [
        (ago(seconds=20), "just now"),
        (ago(minutes=26), "26 min"),
        (ago(hours=2, minutes=40), "2 h"),
        (ago(hours=25), "1 day"),
        (ago(days=2, hours=5), "2 days"),
    ],
)
def test_rail_says_it_short(since, text):
    assert waited_short(since, NOW) == text


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (6 * 60, "6 min left"),
        (59, "less than a minute left"),
        (0, "less than a minute left"),
        (-1, "just over"),
        (-57 * 60, "over by 57 min"),
        (-3600 - 120, "over by 1 h 2 min"),
        (-3 * 3600 - 1800, "over by 3 h"),
        (-DAY, "over by 1 day"),
        (-2.5 * DAY, "over by 2 days"),
    ],
)
def test_left_words(left, text):
    assert left_words(left) == text


def test_business_day_may_be_short():
    assert span(8 * 3600, day=8 * 3600) == "1 day"
    assert span(8 * 3600) == "8 h"


@pytest.mark.parametrize(
    ("waited_minutes", "step"),
    [(0, 0), (7.4, 0), (7.5, 1), (11.2, 1), (11.25, 2), (15, 2), (15.1, 3), (60, 3), (60.1, 4)],
)
def test_wait_step_follows_the_scale(waited_minutes, step):
    assert wait_step(waited_minutes * 60, QUARTER) == step


def test_more_than_a_day_late_is_the_warmest_whatever_was_promised():
    assert wait_step(3 * DAY, 2 * DAY) == 3
    assert wait_step(3 * DAY + 1, 2 * DAY) == 4
    assert wait_step(2 * DAY + 8 * 3600 + 1, 2 * DAY, day=8 * 3600) == 4


def test_no_promise_is_calm_and_says_nothing():
    assert wait_of(ago(days=3), NOW, 3 * DAY, None) == Wait("since Monday", "", 0, 0.0)


def test_promise_of_nothing_is_at_once_past():
    assert wait_share(0, 0) == 1.0
    assert wait_step(1, 0) == 4


def test_wait_of_a_row():
    assert wait_of(ago(minutes=72), NOW, 72 * 60, QUARTER) == Wait("1 h 12 min", "over by 57 min", 4, 1.0)
    assert wait_of(ago(minutes=9), NOW, 9 * 60, QUARTER) == Wait("9 min", "6 min left", 1, 0.6)


@given(st.floats(0, 1e8), st.floats(0, 1e8), st.floats(1, 1e7))
def test_longer_is_never_calmer(first, second, promised):
    short, long = sorted((first, second))
    assert wait_step(short, promised) <= wait_step(long, promised)
    assert 0 <= wait_share(short, promised) <= wait_share(long, promised) <= 1


@given(st.integers(-10, 400 * DAY))
def test_words_are_whole_and_without_zero(seconds):
    text = waited(NOW - timedelta(seconds=seconds), NOW)
    assert text
    assert not text.startswith("0 ")
    assert " 0 min" not in text
