"""The feed adapter: a conditional GET, and each entry a parcel."""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from tellback.kit.charset import storable
from tellback.kit.dates import sensible
from tellback.kit.html import to_text
from tellback.kit.http import Door, Limits, Page, Seen, Trouble, door, fetch
from tellback.networks.contract import (
    Author,
    Batch,
    Broken,
    Cursor,
    Delivered,
    Enclosed,
    Field,
    Outgoing,
    Parcel,
    Refused,
    Said,
    Settings,
    Unreachable,
    Unreadable,
)
from tellback.networks.feed.reading import (
    MOST,
    MOST_SAID,
    Entry,
    Reading,
    entries,
    feeds_named,
    identity,
    payload,
    prune,
    read,
    whole,
)

BATCH = 200
LONGEST = 1_000_000  # characters of one payload
LONGEST_TEXT = 200_000  # characters of a text as it is read
HEAD = 100_000  # characters kept of an entry that is set aside
LIMITS = Limits(size=10_000_000, seconds=30)
UNSEEN = Seen()
ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
STATUS = {
    401: "it wants a name and password, which feeds here cannot give",
    403: "it does not let us read it",
    404: "there is nothing at this address",
    410: "it is gone for good; take this connection away",
    429: "it asks us to come less often",
    503: "it is out of service for now",
}


