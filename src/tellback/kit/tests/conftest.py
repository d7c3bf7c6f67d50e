"""A page on loopback for Chromium: what the kit ships, under the policy that forbids inline style and script."""

import mimetypes
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

CSP = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Site:
    """Paths and what they answer: a str of HTML, or a function that is given the open handler."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self):
                site.answer(self)

            def log_message(self, *words):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler):
        path = handler.path.split("?")[0]
        self.asked.append(path)
        page = self.pages.get(path)
        if callable(page):
            page(handler)
        elif page is not None:
            self.send(handler, "text/html; charset=utf-8", page.encode())
        elif path.startswith("/static/") and (found := finders.find(path.removeprefix("/static/"))):
            self.send(handler, mimetypes.guess_type(path)[0] or "text/plain", Path(found).read_bytes())
        else:
            handler.send_error(404)

    def send(self, handler, kind, body):
        handler.send_response(200)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Security-Policy", CSP)
        handler.end_headers()
        handler.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.close()


@pytest.fixture(scope="module")
def browser():
    """Not longer than a module: Playwright keeps a loop in this thread, beside which Django refuses its database."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
