"""Folding: is it new, or the same post again, an edit, a deletion, an echo of another? The third step.

Looks each thing up once for the whole batch: the posts themselves, those they answer or pass on, and those that
nearly say the same (listen/alike.py; the bands are rows, so that the answer outlives the process).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tellback.events.announcing import announce_all
from tellback.events.event import Event
from tellback.kit import bulk
from tellback.listen import likeness
from tellback.listen.attaching import attach
from tellback.listen.editing import clear_arrivals, edit, empty, take_back
from tellback.listen.events import BounceHeard, PostEdited, PostHeard, ThreadsFound
from tellback.listen.post import Echo, Mention, Post
from tellback.networks.keeping import short_id
from tellback.work.line import Next, Outcome, Stop

Key = tuple[int, str, str]  # workspace, network, external id


@dataclass(slots=True)
class Fold:
    """One batch being folded: what stands already, and what is to be written at the end."""

    at: datetime
    standing: dict[Key, Post]
    mentioned: set[int] = field(default_factory=set)  # of the standing posts, those that speak of a brand
    edited: dict[int, tuple[Post, str]] = field(default_factory=dict)  # by id: the post and the words it had
    fresh: list[Post] = field(default_factory=list)
    echoes: list[tuple[Post, Post, str, float]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    gone: list[Post] = field(default_factory=list)  # taken back: what arrived of them is to be emptied


def fold(posts: Sequence[Post], at: datetime) -> list[Outcome]:
    """Post -> Post, saved."""
    standing = standing_posts(posts)
    batch = Fold(at, standing, mentioned_among(standing.values()))
    outcomes = [place(post, batch) for post in posts]
    bulk.insert(batch.fresh)
    save_edits(batch)
    clear_arrivals([(post.workspace_id, post.network, post.external_id, post.raw_id) for post in batch.gone])
    alike = likeness.find(batch.fresh, at=at)
    final = [after_comparing(post, outcome, alike, batch) for post, outcome in zip(posts, outcomes, strict=True)]
    rejoin(batch)
    bulk.insert([Echo(post_id=post.pk, of_id=of.pk, kind=kind, alikeness=how) for post, of, kind, how in batch.echoes])
    attach([post for post in batch.fresh if post.deleted_at is None], at=at)
    heard = [
        PostHeard(workspace=post.workspace_id, subject=post.pk, at=at, network=post.network) for post in batch.fresh
    ]
    announce_all([*heard, *bounces(batch), *batch.events])
    return final


def mentioned_among(posts: Iterable[Post]) -> set[int]:
    found = bulk.rows_for("SELECT post_id FROM listen_mention WHERE post_id IN ({keys})", [post.pk for post in posts])
    return {post for (post,) in found}


def save_edits(batch: Fold) -> None:
    """Write the new words, and announce the old ones with whose they were."""
    posts = [post for post, _ in batch.edited.values()]
    if not posts:
        return
    Post.objects.bulk_update(posts, ["text", "title", "edited_at"], batch_size=100)
    # What matched stood in the old words; its places in the new ones would be wrong.
    Mention.objects.filter(post__in=[post.pk for post in posts]).update(spans=[])
    authors = sorted({post.author_id for post in posts})
    people: dict[int, int] = dict(
        bulk.rows_for("SELECT id, person_id FROM people_handle WHERE id IN ({keys})", authors)
    )
    batch.events.extend(
        PostEdited(
            workspace=post.workspace_id, subject=post.pk, at=batch.at, before=before, person=people[post.author_id]
        )
        for post, before in batch.edited.values()
    )


def bounces(batch: Fold) -> list[Event]:
    """What came back undelivered, among the new posts."""
    return [
        BounceHeard(
            workspace=post.workspace_id, subject=post.pk, at=batch.at, connection=post.connection_id,
            of=short_id(post.said.bounce_of),
        )
        for post in batch.fresh
        if post.said and post.said.bounce_of
    ]  # fmt: skip


def standing_posts(posts: Sequence[Post]) -> dict[Key, Post]:
    """Posts that we have already, of those that the batch brings, answers, or passes on."""
    wanted: dict[tuple[int, str], set[str]] = {}
    for post in posts:
        ids = wanted.setdefault((post.workspace_id, post.network), set())
        ids.update(name for name in (post.external_id, post.thread, post.answers, repost_of(post)) if name)
    found: dict[Key, Post] = {}
    for (workspace, network), names in wanted.items():
        listed = sorted(names)
        for start in range(0, len(listed), 500):
            part = listed[start : start + 500]
            rows = Post.objects.filter(workspace=workspace, network=network, external_id__in=part)
            found.update({(workspace, network, row.external_id): row for row in rows})
    return found


def repost_of(post: Post) -> str:
    return short_id(post.said.repost_of) if post.said and post.said.repost_of else ""


def place(post: Post, batch: Fold) -> Outcome:
    """Settle one post against what stands; a new one joins the batch's fresh ones."""
    key = (post.workspace_id, post.network, post.external_id)
    standing = batch.standing.get(key)
    if post.said and post.said.deleted:
        return place_deletion(post, standing, batch)
    if standing is not None:
        return place_again(post, standing, batch)
    root = batch.standing.get((*key[:2], post.thread)) or batch.standing.get((*key[:2], post.answers))
    if root is not None:
        post.thread = root.thread
    original = batch.standing.get((*key[:2], repost_of(post)))
    batch.standing[key] = post
    batch.fresh.append(post)
    if original is not None:
        batch.echoes.append((post, original, Echo.Kind.REPOST, 1.0))
        return Stop("It passes on another post.", "echo")
    return Next(post)


