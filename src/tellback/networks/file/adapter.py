"""The file adapter: rows of a file are parcels; nothing can be answered in a file."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from tellback.networks.contract import (
    Batch,
    Broken,
    Cursor,
    Delivered,
    Field,
    Outcome,
    Outgoing,
    Parcel,
    Refused,
    Said,
    Settings,
    Unreachable,
    Unreadable,
)
from tellback.networks.file.mapping import Mapping, MappingFault, mapping_of, shipped
from tellback.networks.file.reader import Reader, Row
from tellback.networks.file.said import UNSTORABLE, external_id, said, storable, turns, word

BATCH = 500  # parcels
LOOK = 50  # rows read by check()

name: str = "file"
title: str = "File"
limit: int | None = None
encloses: bool = False
speaks: bool = False
fields: Sequence[Field] = (
    Field("path", "File", "CSV, TSV or JSON Lines, plain or gzip; - is standard input."),
    Field("mapping", "Mapping", f"One of {', '.join(shipped())}, or a JSON file of your own.", initial="tellback"),
)

# ASCII escapes keep half surrogate pairs, which only JSON can bring in, out of the stored payload.
_plain: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_escaped: Callable[[object], str] = json.JSONEncoder(separators=(",", ":")).encode


def parse(payload: str, settings: Settings) -> Said:
    """Read one kept row. Raises Unreadable; a date or a length at fault is kept and said in `extra`."""
    mapping = _mapping(settings, Unreadable)
    try:
        cells = json.loads(payload)
    except (ValueError, RecursionError) as fault:
        raise Unreadable(f"The row is no JSON ({fault}).") from fault
    if not isinstance(cells, dict):
        raise Unreadable("The row is no JSON object.")
    if "\\u" in payload:
        cells = {storable(key): _clean(value) for key, value in cells.items()}
    return said(cells, mapping, payload)


def listen(settings: Settings, cursor: Cursor) -> Iterator[Batch]:
    """Yield the rows after `cursor` ({"rows": done, "fault": words}) and return. Raises Unreachable."""
    return batches(reader(settings, cursor), cursor)


def reader(settings: Settings, cursor: Cursor | None = None) -> Reader:
    """A Reader of the connection's file, to be given to batches(); its progress() is the share read."""
    skip = int((cursor or {}).get("rows", 0))
    return Reader(str(settings.get("path", "")), _mapping(settings, Unreachable), skip)


def batches(source: Reader, cursor: Cursor) -> Iterator[Batch]:
    """Batches of up to 500 parcels. Only whole rows count as done, so a row cut in two is read again, never lost.

    A file that stopped before its end is told once: the cursor remembers the fault. Raises Unreachable if nothing of
    the file can be read.
    """
    rows, parcels, broken = source.skip, list[Parcel](), list[Broken]()
    for row in source:
        if source.refused:
            raise Unreachable(source.refused)
        if isinstance(row, Broken):
            if row is source.closing:
                break
            broken.append(row)
        else:
            for part in parcels_of(row, source):
                if len(parcels) >= BATCH:
                    yield Batch(parcels, {"rows": rows}, broken)
                    parcels, broken = [], []
                if isinstance(part, Parcel):
                    parcels.append(part)
                else:
                    broken.append(part)
        rows += 1
        if len(parcels) >= BATCH or len(broken) >= BATCH:
            yield Batch(parcels, {"rows": rows}, broken)
            parcels, broken = [], []
    last = _last(source, rows, cursor, broken)
    if parcels or broken:
        yield Batch(parcels, last, broken)


def _last(source: Reader, rows: int, cursor: Cursor, broken: list[Broken]) -> dict[str, Any]:
    if source.closing is None:
        return {"rows": rows}
    if cursor.get("fault") != source.closing.why or rows > source.skip:
        broken.append(source.closing)
    return {"rows": rows, "fault": source.closing.why}


