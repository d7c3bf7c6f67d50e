"""Forgetting: a person's words go from the facts, the facts stay."""

from collections.abc import Callable, Sequence
from typing import Any

from tellback.events.event import KINDS, Fact


def forget(person_id: int) -> int:
    """Blank every text that the facts of this person hold. Returns the number of facts changed."""
    return blank(Fact.objects.filter(person_id=person_id))


def forget_subjects(about: str, subjects: Sequence[int]) -> int:
    """Blank the texts of all facts about some things: posts that their author took back."""
    return blank(Fact.objects.filter(about=about, subject__in=subjects))


def blank(facts: Any) -> int:
    changed = []
    for fact in facts.exclude(body={}):
        kind = KINDS.get(fact.kind)
        # Of a kind that this version does not know, nobody can say which texts are somebody's words: all go.
        texts = kind.texts if kind else [name for name, value in fact.body.items() if isinstance(value, str)]
        held = [name for name in texts if fact.body.get(name)]
        if held:
            fact.body = {**fact.body, **dict.fromkeys(held, "")}
            changed.append(fact)
    Fact.objects.bulk_update(changed, ["body"], batch_size=500)
    return len(changed)


def export(person_id: int) -> list[dict[str, Any]]:
    """What the facts say of a person, oldest first."""
    found = Fact.objects.filter(person_id=person_id).order_by("id")
    return [{"kind": fact.kind, "at": fact.at.isoformat(), **fact.body} for fact in found]


def rewrite(workspace: int, kind: str, word: str, change: Callable[[str], str]) -> None:
    """Change the text values of one kind of fact where they hold a word: an id that names somebody."""
    facts = list(Fact.objects.filter(workspace_id=workspace, kind=kind, body__icontains=word))
    for fact in facts:
        fact.body = {name: change(value) if isinstance(value, str) else value for name, value in fact.body.items()}
    Fact.objects.bulk_update(facts, ["body"], batch_size=500)
