"""Forgetting: the titles, notes and stated reasons of a person's cases. Who had them and when they ended stays."""

from typing import Any

from django.db.models import QuerySet

from tellback.cases.case import Case, Closure, Entry, Strand
from tellback.kit.query import merge
from tellback.notices.forgetting import export_about, forget_about
from tellback.people.forgetting import handles_of, hide_in
from tellback.people.models import Person
from tellback.work.forgetting import forget_routes
from tellback.work.tasks import task

FORGOTTEN = "Forgotten"


def forget(person: Person) -> None:
    cases = Case.objects.filter(person=person)
    ids = list(cases.values_list("pk", flat=True))
    entries = Entry.objects.filter(case__person=person)
    for entry in entries.filter(kind=Entry.Kind.CHANGE, text__contains=":"):
        # "Named: ..." and "Closed: told elsewhere: ..." keep what was done and lose what was said.
        Entry.objects.filter(pk=entry.pk).update(text=entry.text.split(":")[0])
    entries.exclude(kind=Entry.Kind.CHANGE).update(text="")
    Closure.objects.filter(case__person=person).update(words="", reopened_why="")
    cases.update(title=FORGOTTEN)
    forget_routes("returning", ids)
    forget_about(person.workspace_id, addresses(cases))
    handles = handles_of(person)
    space = person.workspace_id
    hide_in(Case.objects.filter(workspace=space), ["title"], handles)
    hide_in(Entry.objects.filter(case__workspace=space), ["text"], handles)
    hide_in(Closure.objects.filter(case__workspace=space), ["words", "reopened_why"], handles)
    hide_in(Strand.objects.filter(workspace=space), [], handles, ids=["thread"])
    tidy_search.once("tidy notes").enqueue()


def addresses(cases: QuerySet[Case]) -> list[str]:
    return [f"case:{pk}" for pk in cases.values_list("pk", flat=True)]


def export(person: Person) -> dict[str, Any]:
    """Their cases with what was written in them."""
    cases = Case.objects.filter(person=person).order_by("id").prefetch_related("entries", "closures", "tags")
    return {
        "cases": [case_row(case) for case in cases],
        "notices": export_about(person.workspace_id, addresses(Case.objects.filter(person=person))),
    }


def case_row(case: Case) -> dict[str, Any]:
    return {
        "id": case.pk,
        "title": case.title,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "by_hand": case.by_hand,
        "tags": [tag.name for tag in case.tags.all()],
        "entries": [
            {"kind": row.kind, "at": row.at.isoformat(), "text": row.text, "post": row.post_id}
            for row in case.entries.all()
        ],
        "closures": [
            {"reason": row.reason, "words": row.words, "at": row.at.isoformat(), "opened_again": row.reopened_why}
            for row in case.closures.all()
        ],
    }


@task(queue="heavy", lease=600)
def tidy_search() -> None:
    """What was forgotten goes from the index of words too."""
    merge("cases_entry_fts")
