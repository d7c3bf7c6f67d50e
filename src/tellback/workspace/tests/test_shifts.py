"""Shifts as text and back, and the sentence that says whether one is open."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.workspace import shifts
from tellback.workspace.business_time import Hours, faults, is_open
from tellback.workspace.openness import openness

OFFICE = Hours("UTC", (((540, 720), (780, 1050)),) * 5 + ((), ()), frozenset({date(2026, 11, 24)}))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9:00-12:00, 13:00-17:30", [(540, 720), (780, 1050)]),
        ("9-12", [(540, 720)]),
        ("13.00 \u2013 17.30; 9 to 12", [(540, 720), (780, 1050)]),
        ("0:00-24:00", [(0, 1440)]),
        ("9:00-12:00,12:00-13:00", [(540, 720), (720, 780)]),
        ("", []),
        (" closed ", []),
    ],
)
def test_what_people_write(text, spans):
    assert shifts.parse(text) == spans


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("9:00-8:00", "ends before it begins"),
        ("9-5", "write 9:00-17:00."),
        ("11:30-5:15", "write 11:30-17:15."),
        ("9-0", "Over midnight"),
        ("22:00-6:00", "Over midnight"),
        ("9:00-12:00, 11:00-13:00", "overlap at 11:00"),
        ("nine to five", "Write it like"),
        ("9:75-10:00", "no day has"),
        ("9:00-25:00", "no day has"),
        ("9:00-24:01", "no day has"),
        ("9:00-9:00", "ends before it begins"),
        ("9:00", "Write it like"),
        (",".join(f"{n}-{n + 1}" for n in range(9)), "eight"),
        ("\u0669:00-12:00", "Write it like"),
    ],
)
def test_what_is_wrong_is_said(text, words):
    with pytest.raises(shifts.ShiftFault, match=words):
        shifts.parse(text)


@given(st.lists(st.integers(0, 1440), min_size=2, max_size=16, unique=True))
def test_written_and_read_again(edges):
    edges = sorted(edges)
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    assert shifts.parse(shifts.write(spans)) == spans


@given(st.text(max_size=60))
def test_whatever_is_typed_gives_good_spans_or_a_fault(text):
    try:
        spans = shifts.parse(text)
    except shifts.ShiftFault:
        return
    assert faults([spans] + [[]] * 6) == []


@given(st.text(alphabet="0123456789:-., ;to", max_size=40))
def test_nearly_right_texts_too(text):
    try:
        spans = shifts.parse(text)
    except shifts.ShiftFault:
        return
    assert faults([spans] + [[]] * 6) == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T10:00", "Open now; closes at 12:00."),
        ("2026-11-23T12:30", "Closed now; opens at 13:00."),
        ("2026-11-23T18:00", "Closed now; opens on Wednesday at 9:00."),
        ("2026-11-20T17:30", "Closed now; opens on Monday at 9:00."),
        ("2026-11-23T17:29", "Open now; closes at 17:30."),
    ],
)
def test_one_sentence(at, words):
    assert openness(OFFICE, datetime.fromisoformat(at).replace(tzinfo=UTC)) == words


def test_over_midnight_is_one_stretch():
    night = Hours("UTC", (((0, 360), (1320, 1440)),) * 7)
    assert openness(night, datetime(2026, 11, 23, 23, 0, tzinfo=UTC)) == "Open now; closes on Tuesday at 6:00."


def test_hours_are_said_in_their_own_zone():
    east = Hours("Asia/Tokyo", (((540, 1050),),) * 7)
    assert openness(east, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)) == "Open now; closes at 17:30."


def test_always_and_never_and_day_and_night():
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert openness(Hours(), at).startswith("Always open")
    assert openness(Hours("UTC", (((0, 1440),),) * 7), at) == "Open now, day and night."
    only_monday = Hours("UTC", (((0, 60),), *((),) * 6), frozenset(date.fromordinal(d) for d in range(739000, 741000)))
    assert openness(only_monday, datetime.fromordinal(739100).replace(tzinfo=UTC)) == "Closed for more than a year."


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))
def test_the_sentence_agrees_with_the_clock(at):
    assert openness(OFFICE, at).startswith("Open now") == is_open(OFFICE, at)
