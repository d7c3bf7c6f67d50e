import contextlib
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.contract import Unreadable
from tellback.networks.mail import fuzz
from tellback.networks.mail.adapter import adapter
from tellback.networks.mail.body import safe_name
from tellback.networks.mail.payload import identity, pack, unpack

SETTINGS = {"address": "help@norrtel.example"}
HEAD = b"From: Ines Aldermoor <Ines@Aldermoor.example>\nTo: help@norrtel.example\nSubject: No signal\n"
FROM = b"From: ines@aldermoor.example\n"


def read(raw, **settings):
    return adapter.parse(pack(raw), {**SETTINGS, **settings})


def mail(body=b"No signal in Corrin.", *lines):
    return HEAD + b"".join(line + b"\n" for line in lines) + b"\n" + body


def multipart(kind, *parts):
    inner = b"".join(b"--x\n" + part + b"\n" for part in parts)
    return HEAD + b"Content-Type: multipart/" + kind + b'; boundary="x"\n\n' + inner + b"--x--\n"


def test_a_plain_mail_is_read():
    said = read(mail(b"No signal.\n", b"Message-ID: <a1@aldermoor.example>", b"Date: Mon, 4 May 2026 10:00:00 +0200"))
    assert (said.external_id, said.thread, said.answers) == ("a1@aldermoor.example", "a1@aldermoor.example", "")
    assert (said.author.handle, said.author.name) == ("ines@aldermoor.example", "Ines Aldermoor")
    assert (said.text, said.title, said.kind, said.public) == ("No signal.", "No signal", "mail", False)
    assert said.written_at == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert (said.automatic, said.own, said.enclosed) == ("", False, ())


def test_a_thread_is_known_by_its_first_mail():
    deep = read(mail(b"x", b"References: <r1@a.example>\n <r2@a.example>", b"In-Reply-To: <r2@a.example>"))
    flat = read(mail(b"x", b"In-Reply-To: Your mail <r2@a.example>"))
    only = read(mail(b"x", b"References: <r1@a.example> <r2@a.example>"))
    assert [(one.thread, one.answers) for one in (deep, flat, only)] == [
        ("r1@a.example", "r2@a.example"), ("r2@a.example", "r2@a.example"), ("r1@a.example", "r2@a.example"),
    ]  # fmt: skip


def test_without_an_id_a_mail_is_known_by_its_bytes():
    assert read(mail()).external_id == read(mail()).external_id == identity(mail())
    assert read(mail()).external_id.startswith("sha256:")
    assert identity(mail(b"other")) != identity(mail())


def test_plain_text_goes_before_html_unless_it_says_nothing():
    plain, html = b"Content-Type: text/plain\n\nplain words", b"Content-Type: text/html\n\n<p>html <b>words"
    assert read(multipart(b"alternative", plain, html)).text == "plain words"
    assert read(multipart(b"alternative", b"Content-Type: text/plain\n\n \n", html)).text == "html words"
    assert read(multipart(b"alternative", html)).text == "html words"
    assert read(multipart(b"mixed", plain, b"Content-Type: text/plain\n\nmore")).text == "plain words\n\nmore"


def test_script_in_html_is_no_text():
    said = read(mail(b"<script>alert(1)</script><p onclick=x>Hi", b"Content-Type: text/html"))
    assert said.text == "Hi"


