from hypothesis import given
from hypothesis import strategies as st

from tellback.live.gaps import Gaps


def test_a_number_passed_over_is_asked_for_and_let_through_once():
    gaps = Gaps(5)
    assert gaps.take([6, 9], now=0) == [6, 9]
    assert gaps.ask(1) == [(7, 8)]
    assert gaps.mark == 6
    assert gaps.take([8, 9, 6], now=1) == [8]
    assert gaps.ask(1) == [(7, 7)]
    assert gaps.take([8, 7], now=2) == [7]
    assert gaps.ask(2) == []
    assert gaps.mark == 9


def test_a_gap_is_let_go_after_its_time():
    gaps = Gaps(hold=10)
    gaps.take([3], now=0)
    assert gaps.ask(9.9) == [(1, 2)]
    assert gaps.ask(10) == []
    assert gaps.take([2], now=10) == []
    assert gaps.mark == 3


def test_a_part_of_a_gap_keeps_the_time_of_the_whole():
    gaps = Gaps(hold=10)
    gaps.take([9], now=0)
    gaps.take([4], now=9)
    assert gaps.ask(10) == []


def test_many_gaps_take_turns_and_no_range_holds_a_number_already_taken():
    gaps = Gaps()
    gaps.take(range(2, 401, 2), now=0)
    turns = [gaps.ask(0, at_most=60) for _ in range(4)]
    assert [len(turn) for turn in turns] == [60] * 4
    assert {ends for turn in turns for ends in turn} == {(odd, odd) for odd in range(1, 400, 2)}
    assert gaps.take([1, 2, 3], now=0) == [1, 3]


def test_memory_is_bounded_and_the_newest_gaps_stay():
    gaps = Gaps(most=10)
    gaps.take(range(2, 2002, 2), now=0)
    assert gaps.ask(0) == [(number, number) for number in range(1981, 2000, 2)]


@given(
    commits=st.lists(st.tuples(st.integers(1, 60), st.integers(0, 12)), max_size=60, unique_by=lambda pair: pair[0]),
    at_most=st.integers(1, 8),
)
def test_every_row_committed_in_time_comes_once_and_the_mark_is_never_ahead(commits, at_most):
    """`commits`: (number, step at which it can be read). A poll a step, a second each; gaps stay open for longer."""
    gaps, delivered = Gaps(hold=1000), []
    for step in range(13 + 61):
        visible = {number for number, when in commits if when <= step}
        ask = gaps.ask(step, at_most)
        got = {n for n in visible if n > gaps.last or any(low <= n <= high for low, high in ask)}
        fresh = gaps.take(got, step)
        assert fresh == sorted(fresh)
        delivered += fresh
        later = {number for number, when in commits if when > step}
        assert all(number > gaps.mark for number in later if number < gaps.last)
    assert sorted(delivered) == sorted(number for number, _ in commits)


@given(
    steps=st.lists(st.tuples(st.lists(st.integers(1, 80), max_size=8), st.integers(0, 6)), max_size=30),
    hold=st.integers(1, 9),
)
def test_nothing_comes_twice_and_ranges_are_in_order_whatever_is_taken(steps, hold):
    gaps, now, delivered = Gaps(hold=hold), 0, []
    for numbers, wait in steps:
        now += wait
        delivered += gaps.take(numbers, now)
        ranges = gaps.ask(now, at_most=1000)
        flat = [end for low_high in ranges for end in low_high]
        assert flat == sorted(flat)
        assert not {n for low, high in ranges for n in range(low, high + 1)} & set(delivered)
        assert gaps.mark <= gaps.last
    assert len(delivered) == len(set(delivered))
