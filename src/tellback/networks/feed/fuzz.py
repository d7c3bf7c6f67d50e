"""The feed's parsers, for a fuzzer: each takes any bytes and may raise only what `ALLOWED` names."""

from collections.abc import Callable

from tellback.kit.charset import decode, storable
from tellback.kit.html import clean, to_text
from tellback.networks.contract import Unreadable
from tellback.networks.feed.adapter import entry_of, said
from tellback.networks.feed.reading import entries, feeds_named, payload

ALLOWED: tuple[type[Exception], ...] = (Unreadable,)


def targets() -> dict[str, Callable[[bytes], object]]:
    """Parsers by name."""
    return {
        "feed.entries": whole,
        "feed.parse": lambda raw: said(entry_of(raw.decode("utf-8", "surrogateescape")), {}),
        "feed.named": lambda raw: feeds_named(decode(raw)),
        "html.to_text": lambda raw: to_text(decode(raw)).encode(),
        "html.clean": lambda raw: clean(decode(raw)).encode(),
        "charset.decode": lambda raw: storable(decode(raw[8:], raw[:8].decode("latin-1"))).encode(),
    }


def whole(raw: bytes) -> list[str]:
    """From the feed's bytes through the payload to what was said; an entry that says nothing is no fault."""
    texts = []
    for entry in entries(raw, url="https://feed.example/"):
        try:
            texts.append(said(entry_of(payload(entry)), {}).text)
        except Unreadable:
            continue
    return texts
