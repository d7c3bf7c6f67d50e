"""Unpack gzip as it streams by: what can be read is delivered first, what is wrong is said after it."""

import zlib
from collections.abc import Iterator

MAGIC = b"\x1f\x8b"
PIECE = 256 * 1024  # bytes unpacked at a time
FREE = 64 * 1024 * 1024  # bytes below which the ratio says nothing
RATIO = 200  # text packs 3 to 50 times; zlib's own ceiling is about 1,030

CUT = "The gzip ends too early: the file was cut off, perhaps while it was copied. Ask for a whole copy of it."
DAMAGED = "The gzip is damaged from here on ({fault}). Ask for a whole copy of the file."
BOMB = f"The gzip unpacks to more than {RATIO} times its size, which no text does. The rest was not unpacked."
TAIL = "After the end of the gzip stand bytes that are no gzip. They were left alone."


class Spoilt(Exception):
    """The stream cannot be read on; the words say why. All that came before it was delivered."""


def unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the unpacked bytes of one or more gzip members. Raises Spoilt after the last readable byte."""
    inner = zlib.decompressobj(wbits=31)
    taken = given = 0
    fresh = False
    for block in packed:
        left = block
        taken += len(block)
        while left:
            if fresh and not left.strip(b"\0"):
                break
            if fresh and not MAGIC.startswith(left[:2]):
                yield b"\n"  # the last line before the tail is whole, with or without its newline
                raise Spoilt(TAIL)
            for piece in _member(inner, left):
                given += len(piece)
                _weigh(taken, given)
                yield piece
            fresh, left = False, b""
            if inner.eof:
                left, inner, fresh = inner.unused_data, zlib.decompressobj(wbits=31), True
    if not fresh:
        raise Spoilt(CUT)


def _weigh(taken: int, given: int) -> None:
    if given > FREE and given > taken * RATIO:
        raise Spoilt(BOMB)


def _member(inner: "zlib._Decompress", left: bytes) -> Iterator[bytes]:
    while left and not inner.eof:
        before = inner.copy()
        try:
            piece = inner.decompress(left, PIECE)
        except zlib.error as fault:
            yield from _slowly(before, left)
            raise Spoilt(DAMAGED.format(fault=_short(fault))) from fault
        left = inner.unconsumed_tail
        if piece:
            yield piece


def _slowly(inner: "zlib._Decompress", left: bytes) -> Iterator[bytes]:
    """Byte by byte up to the fault: a failing call gives nothing back, not even what it had read."""
    for place in range(len(left)):
        try:
            piece = inner.decompress(left[place : place + 1])
        except zlib.error:
            return
        if piece:
            yield piece


def _short(fault: zlib.error) -> str:
    return str(fault).rpartition(": ")[2]
