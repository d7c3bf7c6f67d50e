"""Drafts: what somebody began to write, kept on the server until it is sent or emptied."""

from datetime import datetime
from typing import Any

from django.db import transaction

from tellback.listen.models import Post
from tellback.replies.reply import Draft, Reply
from tellback.workspace.models import User

LONGEST = 20_000


def place(post: Post, brand: int, by: User) -> dict[str, Any]:
    """Where a draft belongs: one for each writer and conversation, so that two may write at once."""
    return {
        "by": by, "brand_id": brand, "person_id": post.author.person_id,
        "network": post.network, "thread": post.thread,
    }  # fmt: skip


def draft_of(post: Post, brand: int, by: User) -> Draft | None:
    return Draft.objects.filter(**place(post, brand, by)).first()


def one_at_a_time(by: User) -> None:
    """A draft and a reply of the same writer do not cross: whichever comes second sees the first."""
    User.objects.select_for_update(no_key=True).filter(pk=by.pk).first()


def is_sent(key: str) -> bool:
    return bool(key) and Reply.objects.filter(key=key).exists()


@transaction.atomic
def keep_draft(post: Post, brand: int, text: str, *, by: User, at: datetime, key: str = "") -> Draft | None:
    """Keep what is written so far; an empty text lets the draft go.

    `key` is that of the reply that it is to become: once that is sent, a draft that comes late is not kept.
    """
    one_at_a_time(by)
    if is_sent(key):
        return draft_of(post, brand, by)
    if not text.strip():
        Draft.objects.filter(**place(post, brand, by)).delete()
        return None
    row, _ = Draft.objects.update_or_create(
        **place(post, brand, by), defaults={"workspace_id": post.workspace_id, "text": text[:LONGEST], "at": at}
    )
    return row
