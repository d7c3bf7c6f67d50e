"""The words and the files of a mail."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message
from itertools import islice
from typing import Any, TypeAlias

from tellback.kit.charset import decode, storable
from tellback.kit.html import to_text
from tellback.networks.contract import Enclosed
from tellback.networks.mail.headers import tidy

MOST_PARTS = 200
MOST_FILES = 50
LONGEST = 1_000_000  # characters of text
LONGEST_NAME = 120
BAD_IN_NAMES = re.compile(r'[\\/:*?"<>|\s]+')
DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
Part: TypeAlias = "Message[Any, Any]"


@dataclass(frozen=True, slots=True)
class Body:
    """`text` in full, the files in order, and how many parts were left out because there were too many."""

    text: str
    enclosed: tuple[Enclosed, ...]
    left_out: int = 0


def body(message: EmailMessage) -> Body:
    """Read all parts. Of alternatives the plain text is taken, or the HTML where the plain one says nothing."""
    leaves = list(islice(walk(message), MOST_PARTS + 1))
    plain: list[str] = []
    html: list[str] = []
    files: list[Part] = []
    for part in leaves[:MOST_PARTS]:
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and not is_file(part):
            (plain if kind == "text/plain" else html).append(text_of(part))
        else:
            files.append(part)
    text = "\n\n".join(one.strip() for one in plain if one.strip())
    text = text or "\n\n".join(to_text(one) for one in html)
    enclosed = tuple(enclose(part, number) for number, part in enumerate(files[:MOST_FILES], 1))
    left_out = max(len(leaves) - MOST_PARTS, 0) + max(len(files) - MOST_FILES, 0)
    return Body(text.replace("\r\n", "\n")[:LONGEST].strip(), enclosed, left_out)


def walk(part: Part) -> Iterator[Part]:
    """The leaves, with an enclosed mail as one leaf."""
    inner = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        for one in inner:
            if isinstance(one, Message):
                yield from walk(one)
    else:
        yield part


def is_file(part: Part) -> bool:
    return part.get_content_disposition() == "attachment" or bool(file_name(part))


def file_name(part: Part) -> str:
    try:
        return tidy(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""


def text_of(part: Part) -> str:
    return storable(decode(content(part), charset(part)))


def charset(part: Part) -> str:
    try:
        return str(part.get_content_charset() or "")
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""


def content(part: Part) -> bytes:
    """The bytes of a leaf, unpacked; those of an enclosed mail as they can be written again."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return b"\n".join(written(one) for one in inner if isinstance(one, Message))
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        raw = None
    if isinstance(raw, bytes):
        return raw
    return str(inner or "").encode("utf-8", "surrogateescape")


def written(message: Part) -> bytes:
    """An enclosed mail as bytes; where the standard's writer fails, its headers and text in plain."""
    try:
        return message.as_bytes()
    except Exception:
        # The writer folds headers again and fails on broken ones with whatever error lies nearest.
        lines = [f"{name}: {value}" for name, value in message.raw_items()]
        return "\n".join([*lines, "", str(message.get_payload())]).encode("utf-8", "replace")


def enclose(part: Part, number: int) -> Enclosed:
    media_type = part.get_content_type().lower()
    media_type = media_type if MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    return Enclosed(safe_name(file_name(part), media_type, number), media_type, content(part))


def safe_name(name: str, media_type: str, number: int) -> str:
    """A file's name without path, control signs or reserved words, at most 120 characters; never empty."""
    last = re.split(r"[\\/]", name)[-1]
    last = BAD_IN_NAMES.sub("_", last).lstrip(".").strip("_ ").rstrip(".")
    if DEVICES.match(last):
        last = f"_{last}"
    if not last:
        return f"file-{number}{ENDINGS.get(media_type, '.bin')}"
    stem, dot, ending = last.rpartition(".")
    if len(last) <= LONGEST_NAME:
        return last
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else last[:LONGEST_NAME]


ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
}
