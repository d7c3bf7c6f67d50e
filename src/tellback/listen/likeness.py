"""The bands of recent posts, as rows: band key -> the first post of the last seven days that has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, models

from tellback.kit import bulk
from tellback.listen import alike
from tellback.listen.post import Post

WINDOW = timedelta(days=7)
ADD = """
INSERT INTO listen_likeness (band, post_id, at)
SELECT band, post, %s FROM unnest(%s::bigint[], %s::bigint[]) AS fresh (band, post) ON CONFLICT (band) DO NOTHING
"""


class Likeness(models.Model):
    """One row a band, not one a post and band: a look-up costs the same whatever the number of posts."""

    band = models.BigIntegerField(primary_key=True)
    post_id = models.BigIntegerField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.band} -> {self.post_id}"


@dataclass(frozen=True, slots=True)
class Match:
    """`of` said nearly the same before; `alikeness` is Jaccard's measure of the word pairs."""

    of: Post
    alikeness: float


@dataclass(slots=True)
class Shape:
    post: Post
    pairs: set[int]
    bands: list[int]


def shape(post: Post) -> Shape | None:
    """What can be compared of a post; None when it says too little."""
    found = None if post.own else alike.compared(post.text, post.workspace_id)
    return Shape(post, *found) if found else None


def find(posts: Sequence[Post], *, at: datetime) -> dict[int, Match]:
    """For each post that nearly repeats one of the last seven days (or of the batch): that one. Saves the bands."""
    shapes = [made for post in posts if (made := shape(post))]
    standing = stored({band for made in shapes for band in made.bands}, since=at - WINDOW)
    known = posts_by_id(sorted(set(standing.values())))
    compared: dict[int, set[int]] = {}
    matches: dict[int, Match] = {}
    fresh: dict[int, int] = {}
    said_again: set[int] = set()
    for made in shapes:
        candidates = {standing[band] for band in made.bands if band in standing}
        match = best(made, [known[pk] for pk in candidates if pk in known], compared)
        if match:
            matches[made.post.pk] = match
            said_again.update(band for band in made.bands if standing.get(band) == match.of.pk)
        known[made.post.pk] = made.post
        compared[made.post.pk] = made.pairs
        for band in made.bands:
            if band not in standing:
                standing[band] = fresh[band] = made.post.pk
    store(fresh, at=at)
    refresh(sorted(said_again - fresh.keys()), at=at)
    return matches


def posts_by_id(ids: Sequence[int]) -> dict[int, Post]:
    found: dict[int, Post] = {}
    for start in range(0, len(ids), 500):
        found.update(Post.objects.in_bulk(ids[start : start + 500]))
    return found


def refresh(bands: Sequence[int], *, at: datetime) -> None:
    """What was said again is seven days old anew: the third who says it is an echo of the first, not a stranger."""
    for start in range(0, len(bands), 500):
        Likeness.objects.filter(band__in=bands[start : start + 500]).update(at=at)


def best(made: Shape, candidates: Sequence[Post], compared: dict[int, set[int]]) -> Match | None:
    found: Match | None = None
    for post in sorted(candidates, key=lambda each: each.pk):
        if post.workspace_id != made.post.workspace_id:
            continue  # two bands may collide, and no workspace is to see another's words
        pairs = compared.get(post.pk)
        if pairs is None:
            pairs = compared[post.pk] = alike.pairs(alike.words(post.text))
        how = alike.alikeness(made.pairs, pairs)
        if how >= alike.ALIKE and (found is None or how > found.alikeness):
            found = Match(post, how)
    return found


def stored(bands: set[int], *, since: datetime) -> dict[int, int]:
    """Bands already taken within the window; stale ones are cleared on the way, so that they can be taken anew."""
    limit = str(bulk.moment(since))
    rows = bulk.rows_for("SELECT band, post_id, at FROM listen_likeness WHERE band IN ({keys})", sorted(bands))
    stale = [band for band, _, when in rows if str(bulk.moment(when) if hasattr(when, "tzinfo") else when) < limit]
    for start in range(0, len(stale), 500):
        Likeness.objects.filter(band__in=stale[start : start + 500]).delete()
    gone = set(stale)
    return {band: post for band, post, _ in rows if band not in gone}


def store(fresh: dict[int, int], *, at: datetime) -> None:
    if not fresh:
        return
    bands = sorted(fresh)  # in one order always, so that two processes never wait for each other in a circle
    if bulk.is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute(ADD, [at, bands, [fresh[band] for band in bands]])
        return
    moment = bulk.moment(at)
    rows = [(band, fresh[band], moment) for band in bands]
    bulk.raw_many("INSERT OR IGNORE INTO listen_likeness (band, post_id, at) VALUES (?, ?, ?)", rows)


def sweep(*, at: datetime) -> int:
    """Drop the bands that are out of the window. Run by the clock."""
    gone, _ = Likeness.objects.filter(at__lt=at - WINDOW).delete()
    return gone