@pytest.mark.parametrize(
    ("declared", "raw", "text"),
    [
        (b"utf-8", "Grüße 😀".encode(), "Grüße 😀"),
        (b"iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        (b"us-ascii", "“so”".encode("cp1252"), "“so”"),
        (b"no-such-charset", "Grüße".encode(), "Grüße"),
        (b"unicode_escape", b"\\u0041", "\\u0041"),
        (b"utf-8", b"a\x00b\xff", "ab\ufffd"),
    ],
)
def test_broken_charsets_are_read(declared, raw, text):
    assert read(mail(raw, b"Content-Type: text/plain; charset=" + declared)).text == text


def test_encoded_and_raw_headers_are_read():
    raw = b"From: =?utf-8?q?Odile_F=C3=A4rr?= <odile@farrow.example>\nSubject: =?iso-8859-1?q?Gr=FC=DFe?= da\n\nx"
    assert (read(raw).author.name, read(raw).title) == ("Odile Färr", "Grüße da")
    raw = "From: Odile Färr <odile@farrow.example>\nSubject: Grüße\n\nx"
    assert read(raw.encode()).author.name == read(raw.encode("latin-1")).author.name == "Odile Färr"
    assert read(raw.encode()).title == read(raw.encode("latin-1")).title == "Grüße"


@pytest.mark.parametrize(
    "line",
    [
        b'From: "Ines, of Corrin" <ines@aldermoor.example>', b"From: <ines@aldermoor.example>, b@c.example",
        b"From: ines@aldermoor.example (Ines)", b"From: Ines ines@aldermoor.example",
        b"From: =?x?=<ines@aldermoor.example",
        b"From:\n ines@aldermoor.example", b"Sender: ines@aldermoor.example", b"from: INES@ALDERMOOR.EXAMPLE",
        b"From: undisclosed: ines@aldermoor.example;", b"Return-Path: <ines@aldermoor.example>",
    ],
)  # fmt: skip
def test_senders_in_many_shapes_are_found(line):
    assert read(line + b"\n\nx").author.handle == "ines@aldermoor.example"


@pytest.mark.parametrize("raw", [b"Subject: x\n\nx", b"From: nobody\n\nx", b"From: \n\nx", b"", b"\n\n", b"x"])
def test_a_mail_without_a_sender_is_unreadable_in_words(raw):
    with pytest.raises(Unreadable, match=r"names no sender|is empty"):
        read(raw)


@pytest.mark.parametrize("date", [b"Date: Fri, 31 Dec 9999 23:59:59 -1200", b"Date: soon", b"X: y"])
def test_senseless_dates_fall_back_to_the_servers(date):
    assert read(mail(b"x", date)).written_at is None
    received = b"Received: from a by b; Mon, 4 May 2026 08:00:00 +0000"
    assert read(mail(b"x", received, date)).written_at == datetime(2026, 5, 4, 8, tzinfo=UTC)


def test_files_are_enclosed_under_safe_names():
    said = read(
        multipart(
            b"mixed",
            b"Content-Type: text/plain\n\nsee the bill",
            b'Content-Type: application/pdf; name="x"\nContent-Disposition: attachment; filename="../../bill.pdf"\n'
            b"Content-Transfer-Encoding: base64\n\nJVBERg==",
            b"Content-Type: image/png\nContent-Disposition: inline\n\n\x89PNG",
            b"Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.txt\n\nhi",
            b"Content-Type: message/rfc822\n\nFrom: a@b.example\nSubject: old\n\nold words",
        )
    )
    assert said.text == "see the bill"
    assert [(one.name, one.media_type) for one in said.enclosed] == [
        ("bill.pdf", "application/pdf"), ("file-2.png", "image/png"),
        ("résumé.txt", "text/plain"), ("file-4.eml", "message/rfc822"),
    ]  # fmt: skip
    assert said.enclosed[0].content == b"%PDF"
    assert b"old words" in said.enclosed[3].content


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..\\..\\x.exe", "x.exe"), ("/etc/passwd", "passwd"), ("...", "file-1.bin"), ("", "file-1.bin"),
        ("con.txt", "_con.txt"),
        (".htaccess", "htaccess"), ("a b\n.txt", "a_b_.txt"), ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("a:b?.c", "a_b_.c"),
    ],
)  # fmt: skip
def test_names_of_files_are_made_safe(name, safe):
    assert safe_name(name, "", 1) == safe


def test_the_own_mailbox_is_known():
    assert read(b"From: Norrtel <HELP@norrtel.example>\n\nx").own
    assert not read(mail()).own


