from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.contract import Author, Enclosed, Outgoing
from tellback.networks.mail.adapter import adapter
from tellback.networks.mail.payload import pack
from tellback.networks.mail.writing import NotSendable, compose, message_id

ADDRESS = "help@norrtel.example"
INES = Author("ines@aldermoor.example", "Ines Aldermoor")


def outgoing(**changes):
    plain = {"key": "k-1", "to": INES, "text": "We are on it.", "answers": "a2@x.example", "thread": "a1@x.example"}
    return Outgoing(**{**plain, "title": "No signal", **changes})


def written(**changes):
    return compose(outgoing(**changes), ADDRESS, "Norrtel Support").as_bytes()


def read(**changes):
    return message_from_bytes(written(**changes), policy=default)


def test_a_reply_is_a_proper_mail():
    mail = read()
    assert mail["From"] == "Norrtel Support <help@norrtel.example>"
    assert mail["To"] == "Ines Aldermoor <ines@aldermoor.example>"
    assert mail["Subject"] == "Re: No signal"
    assert mail["Message-ID"] == f"<{message_id('k-1', ADDRESS)}>"
    assert mail["In-Reply-To"] == "<a2@x.example>"
    assert mail["References"] == "<a1@x.example> <a2@x.example>"
    assert mail["Auto-Submitted"] is None
    assert mail.get_content().strip() == "We are on it."


def test_the_same_key_gives_the_same_id_and_others_others():
    keys = ["k-1", "k-2", "k 1", "k\n1", "K-1", "x" * 500]
    assert len({message_id(key, ADDRESS) for key in keys}) == len(keys)
    assert message_id("k-1", ADDRESS) == message_id("k-1", "HELP@NORRTEL.example")
    assert all(message_id(key, ADDRESS).isprintable() for key in keys)


@pytest.mark.parametrize(
    ("title", "subject"),
    [("Re: AW: re[2]: Hi", "Re: Hi"), ("", "Re: your message"), ("Hi\r\nBcc: x@y.example", "Re: Hi Bcc: x@y.example")],
)
def test_subjects_are_answered_once(title, subject):
    assert read(title=title)["Subject"] == subject


def test_long_ids_are_not_encoded_and_long_chains_are_cut_in_the_middle():
    long = "x" * 200 + "@x.example"
    raw = written(references=(long, *(f"r{number}@x.example" for number in range(50))))
    mail = message_from_bytes(raw)
    chain = mail["References"].split()
    assert (len(chain), chain[0], chain[-1]) == (20, "<a1@x.example>", "<a2@x.example>")
    assert f"<{long}>".encode() in written(references=(long,))
    assert max(map(len, written(references=(long,)).split(b"\r\n"))) < 998


def test_ids_that_are_no_message_ids_are_left_out():
    mail = read(answers="sha256:" + "0" * 64, thread="a b\r\nBcc: x@y.example")
    assert (mail["In-Reply-To"], mail["References"], mail["Bcc"]) == (None, None, None)


def test_files_go_out_under_safe_names():
    mail = read(enclosed=(Enclosed("../mast\r\n.png", "image/png", b"\x89PNG"), Enclosed("m", "message/rfc822", b"x")))
    assert [(one.get_filename(), one.get_content_type(), one.get_content()) for one in mail.iter_attachments()] == [
        ("mast_.png", "image/png", b"\x89PNG"),
        ("m", "application/octet-stream", b"x"),
    ]


@pytest.mark.parametrize(
    "handle", ["", "ines", "a@b\r\nBcc: x@y.example", "a@b, c@d", "<a@b>", "ü@x.example", "a b@c", "a@"]
)
def test_addresses_that_are_none_are_refused(handle):
    with pytest.raises(NotSendable, match=r"mail address|plain mail"):
        written(to=Author(handle))


def test_a_file_without_content_is_refused():
    with pytest.raises(NotSendable, match="no content"):
        written(enclosed=(Enclosed("x", "image/png", None, url="https://x.example"),))


ALLOWED = {"from", "to", "subject", "date", "message-id", "in-reply-to", "references", "x-tellback-key", "user-agent",
           "content-type", "content-transfer-encoding", "mime-version"}  # fmt: skip
WILD = st.text() | st.sampled_from(
    ["\r\nBcc: x@y.example\r\n", "\n\nbody", "\x00", "\r", "=?utf-8?q?=0ABcc:_x?=", "=??Q?=0A", "😀" * 99]
)


@given(st.lists(WILD, min_size=6, max_size=6))
def test_no_words_of_others_become_headers(words):
    key, name, text, answers, thread, title = words
    out = Outgoing(key, Author("ines@aldermoor.example", name), text, answers, thread, title, references=(thread, name))
    raw = compose(out, ADDRESS, title).as_bytes()
    mail = message_from_bytes(raw)
    assert {header.lower() for header in dict(mail.items())} <= ALLOWED
    assert raw.isascii()
    assert mail["To"].endswith("ines@aldermoor.example>") or mail["To"] == "ines@aldermoor.example"
    assert adapter.parse(pack(raw), {"address": ADDRESS}).external_id == message_id(key, ADDRESS)
