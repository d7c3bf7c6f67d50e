"""How many near-duplicates are found, how many that are none, and what it costs. Figures: docs/measured.md."""

import time
from itertools import pairwise

import pytest

from tellback.flow.incoming import take_in
from tellback.kit.clock import now
from tellback.listen import alike, likeness
from tellback.listen.models import Echo, Post
from tellback.networks.contract import Parcel
from tellback.networks.file import bench_posts
from tellback.networks.keeping import Arrival
from tellback.networks.paper.adapter import payload
from tests.processes import begin, end

COUNT = 3000


@pytest.fixture
def copies(monkeypatch):
    """The ids of the posts that the maker of bench posts says are near-duplicates, filled while it makes them."""
    made = {}
    real = bench_posts._echo

    def noted(world, earlier, at):
        post = real(world, earlier, at)
        made[post["id"]] = earlier["id"]
        return post

    monkeypatch.setattr(bench_posts, "_echo", noted)
    return made


def really_alike(echo):
    one, other = (set(pairwise(alike.words(post.text))) for post in (echo.post, echo.of))
    return len(one & other) >= alike.ALIKE * len(one | other)


@pytest.mark.django_db
def test_near_duplicates_are_found_and_cost_little(world, copies):
    posts = list(bench_posts.posts(COUNT, seed=5))
    spent = 0.0
    real = likeness.find

    def timed(posts, *, at):
        nonlocal spent
        begun = time.perf_counter()
        try:
            return real(posts, at=at)
        finally:
            spent += time.perf_counter() - begun

    likeness.find = timed
    try:
        for start in range(0, COUNT, 500):
            take_in(
                [
                    Arrival(world.paper, Parcel(p["id"], payload(p["id"], p["author"], p["text"])), now())
                    for p in posts[start : start + 500]
                ]
            )
    finally:
        likeness.find = real
    found = set(Echo.objects.values_list("post__external_id", flat=True))
    heard = set(Post.objects.values_list("external_id", flat=True))
    wanted = copies.keys() & heard
    recall = len(found & wanted) / len(wanted)
    # Invented posts are made of a few hundred phrases, so many are alike that were not copied: each is held against
    # the words themselves, without hashes.
    right = sum(really_alike(echo) for echo in Echo.objects.select_related("post", "of"))
    precision = right / len(found)
    each = spent / Post.objects.count() * 1e6
    print(f"near-duplicates: recall {recall:.3f}, precision {precision:.3f}, {each:.0f} us a post")
    assert recall >= 0.85
    assert precision >= 0.95
    assert each <= 1000  # ten times the promise: a test machine may be busy; the figure is printed


@pytest.mark.django_db(transaction=True)
def test_another_process_gives_the_same_answer(world):
    text = "@norrtel the internet in the whole of Harbour Street is broken and has been down since six"
    world.hear("tove", text, id="a")
    code = f"""
from tellback.networks.models import Connection
from tests.batches import arrive
arrive(Connection.objects.get(pk={world.paper.pk}), ("b", "kasimir", {text!r} + " again"))
"""
    end(begin(code))
    echo = Echo.objects.get()
    assert (echo.of.external_id, echo.post.external_id, echo.kind) == ("a", "b", "alike")
