"""A complaint by mail goes the whole way, through a real IMAP and a real SMTP server, and back into the same thread."""

import io
from email import message_from_bytes, policy

import pytest
from PIL import Image

from tellback.cases import answering, closing
from tellback.cases.models import Case, Entry
from tellback.flow.listening import listen_once
from tellback.kit import secret
from tellback.kit.clock import now
from tellback.networks.contract import Enclosed
from tellback.networks.models import Connection
from tellback.notices.models import Notice
from tellback.replies.sending import CannotSend
from tellback.work.worker import run_all_due
from tests.peers.dovecot import PROGRAM, dovecot
from tests.peers.test_mail import smtp as smtp  # noqa: PLC0414  a fixture

pytestmark = [
    pytest.mark.peers,
    pytest.mark.django_db,
    pytest.mark.skipif(not PROGRAM, reason="Dovecot is not installed"),
]

COMPLAINT = (
    b"From: Ruben Ashby <ruben@ashby.example>\r\nTo: help@norrtel.example\r\nSubject: Charged twice\r\n"
    b"Message-ID: <first@ashby.example>\r\nDate: Mon, 02 Nov 2026 09:00:00 +0000\r\n\r\n"
    b"You charged me twice for October and nobody answers. Please fix it.\r\n"
)


@pytest.fixture
def mailbox(world, smtp):
    with dovecot() as imap:
        row = Connection.objects.create(
            workspace=world.workspace, brand=world.norrtel, network="mail", label="Mail", name="Help desk",
            made_at=now(),
            settings={
                "address": "help@norrtel.example", "name": "Norrtel", "user": "help", "imap_host": "127.0.0.1",
                "imap_port": imap.port, "imap_security": "plain", "history_days": 7, "idle": False,
                "smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "plain", "smtp_user": "-",
            },
            secrets=secret.seal({"password": imap.password}),
        )  # fmt: skip
        yield row, imap


def hear(mailbox, raw=None):
    row, imap = mailbox
    if raw:
        imap.append("help", raw)
    row.refresh_from_db()
    listen_once(row)
    row.refresh_from_db()
    assert row.last_fault == ""


def test_a_complaint_by_mail_becomes_a_case_and_is_answered_in_its_thread(world, smtp, mailbox):
    hear(mailbox)  # the first look only finds out where the mailbox stands
    hear(mailbox, COMPLAINT)
    case = Case.objects.get()
    assert (case.person.name, case.brand, case.network) == ("Ruben Ashby", world.norrtel, "Mail")
    answering.answer(case, text="I am Ines at Norrtel. 49 went back to you today.", by=world.ines, at=now())
    run_all_due()
    (to, content), *more = smtp.mails
    assert (to, more) == (["ruben@ashby.example"], [])
    answer = message_from_bytes(content, policy=policy.default)
    assert answer["In-Reply-To"] == "<first@ashby.example>"
    assert "<first@ashby.example>" in answer["References"]
    assert answer["Subject"] == "Re: Charged twice"
    reply = (
        b"From: Ruben Ashby <ruben@ashby.example>\r\nTo: help@norrtel.example\r\nSubject: Re: Charged twice\r\n"
        b"Message-ID: <second@ashby.example>\r\nIn-Reply-To: " + answer["Message-ID"].encode() + b"\r\n"
        b"References: <first@ashby.example> " + answer["Message-ID"].encode() + b"\r\n\r\nNo, it did not arrive.\r\n"
    )
    hear(mailbox, reply)
    case.refresh_from_db()
    assert Case.objects.count() == 1
    assert Entry.objects.filter(case=case, kind="post").count() == 2
    assert case.waiting_since is not None
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    assert len(smtp.mails) == 2
    run_all_due()
    assert len(smtp.mails) == 2


def test_a_bounce_says_that_the_reply_did_not_arrive(world, smtp, mailbox):
    hear(mailbox)
    hear(mailbox, COMPLAINT)
    reply = answering.answer(Case.objects.get(), text="I am Ines at Norrtel.", by=world.ines, at=now())
    run_all_due()
    sent = message_from_bytes(smtp.mails[0][1], policy=policy.default)["Message-ID"].encode()
    bounce = (
        b"From: Mail Delivery <mailer-daemon@ashby.example>\r\nTo: help@norrtel.example\r\nSubject: Undelivered\r\n"
        b"Message-ID: <bounce@ashby.example>\r\nAuto-Submitted: auto-replied\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\nNo such mailbox.\r\n"
        b"--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.ashby.example\r\n\r\n"
        b"Final-Recipient: rfc822; ruben@ashby.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--x\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: "
        + sent
        + b"\r\nFrom: help@norrtel.example\r\n\r\nx\r\n"
        b"--x--\r\n"
    )
    hear(mailbox, bounce)
    run_all_due()
    reply.refresh_from_db()
    assert (reply.state, Case.objects.count()) == ("failed", 1)
    assert "came back" in Notice.objects.get().words


def test_a_picture_goes_out_with_the_answer(world, smtp, mailbox):
    hear(mailbox)
    hear(mailbox, COMPLAINT)
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    picture = Enclosed("router.png", "image/png", out.getvalue())
    case = Case.objects.get()
    with pytest.raises(CannotSend, match="not kept"):
        answering.answer(case, text="Look.", by=world.ines, at=now(), files=[Enclosed("a.exe", "application/x", b"MZ")])
    answering.answer(case, text="I am Ines at Norrtel. Press here.", by=world.ines, at=now(), files=[picture])
    run_all_due()
    sent = message_from_bytes(smtp.mails[0][1], policy=policy.default)
    (part,) = sent.iter_attachments()
    assert (part.get_filename(), part.get_content_maintype()) == ("router.png", "image")
    assert len(smtp.mails) == 1