def test_a_form_of_the_own_site_speaks_for_the_customer():
    said = read(b"From: help@norrtel.example\nReply-To: Tove <tove@hallam.example>\n\nx")
    assert (said.author.handle, said.own) == ("tove@hallam.example", False)


def test_the_full_text_is_kept_beside_the_short_one():
    said = read(mail(b"Still broken.\n\nOn Monday, Norrtel wrote:\n> We are on it.\n"))
    assert said.text == "Still broken."
    assert said.extra["full"].endswith("> We are on it.")
    assert said.extra["to"] == ["help@norrtel.example"]


@given(st.binary())
def test_a_payload_is_the_mail_byte_for_byte(raw):
    assert fuzz.round_trip(raw) is not None


def test_a_payload_of_others_is_unreadable():
    with pytest.raises(Unreadable, match="above U"):
        unpack("smile 😀")


DEEP = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(200))


@pytest.mark.parametrize(
    "raw",
    [
        b"From: " + b"(a" * 200_000 + b" x@y.example\n\nhi",
        FROM + b"Subject: " + b"=?utf-8?b?YWFh?=\n " * 50_000 + b"\n\nhi",
        FROM + b"Content-Type: text/plain; " + b"a=b;" * 100_000 + b"\n\nhi",
        FROM + b'Content-Type: multipart/mixed; boundary="x"\n\n' + b"--x\n\nhi\n" * 50_000,
        FROM + DEEP,
        FROM + b"Content-Type: message/rfc822\n\n" * 2_000,
        FROM + b"References: " + b"<a@b> " * 200_000 + b"\n\nhi",
        FROM + b"\n" + b"> hi\n" * 200_000,
        FROM + (b"On " + b"x" * 390 + b"\n") * 5_000,
        FROM + b"Content-Type: text/html\n\n" + b"<div>" * 500_000,
    ],
    ids=[
        "comments",
        "words",
        "parameters",
        "parts",
        "deep",
        "forwarded",
        "references",
        "quotes",
        "attributions",
        "html",
    ],
)
def test_bombs_are_read_or_refused_in_good_time(raw):
    begin = time.monotonic()
    with contextlib.suppress(Unreadable):
        fuzz.whole(raw)
    assert time.monotonic() - begin < 5


DELIVERY = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nAction: failed\nStatus: 5.1.1\n"
COPY = b"Content-Type: message/rfc822\n\nMessage-ID: <k@n.example>\n\nx"
HTML = b"Content-Type: text/html; charset=utf-8\n\n<p>a"
SEEDS = [
    mail(b"x", b"Message-ID: <a@b.example>", b"Date: Mon, 4 May 2026 10:00:00 +0200", b"References: <r@b.example>"),
    multipart(b"mixed", HTML, b"Content-Disposition: attachment; filename=x\n\ny"),
    multipart(b"report; report-type=delivery-status", DELIVERY, COPY),
]
SCRAPS = st.sampled_from(
    [
        *[b"=?utf-8?q?", b"?=", b"<", b">", b"(", b'"', b"\n", b"\r\n", b"\n ", b";", b"*0*=", b"boundary=x", b"--x\n"],
        *[b"Content-Type: ", b"message/rfc822", b"base64", b"From: ", b"@", b"\x00", b"\xff"],
    ]
)


@given(st.data())
def test_any_broken_mail_is_read_or_unreadable(data):
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(0, 10))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 12))] = data.draw(SCRAPS | st.binary(max_size=8))
    for target in fuzz.targets().values():
        try:
            target(bytes(raw))
        except fuzz.ALLOWED:
            pass


@given(st.lists(SCRAPS | st.binary(max_size=6), max_size=30))
def test_any_bytes_are_read_or_unreadable(parts):
    for raw in (b"".join(parts), FROM + b"".join(parts)):
        try:
            fuzz.whole(raw)
        except Unreadable:
            pass
