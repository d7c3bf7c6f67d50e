"""Mail through real servers: Dovecot for IMAP, aiosmtpd for SMTP."""

import socket
import threading
import time

import pytest
from aiosmtpd.controller import Controller

from tellback.networks.contract import Author, Delivered, Outgoing, Unreachable
from tellback.networks.mail import Mail
from tellback.networks.mail.box import LARGEST
from tellback.networks.mail.writing import message_id
from tests.peers.dovecot import PROGRAM, dovecot, free_port

pytestmark = [pytest.mark.peers, pytest.mark.skipif(not PROGRAM, reason="Dovecot is not installed")]

COMPLAINT = (
    b"From: Ines Aldermoor <ines@aldermoor.example>\r\nTo: help@norrtel.example\r\nSubject: No signal in Corrin\r\n"
    b"Message-ID: <c%d@aldermoor.example>\r\nReferences: <c0@aldermoor.example>\r\n\r\nStill no signal.\r\n"
)


@pytest.fixture(scope="module")
def imap():
    with dovecot() as server:
        yield server


class Sink:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 kept"


@pytest.fixture
def smtp():
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.port = controller.port
    yield sink
    controller.stop()


@pytest.fixture
def settings(imap, request):
    return {
        "address": "help@norrtel.example", "name": "Norrtel Support", "user": request.node.name,
        "password": imap.password,
        "imap_host": "127.0.0.1", "imap_port": imap.port, "imap_security": "plain", "history_days": 7, "idle": False,
        "smtp_host": "127.0.0.1", "smtp_security": "plain", "smtp_user": "-", "sent_folder": "Sent",
    }  # fmt: skip


def poll(settings, cursor=None):
    batches = list(Mail().listen(settings, cursor or {}))
    parcels = [parcel for batch in batches for parcel in batch.parcels]
    return parcels, [one for batch in batches for one in batch.broken], batches[-1].cursor


def arrive(imap, settings, number=1, raw=None):
    imap.append(settings["user"], raw or COMPLAINT % number)


def test_a_complaint_is_heard_answered_and_found(imap, smtp, settings):
    mail = Mail(waits=1)
    heard = mail.listen({**settings, "idle": True}, {})
    assert next(heard).parcels == ()
    threading.Timer(0.3, arrive, (imap, settings)).start()
    begin = time.monotonic()
    parcel = next(parcel for batch in heard for parcel in batch.parcels)
    assert time.monotonic() - begin < 5
    heard.close()
    said = mail.parse(parcel.payload, settings)
    assert (said.external_id, said.thread) == ("c1@aldermoor.example", "c0@aldermoor.example")
    assert said.author.handle == "ines@aldermoor.example"

    out = Outgoing("k-1", said.author, "We are on it.", said.external_id, said.thread, said.title,
                   references=tuple(said.extra["references"]))  # fmt: skip
    settings["smtp_port"] = smtp.port
    assert mail.find(settings, out) is None
    outcome = mail.deliver(settings, out)
    assert isinstance(outcome, Delivered)
    ((to, raw),) = smtp.mails
    assert to == ["ines@aldermoor.example"]
    assert b"In-Reply-To: <c1@aldermoor.example>\r\n" in raw
    assert b"References: <c0@aldermoor.example>\r\n <c1@aldermoor.example>\r\n" in raw
    assert f"Message-ID: <{outcome.external_id}>\r\n".encode() in raw
    found = mail.find(settings, out)
    assert found.external_id == outcome.external_id == message_id("k-1", settings["address"])
    assert abs((found.at - outcome.at).total_seconds()) < 60
    assert len(imap.mails(settings["user"], "Sent")) == 1


def test_an_answer_to_our_mail_proves_that_it_went_out(imap, settings):
    out = Outgoing("k-9", Author("ines@aldermoor.example"), "x", "", "")
    assert Mail().find(settings, out) is None
    own = message_id("k-9", settings["address"]).encode()
    arrive(imap, settings, raw=b"From: ines@aldermoor.example\r\nReferences: <" + own + b">\r\n\r\nthanks")
    assert Mail().find(settings, out).external_id == own.decode()


