import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.listen.terms import Terms
from tellback.workspace.common_words import is_too_common, is_too_short, shut_out


@pytest.mark.parametrize(
    ("text", "short", "common"),
    [
        ("a", True, True),
        ("X.", True, False),
        ("O2", False, False),
        ("The", False, True),
        ("in the", False, True),
        ("The Rail", False, False),
        ("\u864e", False, False),
        ("UND", False, True),
    ],
)
def test_what_tells_nobody_from_anybody(text, short, common):
    assert (is_too_short(text), is_too_common(text)) == (short, common)


@given(
    st.lists(st.sampled_from(["norrtel", "harbour", "air"]), min_size=1, max_size=3),
    st.lists(st.sampled_from(["norrtel", "harbour", "air"]), min_size=1, max_size=3),
)
def test_an_exclusion_is_refused_exactly_where_the_name_alone_would_not_be_heard(name, exclusion):
    """The judgement agrees with the matching, which is a room above."""
    said, shut = " ".join(name), " ".join(exclusion)
    heard = Terms([(1, "name", said), (1, "exclusion", shut)]).find(said)
    assert bool(shut_out([said], shut)) == (not heard)
