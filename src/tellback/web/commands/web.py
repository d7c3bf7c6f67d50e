"""tellback web: the pages alone."""

import argparse
import errno
import os
import socket
from collections.abc import Sequence

from tellback.kit.trouble import without_number
from tellback.web.start import begin, say

WRONG = 2


def main(arguments: Sequence[str]) -> int:
    options = parser("tellback web", "Serve the pages.").parse_args(arguments)
    try:
        door = open_door(options.host, options.port)
    except CannotListen as fault:
        say(f"tellback: {fault}")
        return WRONG
    with door:
        begin()
        return serve_pages(door)


def parser(name: str, words: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=name, description=words)
    made.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    made.add_argument("--port", type=int, default=8000)
    return made


class CannotListen(Exception):
    """Why nothing can be served there, and what to do."""


def open_door(host: str, port: int) -> socket.socket:
    """Listen there, before anything else is begun or promised. Raises CannotListen."""
    if not 0 <= port < 65_536:
        raise CannotListen(f"{port} is no port: they go from 1 to 65535. Choose another --port.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=2048)
    except socket.gaierror as fault:
        raise CannotListen(f"there is no address {host} on this machine. Choose another --host.") from fault
    except OSError as fault:
        why = "something else does already" if is_taken(fault) else without_number(fault)
        raise CannotListen(f"nothing can listen at {host}:{port}; {why}. Choose another --port.") from fault


def is_taken(fault: BaseException) -> bool:
    return isinstance(fault, OSError) and fault.errno == errno.EADDRINUSE


def serve_pages(door: socket.socket) -> int:
    """Serve until a signal comes."""
    import uvicorn

    from tellback.web.asgi import application

    proxies = os.environ.get("TELLBACK_PROXY", "")
    config = uvicorn.Config(
        application,
        log_level="warning", access_log=False, timeout_graceful_shutdown=5, lifespan="on",
        server_header=False, proxy_headers=bool(proxies), forwarded_allow_ips=proxies or None,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.run(sockets=[door])
    return 0 if server.started else WRONG
