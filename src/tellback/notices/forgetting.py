"""Forgetting: notices that name a person, or are about a thing of theirs."""

from collections.abc import Iterable
from typing import Any

from tellback.notices.models import Notice


def forget_about(workspace: int, urls: Iterable[str]) -> None:
    """Notices about these things ("case:12") say no more than that there was one."""
    Notice.objects.filter(workspace=workspace, url__in=list(urls)).update(words="About somebody who is forgotten.")


def forget_words(workspace: int, words: Iterable[str]) -> None:
    """Notices that hold one of these words."""
    for word in words:
        Notice.objects.filter(workspace=workspace, words__icontains=word).update(
            words="About somebody who is forgotten."
        )


def export_about(workspace: int, urls: Iterable[str]) -> list[dict[str, Any]]:
    rows = Notice.objects.filter(workspace=workspace, url__in=list(urls)).order_by("id")
    return [{"at": row.at.isoformat(), "words": row.words} for row in rows]
