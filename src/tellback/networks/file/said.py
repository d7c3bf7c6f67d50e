"""One row as a Said: the mapping's columns in the one shape that the rest of the house knows."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from html import unescape
from typing import Any

from tellback.networks.contract import Author, Said, Unreadable
from tellback.networks.file.mapping import BEFORE, FIRST, Columns, Mapping
from tellback.networks.file.times import DateFault, moment

TEXT_LIMIT = 200_000  # bytes of UTF-8
ID_LIMIT = 400  # characters
LABEL_LIMIT = 200  # characters of a handle, a name or a brand
ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
WHOLE = re.compile(r"(\d+)\.0+")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")

Cells = dict[str, Any]


def word(cells: Cells, column: str) -> str:
    """The value of a column as text: "" where the mapping names none, the row lacks it, or it is a list."""
    value = cells.get(column) if column else None
    if value.__class__ is str:
        return value
    return str(value) if isinstance(value, int | float) else ""


def id_in(written: str, mapping: Mapping) -> str:
    """An id as the network writes it. Raises Unreadable for one that a spreadsheet has rounded."""
    written = written.strip()
    if mapping.whole_ids and not written.isdigit():
        if whole := WHOLE.fullmatch(written):
            return whole[1]
        if ROUNDED.fullmatch(written):
            raise Unreadable(f"The id {written} was rounded by a spreadsheet. Export the file again with ids as text.")
    return written


def external_id(cells: Cells, mapping: Mapping, payload: str) -> str:
    """The id of a row; where the layout has no ids, one made from all that the row holds. Raises Unreadable."""
    if not mapping.columns.id:
        return "row-" + blake2b(payload.encode("utf-8", "replace"), digest_size=12).hexdigest()
    found = id_in(word(cells, mapping.columns.id), mapping)
    if not found:
        raise Unreadable(f'The row has no id in the column "{mapping.columns.id}".')
    if len(found) > ID_LIMIT:
        raise Unreadable(f"The id is {len(found):,} characters long; {ID_LIMIT} are the most.")
    if not found.isascii() or "\0" in found:
        found = storable(found)
    return found


def storable(text: str) -> str:
    """The text with what no database takes (NUL, half a surrogate pair) marked as lost."""
    return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def turns(cells: Cells, mapping: Mapping) -> Iterator[tuple[int, Cells | None]]:
    """The turns of an unfolded row, counted from 1: the row's plain values under each turn's own; None if unusable."""
    listed = cells.get(mapping.unfold)
    if not isinstance(listed, list):
        return
    shared = {name: value for name, value in cells.items() if not isinstance(value, list | dict)}
    first = before = ""
    for number, turn in enumerate(listed, 1):
        if not isinstance(turn, dict):
            yield number, None
            continue
        own_id = word(turn, mapping.columns.id)
        first = first or own_id
        yield number, {**shared, **turn, FIRST: first, BEFORE: before}
        before = own_id or before


def said(cells: Cells, mapping: Mapping, payload: str) -> Said:
    """The row as a Said. Raises Unreadable without an id or a text column; other faults are told in extra."""
    columns = mapping.columns
    if columns.text not in cells:
        raise Unreadable(_no_text(cells, columns))
    extra: dict[str, Any] = {}
    own_id = external_id(cells, mapping, payload)
    own = bool(columns.direction) and word(cells, columns.direction).strip().casefold() in mapping.own
    author = _author(cells, mapping, own, own_id, extra)
    thread = _link(cells, columns.thread, mapping, extra)
    return Said(
        external_id=own_id,
        author=author,
        text=_text(word(cells, columns.text), mapping, extra),
        written_at=_written_at(cells, mapping, extra),
        title=_title(word(cells, columns.title), mapping),
        url=word(cells, columns.url),
        lang=word(cells, columns.lang)[:20],
        thread=thread,
        answers=_answers(cells, mapping, extra),
        own=own,
        brand=_brand(cells, mapping, own, author),
        extra=_marked(cells, mapping, extra),
    )


def _no_text(cells: Cells, columns: Columns) -> str:
    there = ", ".join(f'"{name[:60]}"' for name in list(cells)[:40])
    return f'The row has no column "{columns.text}" for the text. Its columns are {there or "none"}.'


def _author(cells: Cells, mapping: Mapping, own: bool, own_id: str, extra: dict[str, Any]) -> Author:
    columns = mapping.columns
    handle = word(cells, columns.author).strip().lstrip("@")[:LABEL_LIMIT]
    if not handle:
        # two rows without an author are not one person
        handle = f"unnamed-{own_id}"[:LABEL_LIMIT]
        extra["author_fault"] = "The row names no author."
    elif mapping.authors_per_thread and not own:
        handle = f"{handle}-{word(cells, columns.thread) or own_id}"[:LABEL_LIMIT]
    name = word(cells, columns.name)[:LABEL_LIMIT] if columns.name else ""
    return Author(handle, name)


def _text(text: str, mapping: Mapping, extra: dict[str, Any]) -> str:
    if mapping.entities and "&" in text:
        text = unescape(text)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) * 4 > TEXT_LIMIT:
        text = _cut(text, extra)
    return text


def _cut(text: str, extra: dict[str, Any]) -> str:
    raw = text.encode("utf-8", "replace")
    if len(raw) <= TEXT_LIMIT:
        return text
    extra["text_fault"] = f"The text is {len(raw):,} bytes long; the first {TEXT_LIMIT:,} are shown."
    return raw[:TEXT_LIMIT].decode("utf-8", "ignore")


def _title(title: str, mapping: Mapping) -> str:
    return unescape(title)[:1000] if mapping.entities and "&" in title else title[:1000]


def _written_at(cells: Cells, mapping: Mapping, extra: dict[str, Any]) -> Any:
    if not mapping.columns.time:
        return None
    try:
        return moment(word(cells, mapping.columns.time).strip(), mapping.times, mapping.zone)
    except DateFault as fault:
        extra["date_fault"] = str(fault)
        return None


def _answers(cells: Cells, mapping: Mapping, extra: dict[str, Any]) -> str:
    if mapping.columns.answered_by and (after := word(cells, mapping.columns.answered_by)):
        extra["answered_by"] = [part.strip() for part in after.split(",") if part.strip()]
    return _link(cells, mapping.columns.answers, mapping, extra)


def _link(cells: Cells, column: str, mapping: Mapping, extra: dict[str, Any]) -> str:
    """Another post's id; of several, parted by commas, the first. A spoilt one is left out: the post is still good."""
    written = word(cells, column)
    if not written:
        return ""
    try:
        return id_in(written.partition(",")[0], mapping)[:ID_LIMIT]
    except Unreadable as fault:
        extra["link_fault"] = str(fault)
        return ""


def _brand(cells: Cells, mapping: Mapping, own: bool, author: Author) -> str:
    if mapping.brand_is_author:
        return author.handle if own else ""
    return word(cells, mapping.columns.brand).strip()[:LABEL_LIMIT]


def _marked(cells: Cells, mapping: Mapping, extra: dict[str, Any]) -> dict[str, Any]:
    network = word(cells, mapping.columns.network) or mapping.network
    if network:
        extra["network"] = network
    if "@note" in cells:
        extra["note"] = word(cells, "@note")
    return extra
