"""Forgetting: what a person was to be told, and what they said when they were asked."""

from typing import Any

from django.db.models import Q

from tellback.loop.asking import Ask
from tellback.loop.telling import Telling
from tellback.people.models import Person


def forget(person: Person) -> None:
    """The words that told others were first written to this person, so they go as well."""
    Telling.objects.filter(Q(person=person) | Q(case__person=person)).update(text="", why_not="")
    Ask.objects.filter(case__person=person).update(words="")


def export(person: Person) -> dict[str, Any]:
    tellings = Telling.objects.filter(person=person).order_by("id")
    asks = Ask.objects.filter(case__person=person).order_by("id")
    return {
        "told": [{"at": row.at.isoformat(), "text": row.text, "sent": row.reply_id is not None} for row in tellings],
        "asked": [{"at": row.at.isoformat(), "helped": row.helped, "words": row.words} for row in asks],
    }
