"""The one door to the web: public addresses only, limits on everything, and words when it fails.

Nothing else in the house may open an HTTP connection. `fetch(door, url)` answers with a Page, whatever its status,
or raises Trouble.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urljoin

import httpcore
import httpx

from tellback import __version__
from tellback.kit.charset import decode
from tellback.kit.dialling import Allowed, Dialler, Resolve, allowed_hosts, resolve, seconds_left
from tellback.kit.trouble import Trouble, without_number

__all__ = ["Door", "Limits", "Page", "Seen", "Trouble", "door", "fetch"]

REDIRECTS = {301, 302, 303, 307, 308}
PRIVATE_HEADERS = {"authorization", "cookie", "proxy-authorization"}
AT_ONCE = 2  # requests to one host
INFLATE_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request: bytes (as sent and again unpacked), seconds for all of it, hops, and media types.

    `types` are beginnings of a media type, such as "text/" or "application/json"; empty takes every type.
    """

    size: int = 10_000_000
    seconds: float = 20.0
    redirects: int = 5
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page said of its version when it was fetched last; sent along, an unchanged page answers 304."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer. `url` is where it was found after redirects; `moved` when all of these were permanent ones."""

    url: str
    status: int
    headers: httpx.Headers
    content: bytes
    moved: bool = False

    @property
    def seen(self) -> Seen:
        return Seen(self.headers.get("etag", "")[:1000], self.headers.get("last-modified", "")[:100])

    @property
    def media_type(self) -> str:
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The charset that the header names, "" if none."""
        _, _, rest = str(self.headers.get("content-type", "")).lower().partition("charset=")
        return rest.partition(";")[0].strip(" \"'")

    @property
    def text(self) -> str:
        return decode(self.content, self.charset)


class Gates:
    """Lets AT_ONCE requests at a time through to one host; forgets a host when nobody asks for it."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.inside: dict[str, int] = {}

    @contextmanager
    def through(self, host: str, deadline: float) -> Iterator[None]:
        with self.changed:
            free = self.changed.wait_for(lambda: self.inside.get(host, 0) < AT_ONCE, deadline - time.monotonic())
            if not free:
                raise Trouble("busy", f"Two requests to {host} were under way for all of the time allowed")
            self.inside[host] = self.inside.get(host, 0) + 1
        try:
            yield
        finally:
            with self.changed:
                self.inside[host] -= 1
                if not self.inside[host]:
                    del self.inside[host]
                self.changed.notify_all()


@dataclass(frozen=True, slots=True)
class Door:
    """How we go out: which private hosts are allowed, and the address that we name as ours."""

    allowed: frozenset[Allowed] = frozenset()
    public_url: str = ""
    resolve: Resolve = resolve
    gates: Gates = field(default_factory=Gates, compare=False, repr=False)

    @property
    def agent(self) -> str:
        return f"Tellback/{__version__}" + (f" (+{self.public_url})" if self.public_url else "")


@cache
def _door(allow: str, public_url: str) -> Door:
    return Door(allowed_hosts(allow), public_url)


def door(environ: Mapping[str, str]) -> Door:
    """The door as TELLBACK_ALLOW_HOSTS and TELLBACK_URL set it, one for the process, so that its gates hold."""
    return _door(environ.get("TELLBACK_ALLOW_HOSTS", ""), environ.get("TELLBACK_URL", "").rstrip("/"))


@dataclass(slots=True)
class Ask:
    """One request on its way, changed by redirects."""

    method: str
    url: httpx.URL
    headers: httpx.Headers
    content: bytes
    deadline: float
    limits: Limits


def fetch(
    door: Door,
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes = b"",
    limits: Limits = Limits(),
    seen: Seen = Seen(),
) -> Page:
    """Ask for one page, following redirects. Every status is an answer; raises Trouble when there is no answer."""
    sent = httpx.Headers({"user-agent": door.agent, "accept-encoding": "gzip, deflate", **(headers or {})})
    if seen.etag:
        sent["if-none-match"] = seen.etag
    if seen.modified:
        sent["if-modified-since"] = seen.modified
    ask = Ask(method, address(url), sent, content, time.monotonic() + limits.seconds, limits)
    moved = True
    for hop in range(limits.redirects + 1):
        page = _once(door, ask)
        target = page.headers.get("location", "")
        if page.status not in REDIRECTS or not target:
            return Page(page.url, page.status, page.headers, page.content, moved and hop > 0)
        moved = moved and page.status in {301, 308}
        _turn(ask, page.status, target)
    raise Trouble("redirects", f"{url} leads on more than {limits.redirects} times")