def test_a_mail_is_read_once_and_left_as_it_was(imap, settings):
    arrive(imap, settings, 1)
    arrive(imap, settings, 2)
    parcels, _, cursor = poll(settings)
    assert [one.external_id for one in parcels] == ["c1@aldermoor.example", "c2@aldermoor.example"]
    assert poll(settings, cursor)[0] == []
    arrive(imap, settings, 3)
    parcels, _, cursor = poll(settings, cursor)
    assert [one.external_id for one in parcels] == ["c3@aldermoor.example"]
    assert not any(b"Seen" in flags for flags, _ in imap.mails(settings["user"]))
    assert len(imap.mails(settings["user"])) == 3


def test_mail_is_marked_only_when_wanted_and_only_once_kept(imap, settings):
    settings["mark_seen"] = True
    arrive(imap, settings, 1)
    listening = Mail().listen(settings, {})
    assert len(next(listening).parcels) == 1
    assert not any(b"Seen" in flags for flags, _ in imap.mails(settings["user"]))
    next(listening)
    assert all(b"Seen" in flags for flags, _ in imap.mails(settings["user"]))
    listening.close()


def test_earlier_mail_is_left_alone_unless_wanted(imap, settings):
    settings["history_days"] = 0
    arrive(imap, settings, 1)
    parcels, _, cursor = poll(settings)
    assert parcels == []
    arrive(imap, settings, 2)
    assert [one.external_id for one in poll(settings, cursor)[0]] == ["c2@aldermoor.example"]


def test_mail_older_than_asked_for_never_comes(imap, settings):
    with imap.signed_in(settings["user"]) as client:
        client.append("INBOX", None, '"04-May-2020 10:00:00 +0000"', COMPLAINT % 1)
    parcels, _, cursor = poll(settings)
    assert parcels == []
    assert poll(settings, cursor)[0] == []


def test_a_folder_numbered_anew_is_read_again(imap, settings):
    arrive(imap, settings, 1)
    _, _, cursor = poll(settings)
    parcels, _, _ = poll(settings, {**cursor, "uidvalidity": 1, "uid": 999})
    assert [one.external_id for one in parcels] == ["c1@aldermoor.example"]


def test_a_mail_too_large_is_named_and_the_rest_goes_on(imap, settings):
    arrive(imap, settings, raw=COMPLAINT % 1 + b"x" * 76 * 10 + (b"y" * 78 + b"\r\n") * (LARGEST // 80))
    arrive(imap, settings, 2)
    parcels, broken, _ = poll(settings)
    assert [one.external_id for one in parcels] == ["c2@aldermoor.example"]
    assert len(broken) == 1
    assert "up to 25,000,000 are read" in broken[0].why
    assert "No signal in Corrin" in broken[0].payload


def test_many_mails_come_in_batches_that_each_move_the_cursor(imap, settings):
    with imap.signed_in(settings["user"]) as client:
        for number in range(120):
            client.append("INBOX", None, None, COMPLAINT % number)
    listening = Mail().listen(settings, {})
    first, second = next(listening), next(listening)
    listening.close()
    assert [len(first.parcels), len(second.parcels)] == [50, 50]
    rest, _, _ = poll(settings, first.cursor)
    assert [one.external_id for one in rest] == [f"c{number}@aldermoor.example" for number in range(50, 120)]


def test_nul_and_8_bit_come_through_byte_for_byte(imap, settings):
    arrive(imap, settings, raw="From: ines@aldermoor.example\r\n\r\nGrüße 😀".encode() + b"\xff\r\n")
    (parcel,), _, _ = poll(settings)
    assert Mail().parse(parcel.payload, settings).text.startswith("Grüße 😀")


def test_check_says_what_is_wrong(imap, smtp, settings):
    settings["smtp_port"] = smtp.port
    assert Mail().check(settings) == []
    assert "user name and password" in Mail().check({**settings, "password": "wrong"})[0]
    assert "no folder 'Nowhere'" in Mail().check({**settings, "folder": "Nowhere"})[0]
    assert "takes no connections" in Mail().check({**settings, "imap_port": free_port()})[0]
    assert "TLS" in Mail().check({**settings, "imap_security": "tls"})[0]
    assert "offers no sign-in" in Mail().check({**settings, "smtp_user": "ines"})[0]


def test_a_server_that_goes_away_is_unreachable(settings):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="takes no connections"):
        poll({**settings, "imap_port": port})
    with dovecot() as other:
        listening = Mail(waits=30).listen({**settings, "imap_port": other.port, "idle": True}, {})
        next(listening)
    with pytest.raises(Unreachable):
        list(listening)
