"""Bytes to text when nobody can be trusted to say in which alphabet they were written."""

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Text codecs of Python that are no alphabets; punycode and idna also take quadratic time.
NOT_ALPHABETS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
# What is called Latin-1 on the web and in mail is Windows-1252 (WHATWG Encoding, section 4.2).
MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def known(name: str) -> str:
    """Python's name of a charset, "" when there is none of that name or it is no alphabet."""
    try:
        found = codecs.lookup(name.strip().strip("\"'")[:40]).name
        b"a".decode(found, "replace")  # Python has codecs, such as hex, that give no text
    except (LookupError, ValueError, UnicodeError):
        return ""
    return "" if found.replace("-", "_") in NOT_ALPHABETS else found


def decode(raw: bytes, declared: str = "") -> str:
    """Text from bytes: a byte order mark first, then UTF-8 or the declared charset, whichever fits. Never fails.

    Strict UTF-8 goes before a declared single-byte charset, since text in another alphabet is almost never valid
    UTF-8 by chance (any byte above 127 must be part of a well-formed sequence).
    """
    for mark, name in BOMS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, "replace")
    charset = known(declared)
    first = "utf-8" if not charset or _is_single_byte(charset) else charset
    for name in (first, MEANT.get(charset, charset)):
        text = _strict(raw, name) if name else None
        if text is not None:
            return text
    if not charset and _is_mostly_utf8(raw[:10_000]):
        return raw.decode("utf-8", "replace")
    return raw.decode(MEANT.get(charset, charset) or "cp1252", "replace")


def _is_single_byte(charset: str) -> bool:
    return charset.startswith(("iso8859", "cp125", "koi8", "mac", "ascii", "latin"))


def _is_mostly_utf8(raw: bytes) -> bool:
    """Whether at most one in four letters beyond ASCII is broken."""
    lenient = raw.decode("utf-8", "replace")
    return lenient.count("\ufffd") * 4 <= sum(sign > "\x7f" for sign in lenient)


def _strict(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except (LookupError, ValueError):
        return None


def storable(text: str) -> str:
    """The text without what no database takes: NUL is dropped, a half of a surrogate pair becomes U+FFFD."""
    return UNSTORABLE.sub(lambda found: "" if found.group() == "\x00" else "\ufffd", text)
