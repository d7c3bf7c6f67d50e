"""A file as numbered lines of text: opened, unpacked, decoded, and never trusted."""

import codecs
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tellback.kit.trouble import without_number
from tellback.networks.file.gunzip import MAGIC, Spoilt, unpacked

BLOCK = 64 * 1024
LINE_LIMIT = 4_000_000  # bytes
HEAD = 1_000  # bytes kept of a line that is too long

BINARY = {
    b"PK\x03\x04": "a spreadsheet or zip file",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"BZh": "packed with bzip2",
    b"\xfd7zX": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
}
TOO_LONG = f"The line is longer than {LINE_LIMIT // 1_000_000} MB. It was passed over."
WINDOWS = "This row is not UTF-8; it was read as Windows-1252, so accents may be wrong."


class Refused(Exception):
    """Nothing of the file can be read; the words say why."""


class Line(NamedTuple):
    """One line without its newline, counted from 1. With `why` it is only the head of a line passed over."""

    number: int
    text: str
    why: str = ""
    note: str = ""


class Source:
    """One file, or standard input for "-". Read `lines()` once.

    taken   bytes of the file read so far (packed bytes, where it is packed)
    size    bytes of the file, 0 where nobody can know
    number  lines seen so far
    fault   why reading stopped before the end, "" if it did not
    half    the piece of a line that stood before the fault
    """

    def __init__(self, path: str, stream: BinaryIO | None = None) -> None:
        self.path = path
        self.name = "standard input" if path == "-" else os.path.basename(path.rstrip("/")) or path
        self.stream = stream
        self.taken = self.size = 0
        self.number = 0
        self.fault = self.half = ""
        self.ended = False

    def place(self, number: int) -> str:
        return f"{self.name} line {number}"

    def progress(self) -> float:
        """The share read, 0.0 to 1.0, by bytes. Of standard input: 0.0 until its end."""
        if self.ended:
            return 1.0
        return min(self.taken / self.size, 1.0) if self.size else 0.0

    def lines(self) -> Iterator[Line]:
        """Yield every line. Raises Refused before the first one; a later fault is kept in `fault`."""
        for number, raw, whole in self._split():
            if whole:
                yield _decoded(number, raw)
            else:
                yield Line(number, raw[:HEAD].decode("utf-8", "replace"), TOO_LONG)
        self.ended = True

    def _split(self) -> Iterator[tuple[int, bytes, bool]]:
        """(number, bytes, whole?) of each line; no more than one line and one chunk are held."""
        rest, over = b"", False
        for chunk in self._until_fault():
            pieces = (rest + chunk).split(b"\n")
            rest = pieces.pop()
            for piece in pieces:
                self.number += 1
                yield self.number, piece, not over and len(piece) <= LINE_LIMIT
                over = False
            if over or len(rest) > LINE_LIMIT:
                over, rest = True, rest[:HEAD]
        if self.fault and not over:
            self.half = rest.decode("utf-8", "replace")
        elif rest:
            self.number += 1
            yield self.number, rest, not over

    def _until_fault(self) -> Iterator[bytes]:
        try:
            yield from self._plain()
        except Spoilt as fault:
            self.fault = str(fault)

    def _plain(self) -> Iterator[bytes]:
        blocks = self._blocks()
        first = next(blocks, b"")
        if not first:
            raise Refused(f"{self.name} is empty: there is nothing to read.")
        for magic, words in BINARY.items():
            if first.startswith(magic):
                raise Refused(f"{self.name} is {words}. Save it as CSV or JSON Lines, plain or packed with gzip.")
        blocks = _after(first, blocks)
        yield from _recoded(unpacked(blocks) if first.startswith(MAGIC) else blocks)

    def _blocks(self) -> Iterator[bytes]:
        with self._opened() as stream:
            while True:
                try:
                    block = stream.read(BLOCK)
                except OSError as fault:
                    raise Spoilt(f"The disk would not give the rest ({fault.strerror}).") from fault
                if not block:
                    return
                self.taken += len(block)
                yield block

    def _opened(self) -> BinaryIO:
        if self.stream is not None:
            return self.stream
        try:
            if self.path == "-":
                return os.fdopen(os.dup(0), "rb")
            self.size = _size(self.path)
            return Path(self.path).open("rb")
        except OSError as fault:
            raise Refused(f"{self.name} cannot be opened: {fault.strerror}.") from fault


def _size(path: str) -> int:
    try:
        facts = os.stat(path)
    except FileNotFoundError as fault:
        raise Refused(f'There is no file "{path}". Check the path.') from fault
    except (OSError, ValueError) as fault:
        raise Refused(f"{path!r} cannot be opened: {without_number(fault)}.") from fault
    if stat.S_ISDIR(facts.st_mode):
        raise Refused(f'"{path}" is a folder. Name one file in it.')
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISFIFO(facts.st_mode)):
        raise Refused(f'"{path}" is a device, not a file.')
    return facts.st_size


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _recoded(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Take the byte order mark off; UTF-16, which spreadsheets call Unicode text, becomes UTF-8."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= 3:
            break
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
        for chunk in _after(head, chunks):
            yield decoder.decode(chunk).encode("utf-8", "replace")
        return
    yield head.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _decoded(number: int, raw: bytes) -> Line:
    try:
        return Line(number, raw.decode())
    except UnicodeDecodeError:
        return Line(number, raw.decode("cp1252", "replace"), "", WINDOWS)
