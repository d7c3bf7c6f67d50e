"""Forgetting what a person said: posts, what arrived, files, the search; and their handle in others' posts."""

from typing import Any

from django.db.models import Exists, OuterRef

from tellback.events.forgetting import rewrite
from tellback.kit.clock import now
from tellback.kit.query import merge
from tellback.listen.editing import clear
from tellback.listen.post import Attachment, Echo, Mention, Post
from tellback.networks.models import RawItem
from tellback.people.forgetting import handles_of, hide_in, holding, new_id
from tellback.people.models import Person
from tellback.work.forgetting import forget_routes
from tellback.work.tasks import task


def forget(person: Person) -> None:
    """Blank their posts, our own answers that were heard under them, and cover their handle elsewhere."""
    posts = Post.objects.filter(author__person=person)
    raws = list(posts.values_list("raw_id", flat=True))
    answered = Post.objects.filter(
        Exists(posts.filter(network=OuterRef("network"), external_id=OuterRef("answers"))),
        workspace=person.workspace_id, own=True,
    )  # fmt: skip
    clear([*posts.values_list("pk", flat=True), *answered.values_list("pk", flat=True)], at=now())
    forget_routes("incoming", raws)
    cover(person)
    tidy_search.once("tidy search").enqueue()


def cover(person: Person) -> None:
    """Their handle in what others said, and in the ids that networks gave."""
    handles = handles_of(person)
    space = person.workspace_id
    for raw in holding(RawItem.objects.filter(workspace=space), ["payload"], handles).exclude(held_by_a_post()):
        RawItem.objects.filter(pk=raw.pk).update(payload="")
        forget_routes("incoming", [raw.pk])
    hide_in(RawItem.objects.filter(workspace=space), ["payload", "place"], handles, ids=["external_id"])
    hide_in(
        Post.objects.filter(workspace=space),
        ["text", "title", "url"],
        handles,
        ids=["external_id", "thread", "answers"],
    )
    hide_in(Attachment.objects.filter(workspace=space), ["name", "alt", "why_not_kept"], handles)
    for handle in handles:
        rewrite(space, "thread.found", handle, lambda text: new_id(text, handles))
        rewrite(space, "post.edited", handle, lambda text: "")


def held_by_a_post() -> Exists:
    """What could not be read became nobody's post: it is theirs if it names them."""
    return Exists(Post.objects.filter(connection=OuterRef("connection"), external_id=OuterRef("external_id")))


@task(queue="heavy", lease=600)
def tidy_search() -> None:
    """What was forgotten goes from the index of words too."""
    merge("listen_post_fts")


def export(person: Person) -> dict[str, Any]:
    """What they said, as it arrived and as it stands."""
    posts = Post.objects.filter(author__person=person).select_related("raw").order_by("id")
    return {
        "posts": [post_row(post) for post in posts],
        "arrived": [
            {"at": raw.arrived_at.isoformat(), "payload": raw.payload}
            for raw in RawItem.objects.filter(
                Exists(posts.filter(connection=OuterRef("connection"), external_id=OuterRef("external_id")))
            ).order_by("id")
        ],
        "files": [
            {"name": row.name, "kind": row.media_type, "bytes": row.size, "words": row.alt, "path": row.path}
            for row in Attachment.objects.filter(post__in=posts).order_by("id")
        ],
        "echoes": list(
            Echo.objects.filter(post__in=posts).order_by("id").values("post_id", "of_id", "kind", "alikeness")
        ),
        "mentions": list(Mention.objects.filter(post__in=posts).order_by("id").values("post_id", "brand__name", "how")),
    }


def post_row(post: Post) -> dict[str, Any]:
    return {
        "id": post.pk, "network": post.network, "external_id": post.external_id, "thread": post.thread,
        "title": post.title, "text": post.text, "language": post.lang, "url": post.url,
        "written_at": post.written_at.isoformat() if post.written_at else None, "heard_at": post.heard_at.isoformat(),
    }  # fmt: skip
