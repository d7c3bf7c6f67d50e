"""What an author does to a post afterwards: change it, or take it back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from tellback.events.announcing import announce
from tellback.events.forgetting import forget_subjects
from tellback.listen.attaching import remove_file
from tellback.listen.events import PostTakenBack
from tellback.listen.likeness import Likeness
from tellback.listen.post import Attachment, Echo, Mention, Post
from tellback.networks.models import Connection, RawItem
from tellback.work.line import Outcome, Stop


def edit(standing: Post, arrived: Post, *, at: datetime) -> Stop | str:
    """The same post came again. With other words it takes them on (not saved) and answers with those it had."""
    if standing.deleted_at is not None:
        return Stop("Its author had taken it back; it stays gone.", "deleted")
    if (standing.text, standing.title) == (arrived.text, arrived.title):
        return Stop("It is a post that we have, with the same words.", "repeated")
    if standing.author_id != arrived.author_id:
        # A mail's id is whatever its sender writes: only who wrote a post may change it.
        return Stop("It bears the id of a post by somebody else; that one stands.", "foreign")
    before, standing.text, standing.title, standing.edited_at = standing.text, arrived.text, arrived.title, at
    standing.said = arrived.said
    return before


def take_back(standing: Post, taken: Post, *, at: datetime) -> Outcome:
    """Honour a deletion: the words go from everywhere, that there was a post stays."""
    if taken.author_id and taken.author_id != standing.author_id:
        return Stop("Somebody else wants to take it back; only its author may.", "foreign")
    if standing.pk is None:
        empty(standing, at=at)
    elif standing.deleted_at is None:
        wipe(standing, at=at)
    return Stop("Its author took it back: the words are gone.", "deleted")


def empty(post: Post, *, at: datetime) -> None:
    """It is saved without its words, and nobody ever reads them."""
    post.text, post.title, post.url, post.deleted_at = "", "", "", at
    if post.said:
        post.said = replace(post.said, text="", title="", enclosed=())


def wipe(post: Post, *, at: datetime) -> None:
    """Remove a post's words from the post, what arrived, the search, its files, the facts about it, and its reposts."""
    # Told first: whoever kept a copy knows it by the words, and hears of it at once.
    announce(PostTakenBack(workspace=post.workspace_id, subject=post.pk, at=at))
    clear([post.pk], at=at)
    post.refresh_from_db(fields=["text", "title", "url", "deleted_at"])


def clear(ids: Sequence[int], *, at: datetime) -> None:
    """Remove the words of posts wherever this house keeps them, with those who only passed them on."""
    for begin in range(0, len(ids), 300):
        part = list(ids[begin : begin + 300])
        passed_on = Echo.objects.filter(of__in=part, kind=Echo.Kind.REPOST).values_list("post_id", flat=True)
        clear_some([*part, *passed_on], at=at)


def clear_some(ids: Sequence[int], *, at: datetime) -> None:
    posts = Post.objects.filter(pk__in=ids)
    clear_arrivals(posts.values_list("workspace_id", "network", "external_id", "raw_id"))
    posts.update(text="", title="", url="", audience=None, deleted_at=Coalesce("deleted_at", Value(at)))
    Mention.objects.filter(post__in=ids).update(spans=[])
    Likeness.objects.filter(post_id__in=ids).delete()
    files = Attachment.objects.filter(post__in=ids)
    for attachment in files:
        # A file cannot come back when the transaction is undone, so it goes after it stands.
        transaction.on_commit(partial(remove_file, attachment))
    files.delete()
    forget_subjects("post", ids)


def clear_arrivals(posts: Iterable[tuple[int, str, str, int]]) -> None:
    """Empty every parcel that brought these posts, by whichever connection: (workspace, network, id, raw) each."""
    places: dict[tuple[int, str], list[str]] = {}
    for workspace, network, external_id, _ in (posts := list(posts)):
        places.setdefault((workspace, network), []).append(external_id)
    for (workspace, network), external_ids in places.items():
        rows = Connection.objects.filter(workspace=workspace, label__startswith=network)
        ours = [row.pk for row in rows if row.short_label == network]
        RawItem.objects.filter(connection__in=ours, external_id__in=external_ids).update(payload="")
    RawItem.objects.filter(pk__in=[raw for *_, raw in posts]).update(payload="")
