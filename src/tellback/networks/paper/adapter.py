"""Paper: a real network in memory, for tests and for the invented world.

A sheet holds what was posted and what we answered. It lives in the process that uses it; what must outlast a
restart (the invented world's posts) is read from its own file, what we answered is in our database anyway.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tellback.kit import clock
from tellback.networks.contract import (
    Author,
    Batch,
    Cursor,
    Delivered,
    Field,
    Outcome,
    Outgoing,
    Parcel,
    Said,
    Settings,
    Unreadable,
)


@dataclass(slots=True)
class Sheet:
    """One named page of paper: parcels pinned to it, replies written under them."""

    pinned: list[Parcel] = field(default_factory=list)
    written: dict[str, Outgoing] = field(default_factory=dict)
    answers: list[Outcome] = field(default_factory=list)  # what the next deliveries are to be told, for tests
    attempts: int = 0


SHEETS: dict[str, Sheet] = defaultdict(Sheet)


def payload(external_id: str, handle: str, text: str, **more: Any) -> str:
    """A payload as this network writes it."""
    return json.dumps({"id": external_id, "by": handle, "text": text, **more}, ensure_ascii=False)


class Paper:
    name = "paper"
    title = "Paper"
    fields = (Field("sheet", "Sheet", "A name for this page of paper"),)
    limit: int | None = 300
    encloses = False
    speaks = True
    finds_surely = True

    def parse(self, payload: str, settings: Settings) -> Said:
        try:
            row = json.loads(payload)
            return said(row)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
            raise Unreadable(f"This is not a note on paper: {fault}") from fault

    def listen(self, settings: Settings, cursor: Cursor) -> Iterator[Batch]:
        pinned = SHEETS[settings["sheet"]].pinned
        done = int(cursor.get("done", 0))
        if done < len(pinned):
            yield Batch(pinned[done:], {"done": len(pinned)})

    def deliver(self, settings: Settings, outgoing: Outgoing) -> Outcome:
        sheet = SHEETS[settings["sheet"]]
        sheet.attempts += 1
        outcome = sheet.answers.pop(0) if sheet.answers else None
        if outcome is not None and not isinstance(outcome, Delivered):
            return outcome
        sheet.written[outgoing.key] = outgoing
        return Delivered(external_id=f"paper-{outgoing.key}", at=clock.now())

    def find(self, settings: Settings, outgoing: Outgoing) -> Delivered | None:
        if outgoing.key in SHEETS[settings["sheet"]].written:
            return Delivered(external_id=f"paper-{outgoing.key}", at=clock.now())
        return None

    def check(self, settings: Settings) -> list[str]:
        return [] if settings.get("sheet") else ["Give the sheet a name."]


adapter = Paper()


def said(row: dict[str, Any]) -> Said:
    written = row.get("at")
    return Said(
        external_id=str(row["id"]),
        author=Author(str(row["by"]), str(row.get("name", "")), row.get("audience")),
        text=str(row["text"]),
        written_at=datetime.fromisoformat(written) if written else None,
        kind=row.get("kind", "post"),
        public=bool(row.get("public", True)),
        title=str(row.get("title", "")),
        lang=str(row.get("lang", "")),
        url=str(row.get("url", "")),
        thread=str(row.get("thread", "")),
        answers=str(row.get("answers", "")),
        repost_of=str(row.get("repost_of", "")),
        own=bool(row.get("own", False)),
        brand=str(row.get("brand", "")),
        deleted=bool(row.get("deleted", False)),
        automatic=str(row.get("automatic", "")),
    )
