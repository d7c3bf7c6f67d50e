import pytest

from tellback.networks.contract import Author, Outgoing
from tellback.networks.mail.adapter import adapter
from tellback.networks.mail.payload import pack
from tellback.networks.mail.writing import compose, message_id

FROM = b"From: ines@aldermoor.example\n"
OURS = message_id("k-17", "help@norrtel.example")


def read(raw, address="help@norrtel.example"):
    return adapter.parse(pack(raw), {"address": address})


def report(action=b"failed", copy=b"message/rfc822"):
    return (
        b"From: MAILER-DAEMON@mx.example\nAuto-Submitted: auto-replied\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\n\n'
        b"--x\n\nIt did not go through.\n"
        b"--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        b"Final-Recipient: rfc822; Tove@Hallam.example\nAction: " + action + b"\nStatus: 5.1.1\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 no such\n user here\n\n"
        b"--x\nContent-Type: " + copy + b"\n\nFrom: help@norrtel.example\n"
        b"Message-ID: <" + OURS.encode() + b">\n\nHello\n--x--\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (b"", ""),
        (b"Auto-Submitted: no\n", ""),
        (b"Auto-Submitted: auto-replied (vacation)\n", "auto-reply"),
        (b"Auto-Submitted: auto-generated; x=y\n", "auto-reply"),
        (b"X-Autoreply: yes\n", "auto-reply"),
        (b"Precedence: auto_reply\n", "auto-reply"),
        (b"Return-Path: <>\n", "auto-reply"),
        (b"Precedence: bulk\n", "list"),
        (b"List-Id: Corrin news <news.corrin.example>\n", "list"),
        (b"List-Unsubscribe: <https://x.example>\n", "list"),
        (b"List-Id: <help.norrtel.example>\nPrecedence: list\n", ""),
        (b"List-Id: <help.notnorrtel.example>\n", "list"),
        (b"X-Tellback-Key: k-17@norrtel.example\n", "loop"),
        (b"X-Tellback-Key: k-17@skylark.example\n", ""),
        (b"Message-ID: <" + OURS.encode() + b">\n", "loop"),
        (b"In-Reply-To: <" + OURS.encode() + b">\n", ""),
        (b"Received: from a by b\n" * 30, ""),
        (b"Received: from a by b\n" * 31, "loop"),
    ],
)
def test_what_a_machine_wrote_is_recognised(lines, kind):
    assert read(FROM + lines + b"\nx").automatic == kind


@pytest.mark.parametrize("copy", [b"message/rfc822", b"text/rfc822-headers"])
def test_a_bounce_names_the_mail_that_came_back(copy):
    said = read(report(copy=copy))
    assert (said.automatic, said.bounce_of) == ("bounce", OURS)
    assert said.extra["bounce"] == {
        "status": "5.1.1", "recipient": "Tove@Hallam.example", "why": "550 5.1.1 no such user here",
    }  # fmt: skip


def test_a_delay_and_a_receipt_are_no_bounces():
    assert [(one.automatic, one.bounce_of) for one in (read(report(b"delayed")), read(report(b"relayed")))] == [
        ("delayed", ""), ("receipt", ""),
    ]  # fmt: skip
    receipt = (
        FROM + b'Content-Type: multipart/report; boundary="x"\n\n--x\nContent-Type: message/disposition-notification\n'
    )
    assert read(receipt + b"\nDisposition: x; displayed\n--x--\n").automatic == "receipt"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: postmaster@mx.example\nIn-Reply-To: <" + OURS.encode() + b">\n\nfailed",
        b"From: Mailer-Daemon@mx.example\n\nfailed\n\nMessage-ID: <" + OURS.encode() + b">\n",
    ],
)
def test_bounces_outside_the_standard_are_recognised(raw):
    assert (read(raw).automatic, read(raw).bounce_of) == ("bounce", OURS)


def test_a_bounce_of_an_id_with_nul_is_storable():
    said = read(report().replace(b"Message-ID: <", b"Message-ID: <a\x00b"))
    assert said.bounce_of == "ab" + OURS


def test_a_bounce_may_lack_a_sender():
    raw = report().replace(b"From: MAILER-DAEMON@mx.example", b"From: <>", 1)
    assert (read(raw).author.handle, read(raw).automatic) == ("mailer-daemon", "bounce")


def test_our_own_mail_returning_is_a_loop():
    out = Outgoing("k-17", Author("ines@aldermoor.example"), "We are on it.", "a@b.example", "a@b.example")
    raw = compose(out, "help@norrtel.example", "Norrtel").as_bytes()
    assert (read(raw).automatic, read(raw).own, read(raw).external_id) == ("loop", True, OURS)
    assert read(raw, "care@skylark.example").automatic == ""
