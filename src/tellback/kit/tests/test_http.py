import contextlib
import socket
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.kit.dialling import Allowed, allowed_hosts, is_public
from tellback.kit.http import Door, Limits, Page, Seen, Trouble, address, door, fetch

PUBLIC = "93.184.216.34"


class Web:
    """A web server on loopback whose pages are functions of the request."""

    def __init__(self):
        self.pages = {}
        self.requests = []
        self.most_at_once = 0
        self.at_once = 0
        self.lock = threading.Lock()

    def page(self, path, body=b"", status=200, **headers):
        def write(request):
            request.send_response(status)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            for name, value in {"content-length": str(len(body)), **named}.items():
                request.send_header(name, value)
            request.end_headers()
            with contextlib.suppress(OSError):
                request.wfile.write(body)

        self.pages[path] = write


@pytest.fixture
def web():
    web = Web()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            web.requests.append(self)
            try:
                web.pages[self.path](self)
            except OSError:
                self.close_connection = True

        do_POST = do_GET

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    web.port = server.server_port
    web.url = f"http://127.0.0.1:{web.port}"
    yield web
    server.shutdown()
    server.server_close()


@pytest.fixture
def way(web):
    return Door(allowed=frozenset({Allowed("127.0.0.1", web.port)}), public_url="https://tellback.norrtel.example")


def trouble(*args, **kwargs):
    with pytest.raises(Trouble) as caught:
        fetch(*args, **kwargs)
    return caught.value


def test_a_page_is_fetched_and_we_say_who_we_are(web, way):
    web.page("/", "Grüße".encode("latin-1"), content_type="text/plain; charset=ISO-8859-1", etag='"a"')
    page = fetch(way, web.url + "/")
    assert (page.status, page.text, page.media_type, page.seen) == (200, "Grüße", "text/plain", Seen('"a"', ""))
    assert web.requests[0].headers["user-agent"].endswith("(+https://tellback.norrtel.example)")


def test_what_was_seen_is_asked_for_conditionally(web, way):
    web.page("/", b"", 304)
    assert fetch(way, web.url + "/", seen=Seen('"a"', "Mon, 04 May 2026 10:00:00 GMT")).status == 304
    assert web.requests[0].headers["if-none-match"] == '"a"'
    assert web.requests[0].headers["if-modified-since"] == "Mon, 04 May 2026 10:00:00 GMT"


def test_private_addresses_are_not_called(web):
    fault = trouble(Door(), web.url)
    assert fault.kind == "private_address"
    assert "TELLBACK_ALLOW_HOSTS" in str(fault)
    assert web.requests == []


