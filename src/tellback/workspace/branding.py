"""Changing a brand: its terms, its promises, putting it out of use, and deleting one that was never heard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import models, transaction

from tellback.events.announcing import announce
from tellback.workspace.events import BrandChanged
from tellback.workspace.models import Brand, Calendar, Member, Term

MOST_TERMS = 200


class CannotDelete(ValueError):
    """Why a brand stays, and what to do instead."""


def terms_of(brand: Brand) -> dict[str, list[str]]:
    """Its terms by kind, each list in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, text in brand.terms.order_by("text").values_list("kind", "text"):
        found[kind].append(text)
    return dict(found)


def each(terms: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    """(kind, text) pairs, the same word in other capitals once."""
    found = {
        (kind, text.strip().lower()): (kind, text.strip()[:120]) for kind, texts in terms.items() for text in texts
    }
    return {pair for pair in found.values() if pair[1]}


@transaction.atomic
def change_brand(
    brand: Brand,
    *,
    name: str,
    terms: Mapping[str, Sequence[str]],
    first_answer: int,
    next_answer: int,
    calendar: Calendar | None,
    signature: str,
    is_rival: bool,
    by: Member,
    at: datetime,
) -> Brand:
    """Write a brand as the form has it; promises are minutes of open time. What was heard before keeps its mentions."""
    brand.name, brand.signature, brand.is_rival = name[:80], signature[:80], is_rival
    brand.first_answer, brand.next_answer, brand.calendar = first_answer, next_answer, calendar
    brand.save()
    set_terms(brand, each(terms))
    announce(BrandChanged(workspace=brand.workspace_id, subject=brand.pk, at=at, by=by.user_id, what="changed"))
    return brand


def set_terms(brand: Brand, wanted: set[tuple[str, str]]) -> None:
    """Only what differs is written, so that a term keeps its row."""
    there = {(kind, text): pk for pk, kind, text in brand.terms.values_list("pk", "kind", "text")}
    brand.terms.filter(pk__in=[pk for pair, pk in there.items() if pair not in wanted]).delete()
    Term.objects.bulk_create([Term(brand=brand, kind=kind, text=text) for kind, text in sorted(wanted - there.keys())])


def is_used(brand: Brand) -> bool:
    """Does anything that was heard or said hang on this brand? Asked of every table that would go with it."""
    return any(
        link.related_model._default_manager.filter(**{link.field.name: brand.pk}).exists()
        for link in Brand._meta.related_objects
        if link.on_delete is models.CASCADE and link.related_model is not Term
    )


@transaction.atomic
def delete_brand(brand: Brand, *, by: Member, at: datetime) -> None:
    """Raises CannotDelete once somebody was heard: their cases would go with it."""
    if is_used(brand):
        raise CannotDelete(
            "People were heard about this brand, and their cases would go with it. "
            "To stop listening, put it out of use instead."
        )
    pk = brand.pk
    brand.delete()
    announce(BrandChanged(workspace=brand.workspace_id, subject=pk, at=at, by=by.user_id, what="deleted"))


@transaction.atomic
def put_out_of_use(brand: Brand, *, by: Member, at: datetime) -> None:
    """Nobody is heard about it from now on, by its words or its doors. What was said stays, and its cases go on."""
    if Brand.objects.in_use().filter(pk=brand.pk).update(out_of_use_at=at):
        announce(use_changed(brand, "put out of use", by=by, at=at))


@transaction.atomic
def put_in_use_again(brand: Brand, *, by: Member, at: datetime) -> None:
    if Brand.objects.filter(pk=brand.pk).exclude(out_of_use_at=None).update(out_of_use_at=None):
        announce(use_changed(brand, "put in use again", by=by, at=at))


def use_changed(brand: Brand, what: str, *, by: Member, at: datetime) -> BrandChanged:
    return BrandChanged(workspace=brand.workspace_id, subject=brand.pk, at=at, by=by.user_id, what=what)
