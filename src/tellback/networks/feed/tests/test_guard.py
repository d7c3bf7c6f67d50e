import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.contract import Unreadable
from tellback.networks.feed import guard as guarding
from tellback.networks.feed.guard import guard
from tellback.networks.feed.reading import entries, payload

WORD = "Corrin" * 500
FEED = "<rss version='2.0'><channel><item><description>{}</description></item></channel></rss>"
BOMB = f'<!DOCTYPE rss [<!ENTITY a "{WORD}">]>'
LINES = f'\n<!DOCTYPE rss>\n<!ENTITY a "{WORD}">\n'
USES = "&a;" * 30
SPLIT = f'<<!DOCTYPE x>!DOCTYPE rss [<<!DOCTYPE x>!ENTITY a "{WORD}">]>'
WALKS = [
    SPLIT,
    f"<?a b?>{SPLIT}",
    SPLIT.replace("!DOCTYPE x", "!dOcTyPe x"),
    f"<?a{LINES}?>",
    f"<!--{LINES}-->",
    f"<!--{LINES}",
    f"<?a{LINES}",
    f"<![CDATA[{LINES}]]>",
    f"<!--\n<!DOCTYPE -->{LINES}-->",
    f"<<!---->!DOCTYPE rss [<<!---->!ENTITY a '{WORD}'>]>",
    f"<<?x?>!DOCTYPE rss [<<?x?>!ENTITY a '{WORD}'>]>",
    f"<<![CDATA[!DOCTYPE rss [<<![CDATA[!ENTITY a '{WORD}'>]]>]>",
    f"<a {BOMB}",
    BOMB.replace("<!", "<\0!"),
    f"{BOMB}".replace("<!", "<\ufeff!"),
]
ALPHABETS = ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


def words(raw, charset=""):
    try:
        return "".join(map(payload, entries(raw, charset))).count(WORD)
    except Unreadable:
        return 0


@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("alphabet", ALPHABETS)
@pytest.mark.parametrize("broken", ["", "</broken", "&nbsp;"])
def test_no_way_round_makes_one_word_many(walk, alphabet, broken):
    feed = walk + FEED.format(USES + broken)
    assert words(feed.encode(alphabet), alphabet) <= 1


def test_a_half_of_a_letter_joins_nothing():
    feed = f"<?a \ud800>\n<!--\ud800-{LINES}-->" + FEED.format(USES)
    assert words(feed.encode("utf-7", "surrogatepass"), "utf-7") <= 1


PIECES = st.sampled_from(
    ["<", ">", "!", "?", "<!", "<?", "?>", "<!--", "-->", "-- >", "<![CDATA[", "]]>", "]", "[", "<!DOCTYPE x>", "\n",
     "<!doctype rss>", "!DOCTYPE rss [", "<!DOCTYPE rss SYSTEM 'x'>", f'!ENTITY a "{WORD}">', f'<!eNTITY a "{WORD}">',
     BOMB, LINES, "DOCTYPE", "<a", "<a>", "<a b='", "'", '"', "/>", "</a>", "</", "<1", "&a;", "&lt;", "\0", "é"]
)  # fmt: skip
JOINED = st.lists(PIECES, max_size=12).map("".join)


def nested(inner):
    """Something with something else put in at any place."""
    return st.builds(lambda outer, one, at: outer[: at % (len(outer) + 1)] + one + outer[at % (len(outer) + 1) :],
                     inner, inner, st.integers(0, 80))  # fmt: skip


NESTINGS = st.recursive(JOINED | st.sampled_from(WALKS), nested, max_leaves=5)


@given(NESTINGS)
def test_what_comes_through_holds_words_and_whole_tags_only(text):
    try:
        written = guard(text)
    except Unreadable:
        return
    assert not re.search(r"<[!?]", written)
    assert re.fullmatch(r"""(?:[^<]|</?[^\W\d][^<]*>)*+""", written)
    assert guard(written) == written


@given(NESTINGS, st.sampled_from(ALPHABETS), st.booleans())
def test_no_nesting_of_declarations_makes_more_of_a_word(text, alphabet, within):
    feed = FEED.format(text + USES) if within else text + FEED.format(USES)
    assert words(feed.encode(alphabet), alphabet) <= feed.count(WORD)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<!DOCTYPE rss PUBLIC 'x' 'y'><rss/>", " <rss/>"),
        ("<?xml version='1.0'?><a>b<!-- c -->d</a>", "<a>bd</a>"),
        ("<a><![CDATA[<b>&amp;]]></a>", "<a>&lt;b&gt;&amp;amp;</a>"),
        ("<a>1 < 2 <3</a>", "<a>1 &lt; 2 &lt;3</a>"),
        ("<a b='c > d'/>", "<a b='c > d'/>"),
        ("<a b=c'><d>", "<a b=c'><d>"),
        ("<a><![CDATA[broken <off", "<a>broken &lt;off"),
        ("<a><!-- never <b>closed</b>", "<a>&lt;!-- never <b>closed</b>"),
    ],
)
def test_a_text_is_written_anew(text, written):
    assert guard(text) == written


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"<!DOCTYPE <{BOMB}>", "entities"),
        ("<a b='/>'>" * 300, "nested"),
        ("<a></1>" * 300, "nested"),
        ("<" * 300_001, "tags"),
        ("<!--" * 300_001, "tags"),
        ("<![CDATA[" + "&" * 6_000_000 + "]]>", "characters"),
        (f"<a xml:base='http://x.example/{'b' * 200_000}/'>" + "<link href='c'/>" * 1000, "xml:base"),
        (f"<a xml:lang='{'b_' * 100_000}'>" + "<b/>" * 1000, "xml:lang"),
        ("<item>" + "<category>x</category>" * 600 + "</item>", "categories"),
        ("<entry><media:keywords>" + "a," * 600 + "</media:keywords></entry>", "categories"),
        ("<a base='http://x.example/'/>" + "<a base='bbbbbbbbb/'/>" * 10_000, "xml:base"),
    ],
)
def test_what_fills_or_nests_is_refused_in_words(text, why):
    with pytest.raises(Unreadable, match=why):
        guard(text)


def test_an_honest_base_is_heeded():
    feed = "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://x.example/b/'><entry><link href='c'/></entry>"
    assert entries((feed + "</feed>").encode())[0]["link"] == "http://x.example/b/c"


def test_many_entries_may_have_many_categories():
    text = ("<item>" + "<category>x</category>" * 400 + "</item>") * 3
    assert guard(text) == text


def test_the_guard_looks_once(monkeypatch):
    monkeypatch.setattr(guarding, "MOST", 10**9)
    text = "<!--" * 200_000 + "<a " * 200_000 + "<a '" * 200_000
    assert len(guard(text)) == len(text) + 3 * 600_000
