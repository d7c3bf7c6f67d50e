"""The headers of a mail, read so that none of them can do harm."""

import re
from collections.abc import Iterable
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any, cast

from tellback.kit.charset import decode, storable
from tellback.kit.dates import sensible
from tellback.networks.contract import Author, Unreadable
from tellback.networks.mail.payload import END_OF_HEAD

LONGEST = 4_000  # characters of a header that are understood; the standard's parser takes quadratic time
# The standard's parser passes each line through every level above it, so size times levels is the work to do.
MOST_NESTED = 100
MOST_WORK = 300_000_000  # bytes times levels, about six seconds
MOST_SEAMS = 20_000  # lines that may part one part from the next
MOST_HEAD = 1_000_000
NESTING = re.compile(
    rb"boundary[ \t]*\*?[0-9]*\*?[ \t]*=|message/(?:rfc822|global|news|partial|external-body)", re.IGNORECASE
)
IDS = re.compile(r"<\s*([^\s<>]{1,500})\s*>")
ADDRESS = re.compile(r"[^\s<>@,;:\"()\[\]\\]{1,200}@[^\s<>@,;:\"()\\]{1,250}")
INVISIBLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


class Careful(policy.EmailPolicy):
    """The default policy of the standard library, except that no header fails or takes long.

    A header that it cannot read is taken as plain words.
    """

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = _unfolded(value)[:LONGEST]
        try:
            return self.header_factory(name, text)
        except Exception:
            # The parser of headers fails with whatever error lies nearest: IndexError, AttributeError, and more.
            return re.sub("[\ud800-\udfff]", "\ufffd", text)


def _unfolded(value: str) -> str:
    """One line, with bytes above 127 read as the text that they most likely are."""
    line = " ".join(value.split("\n")).replace("\r", " ").replace("\x00", "")
    if any("\udc80" <= sign <= "\udcff" for sign in line[:LONGEST]):
        return decode(line[:LONGEST].encode("utf-8", "surrogateescape"))
    return line


CAREFUL = Careful(utf8=True)


def opened(raw: bytes) -> EmailMessage:
    """The mail, taken apart. Raises Unreadable."""
    if not raw.strip():
        raise Unreadable("The mail is empty")
    refuse_bombs(raw)
    try:
        return cast(EmailMessage, BytesParser(EmailMessage, policy=CAREFUL).parsebytes(raw))
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise Unreadable(f"The mail could not be taken apart ({type(error).__name__}: {str(error)[:200]})") from error


def refuse_bombs(raw: bytes) -> None:
    """Raises Unreadable for a mail that would take minutes to take apart."""
    nested = sum(1 for _ in NESTING.finditer(raw))
    if nested > MOST_NESTED or nested * len(raw) > MOST_WORK:
        raise Unreadable(f"The mail has {len(raw):,} bytes in {nested} parts within parts, which is too much to read")
    if nested and raw.count(b"\n--") > MOST_SEAMS:
        raise Unreadable(f"The mail has over {MOST_SEAMS:,} parts")
    if not END_OF_HEAD.search(raw, 0, MOST_HEAD) and len(raw) > MOST_HEAD:
        raise Unreadable(f"The head of the mail has over {MOST_HEAD:,} bytes")


def words(message: EmailMessage, name: str) -> str:
    """One header as a line of storable text, "" when it is absent."""
    try:
        return tidy(str(message.get(name, "")))
    except Exception:
        # As above: what cannot be read says nothing.
        return ""


def as_sent(message: EmailMessage, name: str) -> str:
    """The first header of this name as it stands in the mail; the standard's classes write addresses anew."""
    values = (value for key, value in message.raw_items() if key.lower() == name.lower())
    return tidy(_unfolded(str(next(values, "")))[:LONGEST])


def tidy(text: str) -> str:
    """One line without control signs or signs that turn the direction of writing."""
    return storable(INVISIBLE.sub(" ", text)).strip()


def ids(message: EmailMessage, name: str) -> list[str]:
    """The message ids in all headers of this name, without brackets, in order, at most 200.

    They are read from the header as it was sent: RFC 5322 allows no encoding there.
    """
    found: list[str] = []
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            found += [storable(one) for one in IDS.findall(str(value)[:100_000])[:200]]
    return list(dict.fromkeys(found))[:200]


def address(message: EmailMessage, name: str) -> Author | None:
    """The first address of a header: handle in lower case, name as shown. None when there is none."""
    raw = as_sent(message, name).lower()
    for handle, shown in _addresses(message, name):
        found = ADDRESS.fullmatch(tidy(handle).lower())
        # Parsers glue words together ("Ines ines@x" becomes inesines@x): only what stands there counts.
        if found and re.search(rf"(?<![\w.+-]){re.escape(found.group())}", raw):
            return Author(found.group(), tidy(shown)[:200])
    return None


def _addresses(message: EmailMessage, name: str) -> Iterable[tuple[str, str]]:
    try:
        header = message.get(name)
        addresses: tuple[Address, ...] = getattr(header, "addresses", ())
        read = [(one.addr_spec, one.display_name) for one in addresses]
    except Exception:
        # As above; the raw words below may still hold an address.
        read = []
    yield from read
    raw = as_sent(message, name)
    try:
        shown, handle = parseaddr(raw)
        yield handle, shown
    except (RecursionError, ValueError, IndexError):
        pass
    found = ADDRESS.search(raw.lower())
    if found:
        yield found.group(), ""


def written_at(message: EmailMessage, now: datetime | None = None) -> datetime | None:
    """When it was written: Date, else when the last server took it; None when neither is sensible."""
    received = words(message, "received").rpartition(";")[2]
    return next((at for text in (words(message, "date"), received) if (at := moment(text, now))), None)


def moment(text: str, now: datetime | None = None) -> datetime | None:
    try:
        return sensible(parsedate_to_datetime(text.strip()[:100]), now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
