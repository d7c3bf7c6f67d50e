import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tellback.kit.dialling import Allowed
from tellback.kit.http import Door, Limits
from tellback.networks.contract import Author, Outgoing, Refused, Unreachable
from tellback.networks.feed import Feed

HEAD = "<rss version='2.0'><channel><title>Corrin Talk</title>"


def rss(*ids, words="No signal"):
    return (HEAD + "".join(f"<item><guid>{one}</guid><title>{words} {one}</title></item>" for one in ids)).encode()


@pytest.fixture
def site():
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            server.asked.append(dict(self.headers))
            unchanged = server.etag and self.headers["If-None-Match"] == server.etag
            self.send_response(304 if unchanged else server.status)
            if server.etag:
                self.send_header("ETag", server.etag)
            self.send_header("Content-Length", str(server.length or len(server.body)))
            self.end_headers()
            if not unchanged:
                self.wfile.write(server.body)

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.body, server.etag, server.status, server.length, server.asked = rss("b", "a"), '"1"', 200, 0, []
    server.settings = {"url": f"http://127.0.0.1:{server.server_port}/feed"}
    server.feed = Feed(Door(frozenset({Allowed("127.0.0.1", server.server_port)})))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def poll(site, cursor=None):
    batches = list(site.feed.listen(site.settings, cursor or {}))
    return [parcel.external_id for batch in batches for parcel in batch.parcels], batches[-1].cursor


def test_entries_come_oldest_first_and_once(site):
    ids, cursor = poll(site)
    assert ids == ["a", "b"]
    assert poll(site, cursor)[0] == []
    assert site.asked[1]["if-none-match"] == '"1"'


def test_without_etag_an_equal_feed_brings_nothing(site):
    site.etag = ""
    _, cursor = poll(site)
    assert poll(site, cursor)[0] == []
    site.body = rss("c", "b", "a")
    assert poll(site, cursor)[0] == ["a", "b", "c"]


def test_another_address_begins_afresh(site):
    _, cursor = poll(site)
    site.settings = {"url": site.settings["url"] + "?other"}
    assert poll(site, cursor)[0] == ["a", "b"]


def test_only_the_last_batch_moves_the_cursor(site):
    site.body = rss(*range(450))
    batches = list(site.feed.listen(site.settings, {"etag": "", "url": "old"}))
    assert [len(batch.parcels) for batch in batches] == [200, 200, 50]
    assert [batch.cursor.get("etag") for batch in batches] == [None, None, '"1"']


def test_one_id_with_two_texts_is_named(site):
    site.body = HEAD.encode() + (rss("a") + rss("a", words="Other") + rss("a")).replace(HEAD.encode(), b"")
    (batch,) = site.feed.listen(site.settings, {})
    assert [parcel.external_id for parcel in batch.parcels] == ["a"]
    assert len(batch.broken) == 1
    assert "a with different words" in batch.broken[0].why


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"length": 50_000_000}, "has 50,000,000 bytes; the limit is 10,000,000 bytes"),
        ({"status": 410, "etag": ""}, "gone for good"),
        ({"status": 500, "etag": ""}, "status 500"),
        ({"body": b"<html>"}, "web page"),
    ],
)
def test_a_feed_that_cannot_be_read_is_unreachable_in_words(site, change, words):
    vars(site).update(change)
    with pytest.raises(Unreachable, match=words):
        poll(site)
    assert words in site.feed.check(site.settings)[0]


def test_a_private_feed_is_unreachable(site):
    with pytest.raises(Unreachable, match="private address"):
        list(Feed(Door()).listen(site.settings, {}))
    with pytest.raises(Unreachable, match="no address"):
        list(Feed(Door()).listen({}, {}))


def test_check_finds_the_feeds_of_a_page(site):
    site.body = b'<html><link type="application/rss+xml" href="/latest.rss">'
    assert site.feed.check(site.settings)[0].endswith(f"http://127.0.0.1:{site.server_port}/latest.rss")
    site.body = rss("a")
    assert site.feed.check(site.settings) == []


def test_an_endless_feed_ends_at_the_limit(site):
    site.body = rss(*range(100))
    small = Feed(site.feed.door, Limits(size=1000))
    with pytest.raises(Unreachable, match="limit is 1,000"):
        list(small.listen(site.settings, {}))


def test_nothing_can_be_said(site):
    out = Outgoing("k", Author("x"), "hello", "a", "a")
    assert site.feed.deliver({}, out) == Refused(site.feed.deliver({}, out).why, permanent=True)
    assert site.feed.find({}, out) is None
    assert not site.feed.speaks