@dataclass(frozen=True, slots=True)
class Feed:
    """Hears RSS, Atom and JSON Feed. `door` is how it goes out to the web."""

    door: Door = field(default_factory=lambda: door(os.environ))
    most: Limits = LIMITS

    name = "feed"
    title = "Feed"
    fields: Sequence[Field] = (
        Field("url", "Address of the feed", "RSS, Atom or JSON Feed: https://forum.example/latest.rss", kind="url"),
        Field("author", "Who speaks there", "Shown when an entry names no author", required=False),
    )
    limit: int | None = None
    encloses = False
    speaks = False

    def parse(self, payload: str, settings: Settings) -> Said:
        """Read one entry. Raises Unreadable."""
        return said(entry_of(payload), settings)

    def listen(self, settings: Settings, cursor: Cursor) -> Iterator[Batch]:
        """Poll once. An unchanged feed yields one empty batch, so that the time of the poll is kept."""
        url = address_of(settings)
        known = cursor if cursor.get("url") == url else {}
        page = self.page(url, Seen(str(known.get("etag", "")), str(known.get("modified", ""))))
        digest = hashlib.sha256(page.content).hexdigest() if page.content else str(known.get("digest", ""))
        seen = page.seen if page.status == 200 else Seen(str(known.get("etag", "")), str(known.get("modified", "")))
        after = {
            "url": url,
            "etag": storable(seen.etag),
            "modified": storable(seen.modified),
            "digest": digest,
            "polled": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        if page.status == 304 or digest == known.get("digest"):
            yield Batch((), after)
            return
        yield from batches(page, known, after)

    def page(self, url: str, seen: Seen = UNSEEN) -> Page:
        """The feed's page, 200 or 304. Raises Unreachable in words."""
        try:
            page = fetch(self.door, url, headers={"accept": ACCEPT}, limits=self.most, seen=seen)
        except Trouble as trouble:
            raise Unreachable(f"The feed was not read: {trouble}") from trouble
        if page.status not in {200, 304}:
            why = STATUS.get(page.status, f"it answered with status {page.status}")
            raise Unreachable(f"The feed {url} was not read: {why}")
        return page

    def deliver(self, settings: Settings, outgoing: Outgoing) -> Refused:
        """A feed takes no answers."""
        return Refused("A feed takes no answers; answer by mail or where the author can be reached", permanent=True)

    def find(self, settings: Settings, outgoing: Outgoing) -> Delivered | None:
        """Nothing of ours ever stands in a feed."""
        return None

    def check(self, settings: Settings) -> list[str]:
        """Read the feed once. A web page that names feeds is answered with their addresses."""
        try:
            page = self.page(address_of(settings))
        except Unreachable as fault:
            return [str(fault)]
        try:
            found = entries(page.content, page.charset, page.url)
        except Unreadable as fault:
            named = [whole(page.url, one) for one in feeds_named(page.text)]
            return [f"{fault}. It names these feeds: {', '.join(named[:5])}" if named else str(fault)]
        moved = [f"The feed has moved for good to {page.url}; put that address here"] if page.moved else []
        return moved + ([] if found else ["The feed can be read and is empty; nothing needs to be done"])


def address_of(settings: Settings) -> str:
    url = str(settings.get("url", "")).strip()
    if not url:
        raise Unreachable("The connection has no address of a feed; put it in its settings")
    return url


def batches(page: Page, before: Cursor, after: Cursor) -> Iterator[Batch]:
    """What arrived in batches of 200. Only the last one moves the cursor: if we end before it, all is fetched again."""
    try:
        reading = read(page.content, page.charset, page.url)
    except Unreadable as fault:
        raise Unreachable(f"The feed {page.url} was fetched and not understood: {fault}") from fault
    arrived = arrivals(reading, page.url)
    ready = list(islice(arrived, BATCH))
    while ahead := list(islice(arrived, BATCH)):
        yield batch(ready, before)
        ready = ahead
    yield batch(ready, after)


def batch(arrived: Sequence[Parcel | Broken], cursor: Cursor) -> Batch:
    parcels = [one for one in arrived if isinstance(one, Parcel)]
    return Batch(parcels, cursor, [one for one in arrived if isinstance(one, Broken)])


def arrivals(reading: Reading, url: str) -> Iterator[Parcel | Broken]:
    """Each entry once as a parcel, made when it is asked for. What is set aside is told, with its place and why."""
    first: dict[str, str] = {}
    for entry in reading.entries:
        own_id, line = identity(entry), payload(entry)
        fingerprint = hashlib.sha256(line.encode()).hexdigest()
        if own_id not in first:
            yield parcel(entry, line, url)
        elif first[own_id] != fingerprint:
            why = f"Two entries carry the id {own_id[:200]} with different words; the first was kept"
            yield Broken(why, url, line[:HEAD])
        first.setdefault(own_id, fingerprint)
    if reading.left_out:
        yield Broken(
            f"{reading.left_out:,} older entries were left out: {MOST:,} entries and {MOST_SAID:,} characters are the "
            "most of one poll. Ask the site for a shorter feed.", url,
        )  # fmt: skip


def parcel(entry: Entry, line: str, url: str) -> Parcel | Broken:
    own_id, place = identity(entry), str(entry.get("link", url))[:500]
    if len(line) > LONGEST:
        why = f"The entry {own_id[:200]} has {len(line):,} characters; the limit is {LONGEST:,}. It was set aside."
        return Broken(why, place, line[:HEAD])
    return Parcel(own_id, line, place)


def entry_of(payload: str) -> dict[str, Any]:
    try:
        entry = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The payload is no JSON: {str(error)[:200]}") from error
    if not isinstance(entry, dict):
        raise Unreadable("The payload is no JSON object")
    return prune(entry)


def said(entry: dict[str, Any], settings: Settings) -> Said:
    title = to_text(_str(entry, "title")).replace("\n", " ")
    text = _str(entry, "text") or to_text(_str(entry, "html")) or title
    if not text.strip():
        raise Unreadable("The entry has neither a title nor a text")
    feed = entry.get("feed") if isinstance(entry.get("feed"), dict) else {}
    name = _str(entry, "author") or str(settings.get("author") or "") or to_text(_str(feed, "title"))
    link = web_address(_str(entry, "link"))
    own_id = identity(entry)
    return Said(
        external_id=own_id,
        author=Author(handle(entry, name, link), name=name[:200]),
        text=text[:LONGEST_TEXT],
        written_at=moment(_str(entry, "at")),
        kind="article",
        title=title[:500],
        url=link,
        lang=_str(entry, "lang")[:35],
        thread=_str(entry, "answers") or own_id,
        answers=_str(entry, "answers"),
        enclosed=tuple(files(entry)),
        extra=extra(entry, text),
    )


def extra(entry: Entry, text: str) -> dict[str, Any]:
    tags = entry["tags"] if isinstance(entry.get("tags"), list) else []
    told: dict[str, Any] = {"tags": [one[:200] for one in tags[:50] if isinstance(one, str)]} if tags else {}
    if len(text) > LONGEST_TEXT:
        told["text_fault"] = f"The text is {len(text):,} characters long; the first {LONGEST_TEXT:,} are shown."
    return told


def handle(entry: dict[str, Any], name: str, link: str) -> str:
    """Who spoke, as far as a feed tells: mail address, name, or the site."""
    return (_str(entry, "email").lower() or name or urlsplit(link).hostname or "feed")[:200]


def files(entry: dict[str, Any]) -> Iterator[Enclosed]:
    listed = entry.get("enclosed")
    for one in listed[:20] if isinstance(listed, list) else []:
        url = web_address(_str(one, "url")) if isinstance(one, dict) else ""
        if url:
            name = _str(one, "title") or urlsplit(url).path.rpartition("/")[2] or "file"
            yield Enclosed(name[:120], _str(one, "type") or "application/octet-stream", url=url)


def web_address(url: str) -> str:
    """The URL when a browser may open it without harm, else ""."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and len(url) <= 2000 else ""


def moment(written: str) -> datetime | None:
    try:
        return sensible(datetime.fromisoformat(written)) if written else None
    except ValueError:
        return None


def _str(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return storable(value).strip() if isinstance(value, str) else ""


adapter = Feed()
