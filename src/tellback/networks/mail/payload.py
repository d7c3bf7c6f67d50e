"""A mail as text that a database stores, and back to the very same bytes.

Each byte is the character of the same number (Latin-1), so that what is plain stays readable and can be searched.
NUL, which PostgreSQL does not take, is written as U+0100; no other character above U+00FF can occur.
"""

import hashlib
import re

from tellback.networks.contract import Unreadable

NUL = "\u0100"
IDENTITY = re.compile(rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?<?([^\s<>]{1,500})>?[ \t]*\r?$", re.I | re.MULTILINE)
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
LONGEST_HEAD = 256_000


def pack(raw: bytes) -> str:
    """The bytes of a mail as storable text."""
    return raw.decode("latin-1").replace("\x00", NUL)


def unpack(payload: str) -> bytes:
    """The bytes of a mail again. Raises Unreadable when the text was not made by `pack`."""
    try:
        return payload.replace(NUL, "\x00").encode("latin-1")
    except UnicodeEncodeError as error:
        raise Unreadable(f"The payload is no packed mail: character {error.start} is above U+00FF") from error


def head(raw: bytes) -> bytes:
    """The header lines, at most 256 kB of them."""
    found = END_OF_HEAD.search(raw, 0, LONGEST_HEAD)
    return raw[: found.start() if found else LONGEST_HEAD]


def identity(raw: bytes) -> str:
    """The Message-ID without its brackets, else a fingerprint of the whole mail."""
    found = IDENTITY.search(head(raw))
    if found and found.group(1).isascii():
        return found.group(1).replace(b"\x00", b"").decode()
    return "sha256:" + hashlib.sha256(raw).hexdigest()