@pytest.mark.parametrize("host", ["localhost", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1."])
def test_private_addresses_in_disguise_are_not_called(web, host):
    assert trouble(Door(), f"http://{host}:{web.port}/").kind in {"private_address", "unknown_host"}
    assert web.requests == []


@pytest.mark.parametrize(
    "one",
    ["10.0.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "fe80::1%eth0",
     "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::", "ff02::1", "nonsense"],
)  # fmt: skip
def test_private_addresses_are_known(one):
    assert not is_public(one)


@pytest.mark.parametrize("one", [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_known(one):
    assert is_public(one)


def test_a_redirect_to_a_private_address_is_not_followed(web, way):
    web.page("/", b"", 302, location="http://127.0.0.2:1/secret")
    assert trouble(way, web.url + "/").kind == "private_address"


def test_a_name_that_changes_its_address_gains_nothing(web):
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    asked = []

    def rebinding(host, port):
        asked.append(host)
        return next(answers)

    # The first address is public and dead; had it been asked for a second time, the private one would be called.
    fault = trouble(Door(resolve=rebinding), f"http://rebind.example:{web.port}/", limits=Limits(seconds=0.5))
    assert fault.kind in {"timed_out", "refused"}
    assert asked == ["rebind.example"]
    assert trouble(Door(resolve=rebinding), f"http://rebind.example:{web.port}/").kind == "private_address"
    assert web.requests == []


def test_of_mixed_addresses_only_the_public_one_is_called(web):
    mixed = Door(resolve=lambda host, port: ["127.0.0.1", PUBLIC])
    fault = trouble(mixed, f"http://mixed.example:{web.port}/", limits=Limits(seconds=0.5))
    assert fault.kind in {"timed_out", "refused"}
    assert web.requests == []


def test_the_name_stays_in_the_host_header(web):
    web.page("/", b"ok")
    named = Door(frozenset({Allowed("forum.example", web.port)}), resolve=lambda host, port: ["127.0.0.1"])
    assert fetch(named, f"http://Forum.example:{web.port}/").content == b"ok"
    assert web.requests[0].headers["host"] == f"forum.example:{web.port}"


def test_redirects_are_followed_and_counted(web, way):
    web.page("/old", b"", 301, location="/new")
    web.page("/new", b"here")
    web.page("/round", b"", 302, location="/round")
    page = fetch(way, web.url + "/old")
    assert (page.url, page.content, page.moved) == (web.url + "/new", b"here", True)
    assert trouble(way, web.url + "/round").kind == "redirects"
    assert len(web.requests) == 2 + 6


@pytest.mark.parametrize("target", ["http://[", "ftp://x.example", "//:0/"])
def test_a_redirect_to_nowhere_is_named(web, way, target):
    web.page("/", b"", 302, location=target)
    assert trouble(way, web.url + "/").kind == "address"


def test_secrets_do_not_follow_to_another_place(web, way):
    both = Door(way.allowed | {Allowed("other.example")}, resolve=lambda host, port: ["127.0.0.1"])
    web.page("/", b"", 302, location=f"http://other.example:{web.port}/there")
    web.page("/there", b"ok")
    fetch(both, web.url + "/", headers={"Authorization": "Bearer s3cret"})
    assert [request.headers["authorization"] for request in web.requests] == ["Bearer s3cret", None]


def test_too_much_is_refused_before_and_while_it_comes(web, way):
    web.page("/said", b"x", content_length="50000000")
    web.page("/unsaid", b"x" * 5000, content_length="5000")

    def endless(request):
        request.send_response(200)
        request.end_headers()
        while True:
            request.wfile.write(b"x" * 65536)

    web.pages["/endless"] = endless
    limits = Limits(size=1_000_000, seconds=5)
    assert trouble(way, web.url + "/said", limits=limits).kind == "too_large"
    assert trouble(way, web.url + "/unsaid", limits=Limits(size=4999)).kind == "too_large"
    assert trouble(way, web.url + "/endless", limits=limits).kind == "too_large"


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_slow_drip_ends_at_the_deadline(web, way, where):
    def drip(request):
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if where == "body" else b"x-slow: "))
        for _ in range(100):
            time.sleep(0.05)
            request.wfile.write(b"a")

    web.pages["/"] = drip
    begin = time.monotonic()
    assert trouble(way, web.url + "/", limits=Limits(seconds=0.5)).kind == "timed_out"
    assert time.monotonic() - begin < 1.5


def test_a_slow_resolver_ends_at_the_deadline():
    slow = Door(resolve=lambda host, port: time.sleep(2) or [PUBLIC])
    begin = time.monotonic()
    assert trouble(slow, "http://slow.example/", limits=Limits(seconds=0.3)).kind == "timed_out"
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw"])
def test_packed_pages_are_unpacked_and_bombs_are_not(web, way, packing):
    def packed(body):
        packer = zlib.compressobj(wbits={"gzip": 31, "deflate": 15, "raw": -15}[packing])
        return packer.compress(body) + packer.flush()

    bomb = bytes(50_000_000)
    name = "gzip" if packing == "gzip" else "deflate"
    web.page("/good", packed(b"hello " * 1000), content_encoding=name)
    web.page("/bomb", packed(bomb), content_encoding=name)
    assert fetch(way, web.url + "/good").content == b"hello " * 1000
    assert trouble(way, web.url + "/bomb", limits=Limits(size=1_000_000)).kind == "too_large"


def test_other_packings_types_and_addresses_are_named(web, way):
    web.page("/br", b"x", content_encoding="br")
    web.page("/broken", b"no gzip", content_encoding="gzip")
    web.page("/film", b"x", content_type="video/mp4")
    assert trouble(way, web.url + "/br").kind == "encoding"
    assert trouble(way, web.url + "/broken").kind == "encoding"
    assert trouble(way, web.url + "/film", limits=Limits(types=("text/",))).kind == "type"
    for url in [
        "ftp://x.example",
        "no address",
        "https://",
        "https://u:p@x.example",
        "http://x.example:0/",
        "http://[::1",
    ]:
        assert trouble(way, url).kind == "address"


def test_a_closed_port_and_a_broken_server_are_named(web, way):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert trouble(Door(frozenset({Allowed("127.0.0.1")})), f"http://127.0.0.1:{port}/").kind == "refused"
    web.pages["/"] = lambda request: request.wfile.write(b"\x00\xff nonsense\r\n\r\n")
    assert trouble(way, web.url + "/").kind == "broken"
    assert trouble(way, web.url.replace("http:", "https:") + "/").kind == "tls"


def test_no_more_than_two_at_once(web, way):
    def slow(request):
        with web.lock:
            web.at_once += 1
            web.most_at_once = max(web.most_at_once, web.at_once)
        time.sleep(0.1)
        # Before the answer: once it is sent, the next request may come in at any time.
        with web.lock:
            web.at_once -= 1
        request.send_response(204)
        request.end_headers()

    web.pages["/"] = slow
    askers = [threading.Thread(target=fetch, args=(way, web.url + "/")) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert (len(web.requests), web.most_at_once, way.gates.inside) == (6, 2, {})


def test_allow_list_is_read():
    assert allowed_hosts("forum.lan:3000, 10.0.0.7 ,[::1]:80,::1") == {
        Allowed("forum.lan", 3000), Allowed("10.0.0.7"), Allowed("::1", 80), Allowed("::1"),
    }  # fmt: skip
    with pytest.raises(ValueError, match="TELLBACK_ALLOW_HOSTS"):
        allowed_hosts("forum.lan:http")
    environ = {"TELLBACK_ALLOW_HOSTS": "forum.lan", "TELLBACK_URL": "https://desk.example/"}
    assert door(environ) is door(dict(environ))
    assert door(environ).public_url == "https://desk.example"


@given(st.text())
def test_any_address_is_taken_or_refused_in_words(text):
    with contextlib.suppress(Trouble):
        assert address(text).host


def test_a_page_reads_its_charset():
    assert Page("", 200, {"content-type": 'text/xml; Charset="UTF-8"; x=y'}, b"").charset == "utf-8"
