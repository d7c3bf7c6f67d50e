"""The parsers of mail, for a fuzzer: each takes any bytes and may raise only what `ALLOWED` names."""

from collections.abc import Callable

from tellback.networks.contract import Unreadable
from tellback.networks.mail.body import safe_name
from tellback.networks.mail.payload import pack, unpack
from tellback.networks.mail.quoting import shorten
from tellback.networks.mail.reading import said

ALLOWED: tuple[type[Exception], ...] = (Unreadable,)
SETTINGS = {"address": "help@norrtel.example"}


def targets() -> dict[str, Callable[[bytes], object]]:
    """Parsers by name."""
    return {
        "mail.parse": whole,
        "mail.payload": round_trip,
        "mail.shorten": lambda raw: shorten(raw.decode("utf-8", "replace")),
        "mail.safe_name": lambda raw: safe_name(raw.decode("utf-8", "replace"), "", 1),
    }


def whole(raw: bytes) -> str:
    """Everything that was said must be storable text."""
    one = said(unpack(pack(raw)), SETTINGS)
    texts = [one.external_id, one.author.handle, one.author.name, one.text, one.title, one.thread, one.answers]
    files = [f"{file.name} {file.media_type}" for file in one.enclosed]
    whole = "\n".join([*texts, one.bounce_of, one.lang, str(one.extra["full"]), *files])
    whole.encode()
    if "\x00" in whole:
        raise ValueError("a NUL came through")
    return whole


def round_trip(raw: bytes) -> str:
    packed = pack(raw)
    if unpack(packed) != raw or "\x00" in packed:
        raise ValueError("the payload is not the mail")
    return packed
