import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.kit.html import clean, to_text


def test_text_keeps_paragraphs_lists_and_quotes():
    html = "<p>Hello <b>there</b></p><ul><li>one<li>two</ul>"
    html += "<blockquote><p>old<blockquote>older</blockquote></blockquote>"
    assert to_text(html) == "Hello there\n\n- one\n- two\n\n> old\n\n> > older"


def test_link_keeps_its_address_unless_it_is_its_words():
    assert to_text('<a href="https://norrtel.example/x">the page</a>') == "the page (https://norrtel.example/x)"
    assert to_text('<a href="https://norrtel.example/">https://norrtel.example</a>') == "https://norrtel.example"


def test_scripts_and_styles_are_no_words():
    assert to_text("<style>p{}</style><script>alert(1)</script><p>Line down</p>") == "Line down"


def test_pre_keeps_its_spaces_and_entities_become_letters():
    assert to_text("<pre>a  b\nc</pre><p>1 &lt; 2 &amp; &#x1F600;") == "a  b\nc\n\n1 < 2 & 😀"


def test_nul_and_half_surrogates_are_not_kept():
    assert to_text("a\x00b\ud800c &#0; &#xD800;").isprintable()


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "&" * 1_000_000,
        "<" * 1_000_000,
        "<a " + "x=1 " * 250_000,
        "<blockquote>" * 2_900 + "x<br>" * 50_000,
    ],
    ids=["nested", "ampersands", "less", "attributes", "quotes"],
)
def test_hard_text_is_read_in_good_time(html):
    begin = time.monotonic()
    to_text(html)
    clean(html)
    assert time.monotonic() - begin < 5


def test_clean_leaves_nothing_that_runs_or_calls_out():
    dirty = '<p onclick="x()">Hi<img src="https://t.example/p.gif"><a href="javascript:x">y</a><iframe src=x></iframe>'
    assert clean(dirty) == '<p>Hi<a rel="noopener noreferrer nofollow">y</a></p>'


@given(st.text())
def test_any_text_is_read(text):
    for out in (to_text(text), clean(text)):
        out.encode()
        assert "\x00" not in out
    assert "<script" not in clean(text + "<script>x</script>" + text).lower()
