from hypothesis import given
from hypothesis import strategies as st

from tellback.listen.terms import Terms
from tellback.workspace.common_words import shut_out


@given(
    st.lists(st.sampled_from(["norrtel", "harbour", "air"]), min_size=1, max_size=3),
    st.lists(st.sampled_from(["norrtel", "harbour", "air"]), min_size=1, max_size=3),
)
def test_an_exclusion_is_refused_exactly_where_the_name_alone_would_not_be_heard(name, exclusion):
    """The judgement agrees with the matching."""
    said, shut = " ".join(name), " ".join(exclusion)
    heard = Terms([(1, "name", said), (1, "exclusion", shut)]).find(said)
    assert bool(shut_out([said], shut)) == (not heard)
