"""Forgetting: examples of a policy that were somebody's words. Verdicts hold marks and places, never words."""

from collections.abc import Sequence
from typing import Any

from tellback.events.announcing import at_once
from tellback.listen.events import PostTakenBack
from tellback.listen.models import Post
from tellback.people.forgetting import handles_of, hide
from tellback.people.models import Person
from tellback.triage.policy import Policy
from tellback.triage.verdict import Question, Verdict

SHORTEST = 20  # letters of an example that make it somebody's words and not a phrase that anybody says


def forget(person: Person) -> None:
    """Take their words out of the examples. Before listen forgets the posts by which they are known."""
    said = Post.objects.filter(author__person=person).values_list("text", flat=True)
    drop(person.workspace_id, list(said), handles_of(person))


@at_once
def take_back_examples(events: Sequence[PostTakenBack]) -> None:
    """An author took a post back: no chart keeps its words as an example. The words still stand when this is told."""
    for event in events:
        said = list(Post.objects.filter(pk=event.subject).exclude(text="").values_list("text", flat=True))
        if said:
            drop(event.workspace, said, [])


def drop(workspace: int, said: Sequence[str], handles: list[str]) -> None:
    """Take examples that were these words out of every version, and cover the handles in the others."""
    texts = [squeeze(text) for text in said]
    for policy in Policy.objects.filter(workspace=workspace):
        kept = [
            {**row, "words": hide(str(row.get("words", "")), handles)}
            for row in policy.examples
            if not is_theirs(squeeze(str(row.get("words", ""))), texts)
        ]
        if kept != policy.examples:
            Policy.objects.filter(pk=policy.pk).update(examples=kept)


def squeeze(text: str) -> str:
    return " ".join(text.split()).casefold()


def is_theirs(words: str, texts: list[str]) -> bool:
    return any(words == text or (len(words) >= SHORTEST and words in text) for text in texts if text)


def export(person: Person) -> dict[str, Any]:
    """How what they said was judged."""
    verdicts = Verdict.objects.filter(mention__post__author__person=person).order_by("id")
    questions = Question.objects.filter(mention__post__author__person=person).order_by("id")
    return {
        "verdicts": [verdict_row(row) for row in verdicts.select_related("mention")],
        "questions": [
            {"node": row.node, "asked_at": row.asked_at.isoformat(), "answer": row.answer} for row in questions
        ],
    }


def verdict_row(row: Verdict) -> dict[str, Any]:
    return {
        "post": row.mention.post_id,
        "at": row.at.isoformat(),
        "action": row.action,
        "path": row.path,
        "standing": row.standing,
    }