def place_deletion(post: Post, standing: Post | None, batch: Fold) -> Outcome:
    """A post that is gone before it came leaves an empty one, so that it stays gone when it comes late."""
    if standing is not None:
        batch.gone.append(standing)
        return take_back(standing, post, at=batch.at)
    if post.author_id:
        empty(post, at=batch.at)
        batch.standing[(post.workspace_id, post.network, post.external_id)] = post
        batch.fresh.append(post)
        batch.gone.append(post)
    return Stop("Its author took back a post that never came here.", "deleted")


def place_again(post: Post, standing: Post, batch: Fold) -> Outcome:
    """A post that we have came again: with other words it is an edit, and is looked at anew if it named nobody."""
    if standing.deleted_at is not None:
        batch.gone.append(standing)
    before = edit(standing, post, at=batch.at)
    if not isinstance(before, str):
        return before
    if standing.pk is None or standing.pk in batch.edited:
        return Stop("It replaces a text that came with the same batch.", "edit")
    batch.edited[standing.pk] = (standing, before)
    if standing.pk in batch.mentioned:
        return Stop("It is an edit; the case and the verdict stand, the new words are shown.", "edit")
    return Next(standing, why="An edit; it named nobody before.")


def rejoin(batch: Fold) -> None:
    """A child that came before its parent took the parent for the start of the thread: give both one name."""
    by_place: dict[tuple[int, str], dict[str, str]] = {}
    for post in batch.fresh:
        if post.thread != post.external_id:
            by_place.setdefault((post.workspace_id, post.network), {})[post.external_id] = post.thread
    for (workspace, network), names in by_place.items():
        rows = Post.objects.filter(workspace=workspace, network=network, thread__in=list(names))
        for old, first in dict(rows.values_list("thread", "id")).items():
            new = start_of(old, names)
            Post.objects.filter(workspace=workspace, network=network, thread=old).update(thread=new)
            batch.events.append(
                ThreadsFound(workspace=workspace, subject=first, at=batch.at, network=network, old=old, new=new)
            )
    for post in batch.fresh:
        post.thread = start_of(post.thread, by_place.get((post.workspace_id, post.network), {}))


def start_of(name: str, names: dict[str, str]) -> str:
    """Follow a thread's name to where it begins; names that lead in a circle end where the circle closes."""
    seen = set()
    while name in names and name not in seen:
        seen.add(name)
        name = names[name]
    return name


def after_comparing(post: Post, outcome: Outcome, alike: dict[int, likeness.Match], batch: Fold) -> Outcome:
    """A near-duplicate by another is noted, and the chart decides. By its own author it goes on where that began:
    who says it again still waits, and is to be an entry in their case, not a stop that nobody sees.
    """
    if isinstance(outcome, Next) and post.deleted_at is not None and post.said and not post.said.deleted:
        return Stop("Its author took it back with the same batch: the words are gone.", "deleted")
    match = alike.get(post.pk) if isinstance(outcome, Next) and post.pk else None
    if match is None:
        return outcome
    again = match.of.author_id == post.author_id
    batch.echoes.append((post, match.of, Echo.Kind.AGAIN if again else Echo.Kind.ALIKE, match.alikeness))
    if again and post.thread in {match.of.thread, post.external_id}:
        post.thread = match.of.thread
        return Next(post, why=f"Its author said nearly the same before, in post {match.of.pk}: it goes on there.")
    post.seen_before, post.seen_in = match.alikeness, match.of.pk
    return outcome
