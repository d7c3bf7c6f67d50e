"""tellback web: the pages alone."""

import argparse
import os
from collections.abc import Sequence

from tellback.web.start import begin, say


def main(arguments: Sequence[str]) -> int:
    options = parser("tellback web", "Serve the pages.").parse_args(arguments)
    begin()
    return serve_pages(options.host, options.port)


def parser(name: str, words: str) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog=name, description=words)
    made.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: this machine only)")
    made.add_argument("--port", type=int, default=8000)
    return made


def serve_pages(host: str, port: int) -> int:
    """Serve until a signal comes. 2 when the port is taken."""
    import uvicorn

    from tellback.web.asgi import application

    proxies = os.environ.get("TELLBACK_PROXY", "")
    config = uvicorn.Config(
        application,
        host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=5, lifespan="on",
        server_header=False, proxy_headers=bool(proxies), forwarded_allow_ips=proxies or None,
    )  # fmt: skip
    server = uvicorn.Server(config)
    try:
        server.run()
    except SystemExit:
        say(f"tellback: nothing can listen at {host}:{port}; something else does already. Choose another --port.")
        return 2
    return 0 if server.started else 2
