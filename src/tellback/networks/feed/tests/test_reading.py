import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.contract import Unreadable
from tellback.networks.feed import fuzz
from tellback.networks.feed.adapter import adapter
from tellback.networks.feed.reading import entries, feeds_named, identity, payload

RSS = """<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Corrin Talk</title>
<link>https://talk.example/</link><language>en</language>
<item><title>Second</title><link>https://talk.example/2</link><description>Still nothing</description></item>
<item><title>Norrtel down again</title><guid isPermaLink="false">t1</guid><link>https://talk.example/1</link>
<description>&lt;p&gt;No signal at the caf\xe9&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>
<pubDate>Mon, 04 May 2026 10:00:00 +0200</pubDate><dc:creator>Ines Aldermoor</dc:creator>
<enclosure url="https://talk.example/mast.jpg" type="image/jpeg" length="3"/></item>
</channel></rss>""".encode("latin-1")

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en">
<title>Skylark watch</title><entry><id>urn:a</id><title type="html">A &amp;lt;b&amp;gt; day</title><link href="/x"/>
<updated>2026-05-04T11:00:00Z</updated><published>2026-05-04T10:00:00Z</published>
<author><name>Tove Hallam</name><email>Tove@hallam.example</email></author>
<thr:in-reply-to ref="urn:b"/><content type="text">My bag is &lt;still&gt; in Corrin</content></entry></feed>"""

JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1", "title": "Odile writes", "language": "en",
        "authors": [{"name": "Odile Farrow"}],
        "items": [
            {"id": 7, "url": "https://odile.example/7", "content_html": "<p>Norrtel <b>billed</b> me twice",
             "date_published": "2026-05-04T10:00:00+02:00", "tags": ["bills"],
             "attachments": [{"url": "https://odile.example/bill.pdf", "mime_type": "application/pdf"}]},
            "nonsense", {"content_text": "no id"},
        ],
    }
).encode()  # fmt: skip


def read(raw, **settings):
    return [adapter.parse(payload(entry), settings) for entry in entries(raw, url="https://feed.example/f")]


def test_rss_is_read():
    first, second = read(RSS)
    assert (first.external_id, first.text, first.author.handle) == ("t1", "No signal at the café", "Ines Aldermoor")
    assert first.written_at.isoformat() == "2026-05-04T08:00:00+00:00"
    assert (first.url, first.lang, first.kind, first.public) == ("https://talk.example/1", "en", "article", True)
    assert [(file.name, file.url, file.content) for file in first.enclosed] == [
        ("mast.jpg", "https://talk.example/mast.jpg", None)
    ]
    assert (second.external_id, second.author.handle) == ("https://talk.example/2", "Corrin Talk")
    assert second.written_at is None


def test_atom_is_read():
    (one,) = read(ATOM)
    assert (one.title, one.text, one.url) == ("A <b> day", "My bag is <still> in Corrin", "https://feed.example/x")
    assert (one.author.handle, one.author.name) == ("tove@hallam.example", "Tove Hallam")
    assert (one.thread, one.answers, one.written_at.hour) == ("urn:b", "urn:b", 10)


def test_json_feed_is_read():
    second, first = read(JSON)
    assert (first.external_id, first.text, first.author.name) == ("7", "Norrtel billed me twice", "Odile Farrow")
    assert first.written_at.isoformat() == "2026-05-04T08:00:00+00:00"
    assert first.enclosed[0].media_type == "application/pdf"
    assert second.external_id.startswith("sha256:")
    assert first.extra == {"tags": ["bills"]}


def test_an_author_of_rss_is_a_name_and_an_address():
    named = RSS.replace(b"<dc:creator>Ines Aldermoor</dc:creator>", b"<author>Mail@x.example (Kim Lee)</author>")
    first, _ = read(named)
    assert (first.author.name, first.author.handle) == ("Kim Lee", "mail@x.example")


def test_an_edit_keeps_its_id_and_changes_its_payload():
    before, after = entries(RSS)[0], entries(RSS.replace(b"No signal", b"Signal again"))[0]
    assert identity(before) == identity(after)
    assert payload(before) != payload(after)
    assert payload(before) == payload(entries(RSS)[0])


@pytest.mark.parametrize("year", ["9999", "0001", "2999", "99999", "x"])
def test_senseless_dates_are_dropped(year):
    assert read(ATOM.replace(b"2026", year.encode()))[0].written_at is None


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_a_bomb_of_entities_is_refused_in_any_alphabet(charset):
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'
    with pytest.raises(Unreadable):
        entries(bomb.encode(charset))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"<!-- <a> --><!DOCTYPE x [<!ENTITY a 'b'>]><rss version='2.0'/>", "entities"),
        (b"<rss><![CDATA[x]]><!ENTITY a 'b'></rss>", "entities"),
        (b"<rss version='2.0'><channel>" + b"<a>" * 300, "nested"),
        (b"<rss version='2.0'><channel>" + b"<a/>" * 300_001, "tags"),
        (b"<!doctype html><html><head><title>Talk</title>", "web page"),
        (b"hello", "no RSS"),
        (b"", "no RSS"),
        (b'{"items": 3}', "JSON Feed"),
        (b'{"items": [' + b"[" * 100_000, "JSON"),
        (b'{"items": [1' + b"0" * 5_000 + b"]}", "JSON"),
    ],
)
def test_what_is_no_feed_or_a_harmful_one_is_refused_in_words(raw, words):
    with pytest.raises(Unreadable, match=words):
        entries(raw)


def test_entity_declarations_in_quoted_text_are_no_bomb():
    quoted = RSS.replace(b"Still nothing", b"<![CDATA[Write <!DOCTYPE x [<!ENTITY a 'b'>]> there]]>")
    assert len(entries(quoted)) == 2
    plain = RSS.replace(b"<rss", b'<!DOCTYPE rss SYSTEM "http://my.example/rss.dtd"><rss', 1)
    assert len(entries(plain)) == 2


def test_a_pages_feeds_are_found():
    page = '<link rel=alternate type="application/rss+xml" href="/a.rss"><LINK href=b.json type=application/feed+json>'
    assert feeds_named(page) == ["/a.rss", "b.json"]


@pytest.mark.parametrize(
    "bad", ["", "[]", "{", "3", "{}", '{"title": []}', '{"html": "<script>x</script>"}', "[" * 99_999]
)
def test_bad_payloads_are_unreadable(bad):
    with pytest.raises(Unreadable):
        adapter.parse(bad, {})


def test_nested_entries_and_half_letters_do_no_harm():
    deep = b"[" * 700 + b"]" * 700
    with pytest.raises(Unreadable, match=r"nested|JSON"):
        entries(b'{"items": [{"tags": ' + deep + b"}]}")
    with pytest.raises(Unreadable, match=r"nested|JSON"):
        adapter.parse('{"title": "x", "tags": ' + deep.decode() + "}", {})
    adapter.parse('{"title": "x \\ud800", "\\udcff": "y"}', {}).external_id.encode()


def test_links_that_run_are_no_links():
    entry = {"title": "x", "link": "javascript:alert(1)", "enclosed": [{"url": "data:x"}, 3, {"url": "http://["}]}
    said = adapter.parse(json.dumps(entry), {})
    assert (said.url, said.enclosed) == ("", ())


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["id", "url", "title", "items", "authors", "name", "attachments", "enclosed",
                                       "content_html", "feed", "tags", "at", "text", "answers"]), inner, max_size=6),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(JSONISH, max_size=3))
def test_any_json_feed_is_read_or_refused(items):
    for said in fuzz.whole(json.dumps({"items": items}).encode()):
        said.encode()


@given(JSONISH)
def test_any_payload_is_read_or_refused(value):
    try:
        adapter.parse(json.dumps(value), {}).text.encode()
    except Unreadable:
        pass


@given(st.data())
def test_any_broken_feed_is_read_or_refused(data):
    raw = bytearray(data.draw(st.sampled_from([RSS, ATOM, JSON])))
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    for target in fuzz.targets().values():
        try:
            target(bytes(raw))
        except fuzz.ALLOWED:
            pass
