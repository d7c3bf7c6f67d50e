"""Mappings: which column of a file is the id, the time, the author and so on, as JSON that anybody can write."""

import json
import os
import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tellback.networks.file.times import READERS, pattern_fault

SHIPPED = Path(__file__).parent / "mappings"
FORMATS = ("auto", "csv", "tsv", "jsonl")
GREENWICH = ZoneInfo("UTC")
HANDLE = re.compile(r"@?[\w.-]+")
FIRST, BEFORE = "@first", "@before"  # ids of the first turn and of the turn before, beside an unfolded row


class MappingFault(ValueError):
    """A mapping that cannot be used. `faults` names every fault, in words."""

    def __init__(self, name: str, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(f'The mapping "{name}" cannot be used: {" ".join(faults)}')


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of each thing, "" where the file has none. Only `text` must be there."""

    text: str
    id: str = ""
    time: str = ""
    author: str = ""
    name: str = ""
    title: str = ""
    url: str = ""
    lang: str = ""
    brand: str = ""
    thread: str = ""
    answers: str = ""
    answered_by: str = ""
    direction: str = ""
    network: str = ""

    def named(self) -> list[str]:
        """The columns that the mapping looks for, in its own order, each once."""
        found = (getattr(self, f.name) for f in fields(self))
        return [name for name in dict.fromkeys(found) if name and not name.startswith("@")]


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one layout.

    own              values of the direction column with which the brand itself speaks
    times, zone      how dates are written (iso, twitter, epoch, epoch_ms, or strptime's %), and their zone if they
                     name none
    network          the network's label where no column carries it
    brand_is_author  the brands are the authors of the rows that go out
    authors_per_thread  author names are used again in other threads for other people
    handles          what each brand is called on its network, as known in public
    unfold           the column that holds a list of turns, each of which is a post
    whole_ids        ids are whole numbers, so 3.0 is 3, and 5.6E+17 is an id that a spreadsheet has spoilt
    entities         texts are written with HTML entities (&amp;)
    optional         columns that a table may lack
    """

    name: str
    columns: Columns
    about: str = ""
    format: str = "auto"
    own: frozenset[str] = frozenset()
    times: tuple[str, ...] = ("iso",)
    zone: ZoneInfo = GREENWICH
    network: str = ""
    brand_is_author: bool = False
    authors_per_thread: bool = False
    handles: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    unfold: str = ""
    whole_ids: bool = False
    entities: bool = False
    optional: frozenset[str] = frozenset()

    def handles_of(self, brand: str) -> tuple[str, ...]:
        """The handles of a brand label, without @: those listed, else the label where it can be one."""
        if brand in self.handles:
            return self.handles[brand]
        return (brand.lstrip("@"),) if HANDLE.fullmatch(brand) else ()

    def wanted(self) -> list[str]:
        """The columns that a table must have."""
        return [name for name in self.columns.named() if name not in self.optional]


def shipped() -> list[str]:
    """The names of the mappings that come with Tellback."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


def mapping_of(settings: AnyMapping[str, Any]) -> Mapping:
    """The mapping that settings name: a shipped name, a path, a dict or a Mapping. Raises MappingFault."""
    chosen = settings.get("mapping", "")
    if isinstance(chosen, Mapping):
        return chosen
    if isinstance(chosen, str):
        return load(chosen)
    return _from_text(json.dumps(chosen, sort_keys=True), "of the connection")


def load(chosen: str) -> Mapping:
    """A shipped mapping by its name, or one of your own by its path. Raises MappingFault."""
    path = SHIPPED / f"{chosen}.json" if re.fullmatch(r"[a-z0-9_]+", chosen) else Path(chosen)
    try:
        return _from_file(str(path), os.stat(path).st_mtime_ns)
    except (OSError, ValueError) as fault:
        if isinstance(fault, MappingFault):
            raise
        names = ", ".join(shipped())
        raise MappingFault(chosen, [f"There is none of this name. Name one of {names}, or a JSON file."]) from fault


@lru_cache(maxsize=32)
def _from_file(path: str, _changed: int) -> Mapping:
    return _from_text(Path(path).read_text("utf-8"), Path(path).name)


@lru_cache(maxsize=32)
def _from_text(text: str, name: str) -> Mapping:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise MappingFault(name, [f"It is no JSON: {fault}."]) from fault
    return from_dict(raw, name)


def from_dict(raw: object, name: str = "") -> Mapping:
    """A Mapping from its JSON form. Raises MappingFault with every fault found."""
    if not isinstance(raw, dict):
        raise MappingFault(name, ["It must be a JSON object with columns."])
    name = str(raw.get("name") or name)
    faults = list(_faults(raw))
    if faults:
        raise MappingFault(name, faults)
    plain = {key: raw[key] for key in raw.keys() - {"name", "columns", *SHAPERS}}
    shaped = {key: shape(raw[key]) for key, shape in SHAPERS.items() if key in raw}
    return Mapping(name=name, columns=Columns(**raw["columns"]), **plain, **shaped)


def _lowered(values: Iterable[object]) -> frozenset[str]:
    return frozenset(str(value).casefold() for value in values)


def _handles(raw: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {brand: tuple(handle.lstrip("@") for handle in handles) for brand, handles in raw.items()}


SHAPERS: dict[str, Any] = {
    "own": _lowered,
    "times": tuple,
    "zone": ZoneInfo,
    "handles": _handles,
    "optional": frozenset,
}
TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "a text"),
    "about": (str, "a text"),
    "format": (str, "a text"),
    "columns": (dict, "an object"),
    "own": (list, "a list"),
    "times": (list, "a list"),
    "zone": (str, "a text"),
    "network": (str, "a text"),
    "brand_is_author": (bool, "true or false"),
    "authors_per_thread": (bool, "true or false"),
    "handles": (dict, "an object"),
    "unfold": (str, "a text"),
    "whole_ids": (bool, "true or false"),
    "entities": (bool, "true or false"),
    "optional": (list, "a list"),
}


def _faults(raw: dict[str, Any]) -> Iterable[str]:
    for key, value in raw.items():
        if key not in TYPES:
            yield f'"{key}" means nothing here; known are {", ".join(TYPES)}.'
        elif not isinstance(value, TYPES[key][0]):
            yield f'"{key}" must be {TYPES[key][1]}.'
    columns = raw.get("columns")
    columns = columns if isinstance(columns, dict) else {}
    yield from _column_faults(columns)
    yield from _time_faults(raw)
    yield from _value_faults(raw, columns)


def _column_faults(columns: dict[str, Any]) -> Iterable[str]:
    known = [f.name for f in fields(Columns)]
    for key, value in columns.items():
        if key not in known:
            yield f'"columns" cannot name "{key}"; it can name {", ".join(known)}.'
        elif not isinstance(value, str):
            yield f'The column of "{key}" must be a text.'
    if not columns.get("text"):
        yield '"columns" must name the column of "text".'


def _time_faults(raw: dict[str, Any]) -> Iterable[str]:
    times = raw.get("times", ["iso"])
    if isinstance(times, list):
        if not times:
            yield '"times" must name at least one way to write dates.'
        for form in times:
            if not isinstance(form, str) or (form not in READERS and "%" not in form):
                yield f'"times" has {form!r}; it can be {", ".join(READERS)}, or a pattern such as %d.%m.%Y %H:%M.'
            elif form not in READERS and (why := pattern_fault(form)):
                yield f'"times" has the pattern {form!r}, which cannot be used: {why}.'
    try:
        ZoneInfo(str(raw.get("zone", "UTC")))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f'"zone" has {raw["zone"]!r}, which is no time zone; write one such as Europe/London.'


def _value_faults(raw: dict[str, Any], columns: dict[str, Any]) -> Iterable[str]:
    if raw.get("format", "auto") not in FORMATS:
        yield f'"format" must be one of {", ".join(FORMATS)}.'
    if raw.get("own") and not columns.get("direction"):
        yield '"own" needs the column of "direction".'
    if raw.get("brand_is_author") and not (raw.get("own") and columns.get("author")):
        yield '"brand_is_author" needs "own" and the column of "author".'
    handles = raw.get("handles")
    for brand, names in handles.items() if isinstance(handles, dict) else ():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            yield f'The handles of "{brand}" must be a list of texts.'
    optional = raw.get("optional")
    if isinstance(optional, list) and not all(isinstance(name, str) for name in optional):
        yield '"optional" must be a list of texts.'
