"""From the bytes of a feed to its entries, each a small dict of what it says (the payload's shape).

    id, link, title, author, email, text | html, published, updated (as written), at (UTC, ISO 8601, where it could
    be read), answers, lang, tags, enclosed: [{url, type, title}], feed: {title, link}

Absent keys were absent or empty in the feed. What a feed says once stands in each of its entries, so it is short.
"""

import hashlib
import io
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin

import feedparser

from tellback.kit.charset import decode, storable
from tellback.networks.contract import Unreadable
from tellback.networks.feed.authors import called, split
from tellback.networks.feed.guard import guard

Entry = dict[str, Any]
DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
ALTERNATE = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
FEED_TYPE = re.compile(r"application/(?:rss|atom|feed)\+(?:xml|json)", re.IGNORECASE)
HREF = re.compile(r"""href\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
MOST = 5_000  # entries of one poll
MOST_SAID = 20_000_000  # characters of all payloads of one poll
MOST_PARTS = 300_000  # lists and objects of JSON
MOST_FILES = 50
LONGEST_SHARED = 500  # characters of what the feed says once
LONGEST_BASE = 2_000  # characters of an address that links are made whole by


@dataclass(frozen=True, slots=True)
class Reading:
    """Entries, oldest first as far as the feed's order tells; `left_out` is how many older ones were too many."""

    entries: list[Entry]
    left_out: int = 0


def entries(raw: bytes, charset: str = "", url: str = "") -> list[Entry]:
    """The entries of a feed, oldest first as far as its order tells. Raises Unreadable."""
    return read(raw, charset, url).entries


def read(raw: bytes, charset: str = "", url: str = "") -> Reading:
    """The first 5,000 entries of a feed, which are the newest, and 20 million characters. Raises Unreadable."""
    if raw.lstrip()[:1] in {b"{", b"["}:
        return _bounded(json_entries(raw))
    declared = DECLARED.match(raw[:400])
    text = decode(raw, charset or (declared.group(1).decode() if declared else ""))
    return _bounded(xml_entries(text, url))


def _bounded(found: Iterator[Entry]) -> Reading:
    kept: list[Entry] = []
    room = MOST_SAID
    for entry in map(prune, islice(found, MOST)):
        room -= len(payload(entry))
        if room < 0:
            return Reading(kept[::-1], 1 + sum(1 for _ in found))
        kept.append(entry)
    return Reading(kept[::-1], sum(1 for _ in found))


def xml_entries(text: str, url: str) -> Iterator[Entry]:
    head = text[:2000].lower()
    if "<html" in head or "<!doctype html" in head:
        raise Unreadable("This address shows a web page, not a feed")
    # What was looked at is what is parsed: without signs that are lost later, and UTF-8, whatever the feed said.
    body = guard(storable(text)).strip().encode()
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        read = feedparser.parse(io.BytesIO(body), response_headers=headers, sanitize_html=False)
    except Exception as error:
        # feedparser fails on what it does not expect with whatever error lies nearest.
        raise Unreadable(f"The feed could not be read ({type(error).__name__}: {str(error)[:200]})") from error
    if not read.get("version") and not read.entries:
        raise Unreadable("This is no RSS, Atom or JSON feed")
    feed = prune({"title": _shared(read.feed.get("title")), "link": _shared(read.feed.get("link"))})
    lang = _shared(read.feed.get("language"))
    base = url if len(url) <= LONGEST_BASE else ""
    # As plain dicts: feedparser's own give a date of one name for another, with a warning.
    return (
        xml_entry(dict(one), base) | {"feed": feed, "lang": _first(_shared(one.get("language")), lang)}
        for one in read.entries
    )


def _shared(value: object) -> str:
    """What the feed says once and each entry repeats."""
    return "" if value is None or isinstance(value, bool | Mapping | list) else str(value)[:LONGEST_SHARED]


def xml_entry(one: Mapping[str, Any], url: str) -> Entry:
    """An entry as feedparser gives it. Links are made whole here and not by feedparser, which would change ids too."""
    body = max(one.get("content") or [], key=lambda part: len(part.get("value") or ""), default=None)
    if not (body and body.get("value")):
        body = one.get("summary_detail") or {}
    kind = "text" if body.get("type") == "text/plain" else "html"
    name, email = split(one.get("author"))
    files = [link for link in one.get("links") or [] if link.get("rel") == "enclosure"][:MOST_FILES]
    answers = one.get("thr_in-reply-to") or one.get("in-reply-to") or {}
    return {
        "id": one.get("id"),
        "link": whole(url, one.get("link")),
        "title": one.get("title"),
        "author": called(name, email),
        "email": email,
        kind: body.get("value"),
        "published": one.get("published"),
        "updated": one.get("updated"),
        "at": _moment(one.get("published_parsed") or one.get("updated_parsed")),
        "answers": answers.get("ref") if isinstance(answers, Mapping) else None,
        "tags": [tag.get("term") for tag in one.get("tags") or []],
        "enclosed": [{"url": whole(url, file.get("href")), "type": file.get("type")} for file in files],
    }


def whole(base: str, link: object) -> str:
    """The address that a link leads to from a page, "" when it leads nowhere."""
    try:
        return urljoin(base, link) if isinstance(link, str) and link else ""
    except ValueError:
        return ""


def _moment(parsed: time.struct_time | None) -> str:
    try:
        return datetime(*parsed[:6], tzinfo=UTC).isoformat() if parsed else ""
    except (ValueError, TypeError, OverflowError):
        return ""


def json_entries(raw: bytes) -> Iterator[Entry]:
    if raw.count(b"{") + raw.count(b"[") > MOST_PARTS:
        raise Unreadable(f"The JSON has over {MOST_PARTS:,} lists and objects")
    try:
        feed = json.loads(decode(raw))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The feed begins like JSON and is none: {str(error)[:200]}") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise Unreadable("The JSON has no list named items, so it is no JSON Feed")
    about = prune({"title": _shared(feed.get("title")), "link": _shared(feed.get("home_page_url"))})
    authors = [{key: _shared(one.get(key)) for key in ("name", "url")} for one in _dicts(feed.get("authors"))[:1]]
    defaults = {"feed": about, "lang": _shared(feed.get("language")), "authors": authors}
    return (json_entry(one, defaults) for one in feed["items"] if isinstance(one, dict))


def json_entry(one: Mapping[str, Any], defaults: Mapping[str, Any]) -> Entry:
    """An entry of JSON Feed 1.0 or 1.1 (jsonfeed.org)."""
    named = [*_dicts(one.get("authors")), *_dicts([one.get("author")]), *_dicts(defaults["authors"])]
    author = named[0] if named else {}
    name, email = split(author.get("name"))
    files = _dicts(one.get("attachments"))[:MOST_FILES]
    written = one.get("date_published") or one.get("date_modified")
    return {
        "id": one.get("id"),
        "link": one.get("url") or one.get("external_url"),
        "title": one.get("title"),
        "author": called(name, email) or author.get("url"),
        "email": email,
        "html": one.get("content_html"),
        "text": None if one.get("content_html") else one.get("content_text") or one.get("summary"),
        "published": one.get("date_published"),
        "updated": one.get("date_modified"),
        "at": written if isinstance(written, str) else "",
        "tags": one.get("tags") if isinstance(one.get("tags"), list) else [],
        "lang": one.get("language") or defaults["lang"],
        "feed": defaults["feed"],
        "enclosed": [{"url": f.get("url"), "type": f.get("mime_type"), "title": f.get("title")} for f in files],
    }


def _dicts(values: object) -> list[Mapping[str, Any]]:
    return [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []


def _first(*values: object) -> object:
    return next((value for value in values if value), None)


def prune(entry: Mapping[str, Any]) -> Entry:
    """Only what says something, each scalar as a storable text. Raises Unreadable when it is nested to harm."""
    try:
        pruned = {storable(str(name)): _pruned(value) for name, value in entry.items()}
    except RecursionError:
        raise Unreadable("An entry is nested too deep to be read") from None
    return {name: value for name, value in pruned.items() if value}


def _pruned(value: object) -> Any:
    if isinstance(value, Mapping):
        return prune(value)
    if isinstance(value, list):
        return [one for one in map(_pruned, value) if one]
    if value is None or isinstance(value, bool):
        return ""
    return storable(str(value)).strip()


def identity(entry: Entry) -> str:
    """The entry's own id, else its link, else a fingerprint of what it says."""
    said = "\n".join(str(entry.get(name, "")) for name in ("title", "html", "text", "published"))
    return _short(entry.get("id") or entry.get("link") or "") or "sha256:" + _hash(said)


def _short(identifier: str) -> str:
    return identifier if len(identifier) <= 500 else f"{identifier[:400]}#{_hash(identifier)[:32]}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def feeds_named(page: str) -> list[str]:
    """The addresses of feeds that a web page names in its head, as written there."""
    links = [tag for tag in ALTERNATE.findall(page[:200_000]) if FEED_TYPE.search(tag)]
    return list(dict.fromkeys(found.group(1) for tag in links if (found := HREF.search(tag))))


def payload(entry: Entry) -> str:
    """Compact JSON with its keys in order: the same entry gives the same payload, letter by letter."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
