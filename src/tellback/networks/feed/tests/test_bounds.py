import json
import tracemalloc

import httpx
import pytest

from tellback.kit.http import Page
from tellback.networks.contract import Parcel, Unreachable
from tellback.networks.feed import reading
from tellback.networks.feed.adapter import HEAD, LONGEST, LONGEST_TEXT, adapter, batches
from tellback.networks.feed.reading import MOST, MOST_SAID

URL = "https://feed.example/f"
MEGABYTE = 1_000_000


def page(raw, url=URL):
    return Page(url, 200, httpx.Headers(), raw if isinstance(raw, bytes) else raw.encode())


def feed(items, **about):
    return page(json.dumps({"version": "https://jsonfeed.org/version/1.1", **about, "items": items}))


def rss(items, head=""):
    return page(f"<rss version='2.0'><channel>{head}{items}</channel></rss>")


def arrived(fetched):
    found = list(batches(fetched, {}, {"done": 1}))
    return [one for each in found for one in each.parcels], [one for each in found for one in each.broken]


def peak(fetched):
    """(parcels, refused, bytes of memory at the most) of a poll whose batches are let go as they are taken."""
    tracemalloc.start()
    try:
        counts = [(len(each.parcels), len(each.broken)) for each in batches(fetched, {}, {})]
        return *map(sum, zip(*counts, strict=True)), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_what_a_feed_says_once_is_short_in_each_entry():
    long = "x" * 2 * MEGABYTE
    about = {"title": long, "home_page_url": long, "language": long, "authors": [{"url": long}]}
    (one,), _ = arrived(feed([{"id": "a", "content_text": "No signal"}], **about))
    said = json.loads(one.payload)
    assert (len(said["feed"]["title"]), len(said["feed"]["link"]), len(said["lang"])) == (500, 500, 500)
    assert len(said["author"]) == 500
    head = f"<title>{long}</title><link>https://x.example/{long}</link><language>{long}</language>"
    (one,), _ = arrived(rss("<item><guid>a</guid></item>", head))
    assert len(one.payload) < 2000


def test_an_author_may_be_anything():
    for authors in ([{"name": ["x"], "url": {}}], [3], "x", [{}], [{"name": 7}]):
        assert len(arrived(feed([{"id": "a"}], authors=authors))[0]) == 1


def test_a_long_title_and_many_entries_stay_small_in_memory():
    items = [{"id": number, "content_text": "x"} for number in range(100_000)]
    parcels, refused, most = peak(feed(items, title="x" * 2 * MEGABYTE))
    assert (parcels, refused) == (MOST, 1)
    assert most < 100 * MEGABYTE


def test_many_entries_of_xml_stay_small_in_memory():
    items = "".join(f"<item><guid>{number}</guid></item>" for number in range(8_000))
    parcels, refused, most = peak(rss(items, f"<title>{'x' * 2 * MEGABYTE}</title>"))
    assert (parcels, refused) == (MOST, 1)
    assert most < 150 * MEGABYTE


def test_a_batch_is_made_when_it_is_asked_for(monkeypatch):
    made = []
    monkeypatch.setattr("tellback.networks.feed.adapter.payload", lambda entry: made.append(1) or str(entry))
    ahead = batches(feed([{"id": number} for number in range(1000)]), {}, {})
    assert len(next(ahead).parcels) == 200
    assert len(made) == 400


def test_the_newest_entries_are_taken_and_the_rest_is_told():
    parcels, broken = arrived(feed([{"id": number} for number in range(MOST + 7)]))
    assert [one.external_id for one in (parcels[0], parcels[-1])] == [str(MOST - 1), "0"]
    assert [(one.place, one.why[:33]) for one in broken] == [(URL, "7 older entries were left out: 5,")]


def test_all_that_a_poll_says_has_a_bound(monkeypatch):
    monkeypatch.setattr(reading, "MOST_SAID", 10_000)
    parcels, broken = arrived(feed([{"id": number, "content_text": "x" * 3000} for number in range(9)]))
    assert [one.external_id for one in parcels] == ["2", "1", "0"]
    assert broken[0].why.startswith("6 older entries")
    assert f"{MOST_SAID:,} characters" in broken[0].why


@pytest.mark.parametrize("link", ["", "https://x.example/a"])
def test_an_entry_that_is_too_large_is_set_aside_in_words(link):
    items = [{"id": "a", "url": link, "content_text": "x" * LONGEST}, {"id": "b", "content_text": "x" * 900_000}]
    (one,), (refused,) = arrived(feed(items))
    assert one.external_id == "b"
    assert refused.place == (link or URL)
    assert refused.why.startswith("The entry a has 1,000,")
    assert "the limit is 1,000,000" in refused.why
    assert len(refused.payload) == HEAD


def test_a_long_text_is_cut_and_says_so():
    (one,), _ = arrived(feed([{"id": "a", "content_text": "x" * 300_000, "tags": ["x" * 300, "y"] * 60}]))
    said = adapter.parse(one.payload, {})
    assert len(said.text) == LONGEST_TEXT
    assert said.extra["text_fault"] == "The text is 300,000 characters long; the first 200,000 are shown."
    assert [len(tag) for tag in said.extra["tags"][:2]] == [200, 1]
    assert len(said.extra["tags"]) == 50
    assert isinstance(one, Parcel)


def test_a_long_address_is_put_before_no_link():
    many = "<enclosure url='b'/>" * 1000
    found, _ = arrived(page(f"<rss version='2.0'><channel><item><guid>a</guid>{many}</item></channel></rss>",
                            "https://x.example/" + "y" * 60_000 + "/"))  # fmt: skip
    assert [len(one.payload) < 10_000 for one in found] == [True]


def test_json_of_too_many_parts_is_refused_in_words():
    with pytest.raises(Unreachable, match="300,000 lists and objects"):
        arrived(page('{"items": [' + "[]," * 300_000 + "[]]}"))
