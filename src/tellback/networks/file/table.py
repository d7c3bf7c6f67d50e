"""Tables: CSV and its kin as rows, where one bad quote never swallows the rows after it."""

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from tellback.networks.file.source import Line

RECORD_LIMIT = 1_048_576  # characters of one row that runs over several lines, and of one cell
DELIMITERS = "\t,;|"
NUL = "The row holds a NUL character, which no text has. Part of the file may be damaged."
UNCLOSED = "A quote is opened here and never closed. The row was set aside; reading went on with the next line."
TOO_BIG = f"A cell is over {RECORD_LIMIT // 1_048_576} MB."
QUOTES = "The quotes in the row do not fit together ({fault})."


class Record(NamedTuple):
    """One row from the line it begins on. With `why` it is broken, and `text` is what stood there."""

    number: int
    cells: list[str]
    text: str = ""
    why: str = ""
    note: str = ""


class _Swallowed(Exception):
    """More lines than one row can have were read in search of a closing quote."""


class _Feed:
    """Hands lines to csv.reader, remembers those of the row in hand, and takes lines back."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.lines = lines
        self.ahead: deque[Line] = deque()
        self.taken: list[Line] = []
        self.size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self.ahead.popleft() if self.ahead else next(self.lines)
        self.taken.append(line)
        text = line[1]
        self.size += len(text)
        if line[2] or (self.size > RECORD_LIMIT and len(self.taken) > 1):
            raise _Swallowed
        return text + "\n"

    def restart(self) -> None:
        self.taken = []
        self.size = 0

    def give_back(self, lines: list[Line]) -> None:
        self.ahead.extendleft(reversed(lines))


def delimiter_of(header: str) -> str:
    """The sign that parts the header: the most frequent of tab, comma, semicolon and bar; comma if there is none."""
    best = max(DELIMITERS, key=header.count)
    return best if best in header else ","


def records(lines: Iterator[Line], delimiter: str) -> Iterator[Record]:
    """Yield the header and then each row; blank lines are no rows. Never raises for what the lines hold.

    A row that csv.reader cannot read, or whose number of cells is wrong, is broken. If it ran over several lines, a
    stray quote may have swallowed good rows: where its quotes do not close, or one of its later lines is a whole row
    by itself, only its first line is broken, and reading goes on at the second.
    """
    csv.field_size_limit(max(csv.field_size_limit(), RECORD_LIMIT))
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    width = 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Swallowed) as fault:
            yield _mended(feed, delimiter, width, _why(fault), torn=True)
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
        else:
            if cells:
                width = width or len(cells)
                yield _record(feed, delimiter, width, cells)
        feed.restart()


def _record(feed: _Feed, delimiter: str, width: int, cells: list[str]) -> Record:
    if len(cells) != width:
        return _mended(feed, delimiter, width, _count(len(cells), width), torn=False)
    taken = feed.taken
    first = taken[0]
    if len(taken) == 1:
        return Record(first[0], cells, first[1], NUL if "\0" in first[1] else "", first[3])
    text = "\n".join(line.text for line in taken)
    note = next((line.note for line in taken if line.note), "")
    return Record(first[0], cells, text, NUL if "\0" in text else "", note)


def _mended(feed: _Feed, delimiter: str, width: int, why: str, torn: bool) -> Record:
    first, *later = feed.taken
    if first.why:
        return Record(first.number, [], first.text, first.why)
    loose = _loosely(first, delimiter, width)
    if loose and (not later or delimiter == "\t"):
        feed.give_back(later)
        return Record(first.number, loose, first.text, NUL if "\0" in first.text else "", first.note)
    if later and (torn or any(_alone(line.text, delimiter, width) for line in later)):
        feed.give_back(later)
        return Record(first.number, [], first.text, UNCLOSED)
    return Record(first.number, [], "\n".join(line.text for line in feed.taken), why)


def _alone(text: str, delimiter: str, width: int) -> list[str]:
    """The cells of a line that is a whole row by itself, else none."""
    if text.count('"') % 2:
        return []
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
    return cells if len(cells) == width > 1 else []


def _loosely(line: Line, delimiter: str, width: int) -> list[str]:
    """Cells of a line with quotes that were never doubled, where the count leaves no doubt, else none."""
    text = line.text.rstrip("\r")
    if delimiter == "\t":
        cells = text.split("\t")
    elif text.count('"') % 2:
        return []
    else:
        cells = _forgiving(text, delimiter)
    return cells if len(cells) == width > 1 else []


def _forgiving(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return []


def _why(fault: Exception) -> str:
    if isinstance(fault, _Swallowed) or "unexpected end" in str(fault):
        return UNCLOSED
    if "field limit" in str(fault):
        return TOO_BIG
    return QUOTES.format(fault=fault)


def _count(cells: int, width: int) -> str:
    return f"The row has {cells} cell{'' if cells == 1 else 's'} where the first line names {width}."
