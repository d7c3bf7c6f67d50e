"""Connecting to public addresses only: resolve, check, then connect to the very address that was checked.

A name that answers with a public address to the check and with a private one to the connection (DNS rebinding)
gains nothing, since it is asked once for each connection.
"""

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import httpcore

from tellback.kit.trouble import Trouble, without_number

Resolve = Callable[[str, int], Sequence[str]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system's resolver gives them. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def is_public(address: str) -> bool:
    """Whether anybody on the internet may reach this address; an IPv4 address inside an IPv6 one counts as itself."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast for one in _meanings(parsed))


def _meanings(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    inner = [address.sixtofour] if address.sixtofour else []
    if address in NAT64:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *inner]


@dataclass(frozen=True, slots=True)
class Allowed:
    """A private host that the operator lets us call; `port` None means every port."""

    host: str
    port: int | None = None


def allowed_hosts(words: str) -> frozenset[Allowed]:
    """Read "mastodon.lan:3000,10.0.0.7,[::1]:8080". Raises ValueError that names the part it cannot read."""
    return frozenset(_allowed(part.strip().lower()) for part in words.split(",") if part.strip())


def _allowed(part: str) -> Allowed:
    if part.startswith("["):
        host, _, rest = part[1:].partition("]")
        port = rest.removeprefix(":")
    elif part.count(":") > 1:
        host, port = part, ""
    else:
        host, _, port = part.partition(":")
    if not host or (port and not (port.isascii() and port.isdigit())):
        raise ValueError(f"TELLBACK_ALLOW_HOSTS: {part!r} is not a host or host:port")
    return Allowed(host, int(port) if port else None)


class Line(httpcore.NetworkStream):
    """A connection of which every read and write ends at one deadline (a value of time.monotonic)."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self.stream = stream
        self.deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=seconds_left(self.deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=seconds_left(self.deadline))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Line":
        left = seconds_left(self.deadline)
        try:
            return Line(self.stream.start_tls(ssl_context, server_hostname, left), self.deadline)
        except httpcore.ConnectError as error:
            raise Trouble("tls", f"{server_hostname}: the secure connection failed: {without_number(error)}") from error

    def get_extra_info(self, info: str) -> object:
        return self.stream.get_extra_info(info)


def seconds_left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Trouble("timed_out", "The time for this request is over")
    return left


@dataclass(frozen=True, slots=True)
class Dialler(httpcore.NetworkBackend):
    """Opens connections for httpcore. The name stays with httpcore, which uses it for Host, SNI and the certificate."""

    deadline: float
    allowed: frozenset[Allowed] = frozenset()
    resolve: Resolve = resolve

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        fault: Exception | None = None
        for address in self.reachable(host, port):
            left = seconds_left(self.deadline)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
                continue
            return Line(stream, self.deadline)
        if isinstance(fault, httpcore.ConnectTimeout):
            raise Trouble("timed_out", f"{host} did not take the connection in time") from fault
        why = without_number(fault) if fault else "it has no address"
        raise Trouble("refused", f"{host}, port {port}, does not take connections: {why}") from fault

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise Trouble("private_address", "Sockets of this machine are not on the public web")

    def reachable(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be called. Raises Trouble when there is none."""
        found = self._ask(host, port)
        if not self.allowed.isdisjoint({Allowed(host.lower(), port), Allowed(host.lower())}):
            return found
        public = [address for address in found if is_public(address)]
        if not public:
            raise Trouble(
                "private_address",
                f"{host} leads to the private address {found[0]}, which is not called. "
                "If it is yours, the operator can name it in TELLBACK_ALLOW_HOSTS",
            )
        return public

    def _ask(self, host: str, port: int) -> list[str]:
        answer: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(list(self.resolve(host, port)))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        # A resolver knows no deadline, and a thread cannot be ended: it is left behind, as a daemon.
        threading.Thread(target=ask, daemon=True, name="resolve").start()
        try:
            found = answer.get(timeout=seconds_left(self.deadline))
        except queue.Empty:
            raise Trouble("timed_out", f"The name {host} was not resolved in time") from None
        if isinstance(found, Exception) or not found:
            raise Trouble("unknown_host", f"There is no host named {host}")
        return found