def parcels_of(row: Row, source: Reader) -> Iterator[Parcel | Broken]:
    """The parcel of a row, or one for each turn where the mapping unfolds rows."""
    mapping = source.mapping
    place = source.place(row.line)
    if not mapping.unfold:
        yield _parcel(row.cells, mapping, place, row.raw or _written(row.cells))
        return
    count = 0
    for count, turn in turns(row.cells, mapping):
        where = f"{place}, turn {count}"
        if turn is None:
            yield Broken("The turn is no object with names and values.", where)
        else:
            yield _parcel(turn, mapping, where, _escaped(turn))
    if not count:
        yield Broken(f'The row has nothing under "{mapping.unfold}" to unfold.', place, row.raw)


def _written(cells: dict[str, Any]) -> str:
    plain = _plain(cells)
    return _escaped(cells) if UNSTORABLE.search(plain) else plain


def _parcel(cells: dict[str, Any], mapping: Mapping, place: str, payload: str) -> Parcel | Broken:
    try:
        _require(cells, mapping)
        return Parcel(external_id(cells, mapping, payload), payload, place)
    except Unreadable as fault:
        return Broken(str(fault), place, payload)


def _require(cells: dict[str, Any], mapping: Mapping) -> None:
    text = mapping.columns.text
    if text not in cells:
        raise Unreadable(f'The row has no "{text}", where the text should stand.')
    if not cells[text] and not any(value for name, value in cells.items() if name != mapping.columns.id):
        # it would pass for an edit that empties the post of the same id
        raise Unreadable("Nothing stands in the row beside its id.")


def deliver(settings: Settings, outgoing: Outgoing) -> Outcome:
    """A file cannot be answered: always Refused, for good."""
    return Refused("A file cannot be answered: its posts were only read.", permanent=True)


def find(settings: Settings, outgoing: Outgoing) -> Delivered | None:
    """Nothing is ever delivered to a file."""
    return None


def check(settings: Settings) -> list[str]:
    """What is wrong with the path or the mapping, in words; standard input cannot be looked at beforehand."""
    try:
        mapping = mapping_of(settings)
    except MappingFault as fault:
        return [str(fault)]
    path = str(settings.get("path", ""))
    if not path:
        return ["No file is named. Give its path."]
    return [] if path == "-" else _look(Reader(path, mapping))


def _look(source: Reader) -> list[str]:
    first = ""
    for row in islice(source, LOOK):
        parts = [row] if isinstance(row, Broken) else list(parcels_of(row, source))
        if source.refused or any(isinstance(part, Parcel) for part in parts):
            return [source.refused] if source.refused else []
        first = first or next((f"{part.place}: {part.why}" for part in parts if isinstance(part, Broken)), "")
    return [f"None of the first rows can be read. {first}"]


def brands(settings: Settings) -> list[str]:
    """Every brand label in the file, the most frequent first: values of the brand column, or authors of rows that go
    out. Reads the whole file; [] for standard input, which can be read only once. Raises Unreachable."""
    if settings.get("path") == "-":
        return []
    source = reader(settings)
    seen: dict[str, int] = {}
    for row in source:
        for label in () if isinstance(row, Broken) else _labels(row.cells, source.mapping):
            seen[label] = seen.get(label, 0) + 1
    if source.refused:
        raise Unreachable(source.refused)
    return sorted(seen, key=lambda label: (-seen[label], label))


def _labels(cells: dict[str, Any], mapping: Mapping) -> Iterator[str]:
    columns = mapping.columns
    column = columns.author if mapping.brand_is_author else columns.brand
    parts = (turn for _, turn in turns(cells, mapping)) if mapping.unfold else (cells,)
    for part in parts:
        label = storable(word(part, column)).strip().lstrip("@") if part else ""
        if part and label and (not mapping.brand_is_author or word(part, columns.direction).casefold() in mapping.own):
            yield label


def count(settings: Settings) -> int | None:
    """How many rows the file has, broken ones too, by reading it once. None for standard input. Raises Unreachable."""
    if settings.get("path") == "-":
        return None
    source = reader(settings)
    rows = sum(1 for _ in source)
    if source.refused:
        raise Unreachable(source.refused)
    return rows - (source.closing is not None)


def _mapping(settings: Settings, kind: type[Exception]) -> Mapping:
    try:
        return mapping_of(settings)
    except MappingFault as fault:
        raise kind(str(fault)) from fault


def _clean(value: Any) -> Any:
    return storable(value) if isinstance(value, str) and UNSTORABLE.search(value) else value
