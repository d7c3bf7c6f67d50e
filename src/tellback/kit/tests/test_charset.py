from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.kit.charset import decode, known, storable
from tellback.kit.dates import sensible

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "declared", "text"),
    [
        ("Grüße".encode(), "iso-8859-1", "Grüße"),
        ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
        ("“so”".encode("cp1252"), "us-ascii", "“so”"),
        ("Grüße".encode("latin-1"), "nonsense-9", "Grüße"),
        ("Привет".encode("koi8-r"), "koi8-r", "Привет"),
        ("話".encode("iso-2022-jp"), "iso-2022-jp", "話"),
        ("Grüße".encode("utf-16"), "", "Grüße"),
        (b"\xef\xbb\xbfab", "utf-16", "ab"),
        (b"\\u0041", "unicode_escape", "\\u0041"),
    ],
)
def test_text_is_found_whatever_was_declared(raw, declared, text):
    assert decode(raw, declared) == text


def test_codecs_that_are_no_alphabets_are_unknown():
    assert [known(name) for name in ("punycode", "hex", "unicode_escape", "", "x" * 5000)] == [""] * 5


@given(st.binary(), st.text(max_size=20))
def test_any_bytes_are_decoded(raw, declared):
    storable(decode(raw, declared)).encode()


def test_senseless_dates_are_none():
    last = datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12)))
    senseless = [last, datetime(1, 1, 1), NOW + timedelta(days=2)]
    assert [sensible(at, NOW) for at in senseless] == [None] * 3
    assert sensible(None, NOW) is None


def test_a_date_is_given_in_utc():
    berlin = datetime(2026, 5, 4, 13, tzinfo=timezone(timedelta(hours=2)))
    assert sensible(berlin, NOW) == datetime(2026, 5, 4, 11, tzinfo=UTC)
    assert sensible(datetime(2026, 5, 4, 11), NOW) == datetime(2026, 5, 4, 11, tzinfo=UTC)
