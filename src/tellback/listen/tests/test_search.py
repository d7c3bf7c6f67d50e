"""Searching: what is found, in which order, and that nothing typed can break it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tellback.kit.query import Term, hits, terms_of
from tellback.listen.search import search

SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SIGNS = st.text(st.sampled_from("ab zé*:^(){}\"'-+@#.,;%_\\\x00ANDORNT³ß中😀"), max_size=40)


def found(world, query, **more):
    return [post.external_id for post in search(world.workspace.pk, query, **more)]


def test_newest_first_in_pages(world):
    for number in range(9):
        world.hear(f"h{number}", f"the router number {number} on street {number * 91} blinks", id=f"p{number}")
    assert found(world, "router", limit=3) == ["p8", "p7", "p6"]
    last = search(world.workspace.pk, "router", limit=3)[-1].pk
    assert found(world, "router", before=last, limit=3) == ["p5", "p4", "p3"]


def test_words_rows_of_words_and_what_must_not_be_there(world):
    world.hear("a", "The Café router blinks red", id="a")
    world.hear("b", "red blinks no router", id="b")
    assert found(world, "ROUTER red") == ["b", "a"]
    assert found(world, '"blinks red"') == ["a"]
    assert found(world, "router -cafe") == (["b"] if is_sqlite() else ["b", "a"])
    assert found(world, 'router -"no router"') == ["a"]
    assert found(world, "-router") == []
    assert found(world, '"blinks red') == ["a"]


def is_sqlite():
    from django.db import connection

    return connection.vendor == "sqlite"


def test_edits_are_found_and_what_was_taken_back_is_not(world):
    world.hear("a", "the zeppelin is late", id="a")
    world.hear("a", "the ferry is late", id="a")
    assert found(world, "zeppelin") == []
    assert found(world, "ferry") == ["a"]
    world.hear("a", "", id="a", deleted=True)
    assert found(world, "ferry") == []


def test_another_workspace_is_not_searched(world, other_world):
    other_world.hear("a", "the zeppelin is late")
    assert found(world, "zeppelin") == []


@given(query=st.one_of(st.text(max_size=300), SIGNS))
@SETTINGS
def test_nothing_typed_breaks_it(world, query):
    assert isinstance(search(world.workspace.pk, query), list)
    for start, end in hits("an old router: blinks", query):
        assert 0 <= start < end


@given(word=st.from_regex(r"[a-zA-Z0-9]{1,12}", fullmatch=True), signs=SIGNS)
@SETTINGS
def test_a_term_is_what_was_typed(word, signs):
    assert terms_of(f'"{word}"') == [Term(word)]
    assert all(any(sign.isalnum() for sign in term.text) for term in terms_of(signs))


def test_words_of_the_query_language_are_words(world):
    world.hear("a", "this or that AND not near", id="a")
    for query in ("AND", "OR", "NOT", "NEAR(this that)", "this AND that", "words:this", "space:w1"):
        assert isinstance(found(world, query), list)
    assert found(world, "AND near") == ["a"]


def test_a_small_workspace_finds_its_own_beside_a_large_one(world, other_world, monkeypatch):
    from tellback.listen import search as searching

    monkeypatch.setattr(searching, "NEWEST", 12)
    mine = [other_world.hear("mirre", f"@norrtel my router number {n} is slow").pk for n in range(5)]
    for number in range(30):
        world.hear("tove", f"@norrtel the router in house {number} is slow, street {number * 7}")
    found = [post.pk for post in searching.search(other_world.workspace.pk, "router", limit=3)]
    assert found == mine[:1:-1]
    rest = [post.pk for post in searching.search(other_world.workspace.pk, "router", before=found[-1], limit=3)]
    assert rest == mine[1::-1]