def address(url: str) -> httpx.URL:
    """The URL, taken apart. Raises Trouble when it is none that we would call."""
    try:
        parsed = httpx.URL(url.strip())
        host = parsed.raw_host.decode("ascii")
        port = parsed.port
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Trouble("address", f"{url[:200]!r} is no web address: {error}") from error
    if parsed.scheme not in {"http", "https"} or not host or port == 0:
        raise Trouble("address", f"{url[:200]!r} is no web address: it must begin with https:// or http://")
    if parsed.userinfo:
        raise Trouble("address", "A web address must not hold a name or password")
    return parsed


def _turn(ask: Ask, status: int, target: str) -> None:
    """Point the request at where a redirect leads; secrets stay behind when that is another place."""
    try:
        whole = urljoin(str(ask.url), target)
    except ValueError as error:
        raise Trouble("address", f"{ask.url.host} leads on to {target[:200]!r}, which is no web address") from error
    old, ask.url = ask.url, address(whole)
    if (old.scheme, old.host, old.port) != (ask.url.scheme, ask.url.host, ask.url.port):
        ask.headers = httpx.Headers([pair for pair in ask.headers.items() if pair[0] not in PRIVATE_HEADERS])
    if status == 303 or (status in {301, 302} and ask.method == "POST"):
        ask.method, ask.content = "GET", b""
        ask.headers.pop("content-type", None)


def _once(door: Door, ask: Ask) -> Page:
    request = httpx.Request(ask.method, ask.url, headers=ask.headers, content=ask.content or None)
    dialler = Dialler(ask.deadline, door.allowed, door.resolve)
    with (
        door.gates.through(ask.url.host, ask.deadline),
        # A pool for each request: an address may serve many names, and no name may ride on another's connection.
        httpcore.ConnectionPool(ssl_context=_tls(), network_backend=dialler) as pool,
        _in_words(ask.url.host),
    ):
        answer = pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=ask.url.raw_scheme, host=ask.url.raw_host, port=ask.url.port, target=ask.url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
            )
        )
        with closing(answer):
            return _read(ask, answer)


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@contextmanager
def _in_words(host: str) -> Iterator[None]:
    try:
        yield
    except (httpcore.TimeoutException, TimeoutError) as error:
        raise Trouble("timed_out", f"{host} took too long to answer") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise Trouble("broken", f"{host} did not answer properly: {without_number(error)}") from error


def _read(ask: Ask, answer: httpcore.Response) -> Page:
    headers = httpx.Headers(answer.headers)
    page = Page(str(ask.url), answer.status, headers, b"")
    if answer.status in REDIRECTS or answer.status == 304 or ask.method == "HEAD":
        return page
    if answer.status < 300:
        _expect_type(page, ask.limits)
    size = headers.get("content-length", "")
    if size.isascii() and size.isdigit() and int(size[:20]) > ask.limits.size:
        raise _too_large(page, ask.limits, f"{int(size[:20]):,} bytes")
    chunks = _inflated(answer.iter_stream(), headers.get("content-encoding", ""), ask.limits.size)
    body = bytearray()
    for chunk in chunks:
        seconds_left(ask.deadline)
        body += chunk
        if len(body) > ask.limits.size:
            raise _too_large(page, ask.limits, "more")
    return Page(page.url, page.status, headers, bytes(body))


def _too_large(page: Page, limits: Limits, size: str) -> Trouble:
    return Trouble("too_large", f"{page.url} has {size}; the limit is {limits.size:,} bytes")


def _expect_type(page: Page, limits: Limits) -> None:
    if limits.types and page.media_type and not page.media_type.startswith(limits.types):
        raise Trouble("type", f"{page.url} is {page.media_type[:80]}, which is not what is wanted here")


def _inflated(chunks: Iterable[bytes], encoding: str, size: int) -> Iterator[bytes]:
    """Unpack in steps of 64 kB, so that a small chunk that unpacks to gigabytes never stands in memory."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        yield from chunks
        return
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise Trouble("encoding", f"The page is packed as {name[:40]!r}, which was not asked for")
    taken = 0
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32) if name != "deflate" else None
    for chunk in chunks:
        taken += len(chunk)
        if taken > size:
            raise Trouble("too_large", f"The packed page is above the limit of {size:,} bytes")
        # "deflate" is zlib in the standard and raw in some servers: the first byte tells (RFC 1950, CM is 8).
        unpacker = unpacker or zlib.decompressobj(zlib.MAX_WBITS if chunk[:1][0] & 15 == 8 else -zlib.MAX_WBITS)
        yield from _steps(unpacker, chunk)


def _steps(unpacker: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    try:
        while chunk and not unpacker.eof:
            yield unpacker.decompress(chunk, INFLATE_STEP)
            chunk = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Trouble("encoding", f"The page is packed wrongly: {error}") from error
