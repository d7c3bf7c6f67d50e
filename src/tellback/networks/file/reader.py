"""A file as rows: every row comes out once, as a Row or as a Broken that says where and why."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, BinaryIO, NamedTuple

from tellback.networks.contract import Broken
from tellback.networks.file.mapping import Mapping
from tellback.networks.file.source import Line, Refused, Source
from tellback.networks.file.table import Record, delimiter_of, records

KEPT = 100_000  # characters kept of a broken row
NOT_JSON = "The line is no JSON ({fault})."
NO_OBJECT = "The line is JSON, but no object with names and values."
DEEP = "The JSON is nested too deeply."
ARRAY = "{name} is one JSON array. Write one object on each line instead (JSON Lines)."


class Row(NamedTuple):
    """One row: the line it begins on, its cells by column, and its own text where that is JSON already."""

    line: int
    cells: dict[str, Any]
    raw: str = ""


class Reader:
    """Rows of one file, or of standard input for "-". Iterate once; nothing in the file can make it raise.

    refused  why nothing could be read ("" if something could): no such file, a folder, a column missing
    closing  the Broken that says why reading stopped before the end: a cut or damaged gzip, a bomb; None if it did not
    """

    def __init__(self, path: str, mapping: Mapping, skip: int = 0, stream: BinaryIO | None = None) -> None:
        self.mapping = mapping
        self.source = Source(path, stream)
        self.name = self.source.name
        self.skip = skip
        self.refused = ""
        self.closing: Broken | None = None

    def progress(self) -> float:
        """The share of the file read, 0.0 to 1.0."""
        return self.source.progress()

    def place(self, line: int) -> str:
        return self.source.place(line)

    def __iter__(self) -> Iterator[Row | Broken]:
        """Yield what stands after the first `skip` rows. A fault or refusal comes last, as a Broken."""
        try:
            yield from self._rows()
        except Refused as fault:
            self.refused = str(fault)
            yield Broken(self.refused, self.name)
        if self.source.fault and not self.refused:
            self.closing = self.broken(self.source.number + 1, self.source.fault, self.source.half)
            yield self.closing

    def broken(self, line: int, why: str, text: str = "") -> Broken:
        return Broken(why, self.place(line), text[:KEPT].replace("\0", "\N{SYMBOL FOR NULL}"))

    def _rows(self) -> Iterator[Row | Broken]:
        lines = self.source.lines()
        first = next((line for line in lines if line.text.strip()), None)
        if first is None:
            why = self.source.fault or "It holds only blank lines."
            raise Refused(f"There is nothing to read in {self.name}. {why}")
        form = self._form(first.text)
        lines = chain([first], lines)
        if form == "jsonl":
            yield from self._objects(lines)
        else:
            yield from self._table(lines, "\t" if form == "tsv" else delimiter_of(first.text))

    def _form(self, first: str) -> str:
        if self.mapping.format != "auto":
            return self.mapping.format
        if first.lstrip().startswith("["):
            raise Refused(ARRAY.format(name=self.name))
        return "jsonl" if first.lstrip().startswith("{") else "csv"

    def _objects(self, lines: Iterator[Line]) -> Iterator[Row | Broken]:
        written = (line for line in lines if line.text.strip())
        for line in islice(written, self.skip, None):
            yield self._object(line)

    def _object(self, line: Line) -> Row | Broken:
        if line.why:
            return self.broken(line.number, line.why, line.text)
        try:
            cells = json.loads(line.text)
        except ValueError as fault:
            return self.broken(line.number, NOT_JSON.format(fault=fault), line.text)
        except RecursionError:
            return self.broken(line.number, DEEP, line.text)
        if not isinstance(cells, dict):
            return self.broken(line.number, NO_OBJECT, line.text)
        if line.note:
            return Row(line.number, cells | {"@note": line.note})
        return Row(line.number, cells, line.text.strip())

    def _table(self, lines: Iterator[Line], delimiter: str) -> Iterator[Row | Broken]:
        rows = records(lines, delimiter)
        header = self._header(next(rows, None))
        for number, cells, text, why, note in islice(rows, self.skip, None):
            if why:
                yield self.broken(number, why, text)
            elif note:
                yield Row(number, dict(zip(header, cells, strict=True)) | {"@note": note})
            else:
                yield Row(number, dict(zip(header, cells, strict=True)))

    def _header(self, record: Record | None) -> list[str]:
        if record is None or record.why:
            why = self.source.fault or (record.why if record else "It cannot be read.")
            raise Refused(f"The first line of {self.name} must name the columns. {why}")
        header = [name.strip() for name in record.cells]
        for wanted in self.mapping.wanted():
            if header.count(wanted) != 1:
                raise Refused(self._column_words(wanted, header))
        return [f"{name} ({n})" if name in header[: n - 1] or not name else name for n, name in enumerate(header, 1)]

    def _column_words(self, wanted: str, header: list[str]) -> str:
        there = ", ".join(f'"{name[:60]}"' for name in header[:40])
        times = header.count(wanted)
        found = f"names the column {wanted!r} {times} times" if times else f'has no column "{wanted}"'
        return f'{self.name} {found}, which the mapping "{self.mapping.name}" looks for. Its columns are {there}.'
