import contextlib
import socket
import threading

import pytest

from tellback.networks.contract import Author, Delivered, Outgoing, Refused, Unknown, Unreachable
from tellback.networks.mail import Mail
from tellback.networks.mail.doors import imap_place
from tellback.networks.mail.posting import Patience
from tellback.networks.mail.writing import message_id

OUT = Outgoing("k-1", Author("ines@aldermoor.example"), "Hi\n.\n.dots", "a@x.example", "a@x.example", "No signal")
CUT, SILENT = "cut", "silent"


class Server:
    """An SMTP server on loopback that says at each verb what the test wants."""

    def __init__(self, **answers):
        self.answers = {"ehlo": "250 mx.example", "mail": "250 ok", "rcpt": "250 ok", "data": "354 go", ".": "250 kept"}
        self.answers.update(answers)
        self.mails, self.verbs = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.done = threading.Event()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.listener.close()
        self.thread.join(5)

    def serve(self):
        with contextlib.suppress(OSError):
            line, _ = self.listener.accept()
            with line, line.makefile("rwb") as file:
                self.talk(file)

    def talk(self, file):
        if not self.say(file, self.answers.get("greeting", "220 mx.example")):
            return
        while words := file.readline():
            verb = words.split()[0].decode().lower()
            self.verbs.append(verb)
            if verb == "data" and self.answers["data"].startswith("354"):
                self.say(file, self.answers["data"])
                if self.answers["."] == "cut early":
                    file.readline()
                    return
                self.mails.append(b"".join(iter(file.readline, b".\r\n")))
                verb = "."
            if not self.say(file, self.answers.get(verb, "250 ok")):
                return

    def say(self, file, words):
        if words == CUT:
            return False
        if words == SILENT:
            self.done.wait(5)
            return False
        file.write(words.encode() + b"\r\n")
        file.flush()
        return True


def settings(port, **changes):
    plain = {"address": "help@norrtel.example", "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "plain"}
    return {**plain, "smtp_user": "-", **changes}


def send(changes=None, out=OUT, **answers):
    with Server(**answers) as server:
        outcome = Mail(Patience(1, 1)).deliver(settings(server.port, **(changes or {})), out)
    return outcome, server


def test_a_mail_that_is_taken_is_delivered():
    outcome, server = send()
    assert isinstance(outcome, Delivered)
    assert outcome.external_id == message_id("k-1", "help@norrtel.example")
    assert server.mails[0].endswith(b"Hi\r\n..\r\n..dots\r\n")
    assert b"\n" not in server.mails[0].replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({"greeting": "421 busy"}, False), ({"greeting": "554 no"}, True), ({"mail": "451 later"}, False),
        ({"mail": "550 no"}, True), ({"rcpt": "450 grey"}, False), ({"rcpt": "550 no such user"}, True),
        ({"data": "451 later"}, False), ({"data": "554 no"}, True), ({".": "452 full"}, False),
        ({".": "552 large"}, True),
        ({"greeting": CUT}, False), ({"ehlo": CUT, "helo": CUT}, False), ({"mail": CUT}, False), ({"rcpt": CUT}, False),
        ({"data": CUT}, False), ({"rcpt": SILENT}, False), ({"greeting": "nonsense"}, False),
        ({"ehlo": "250-mx.example\r\n250 SIZE 100"}, True),
    ],
)  # fmt: skip
def test_a_no_before_the_mail_is_out_is_refused(answers, permanent):
    outcome, _ = send(**answers)
    assert isinstance(outcome, Refused)
    assert outcome.permanent is permanent
    assert outcome.why


@pytest.mark.parametrize("end", [CUT, SILENT, "cut early", "nonsense", "299"])
def test_a_cut_after_the_mail_began_is_unknown(end):
    outcome, server = send(**{".": end})
    assert isinstance(outcome, Delivered if end == "299" else Unknown)
    assert server.verbs.count("data") == 1


def test_a_refused_blind_copy_does_not_hold_the_reply():
    outcome, server = send({"copy_to": "archive@norrtel.example"})
    assert isinstance(outcome, Delivered)
    assert server.verbs.count("rcpt") == 2
    assert b"archive" not in server.mails[0]


def test_settings_and_addresses_that_cannot_work_are_refused_in_words():
    plain = Mail().deliver(settings(25, smtp_host="mx.norrtel.example"), OUT)
    assert plain == Refused("Mail to mx.norrtel.example would go unencrypted; choose tls or starttls for SMTP", False)
    nobody = Outgoing("k", Author("ines"), "x", "", "")
    assert Mail().deliver(settings(25), nobody).permanent
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    assert "takes no connections" in Mail().deliver(settings(closed), OUT).why


def test_starttls_and_sign_in_that_are_not_offered_are_refused():
    assert "STARTTLS" in send({"smtp_security": "starttls"})[0].why
    outcome, server = send({"smtp_user": "ines", "smtp_password": "x"})
    assert outcome == Refused("The SMTP server offers no sign-in; check its port, or put - as user", permanent=False)
    assert server.mails == []
    wrong, _ = send({"smtp_user": "i", "smtp_password": "x"}, ehlo="250-mx\r\n250 AUTH PLAIN", auth="535 wrong")
    assert not wrong.permanent
    assert "user name and password: 535 wrong" in wrong.why


def test_check_names_what_is_missing():
    wrong = Mail().check({})
    assert ["no mail address" in wrong[0], "no IMAP server" in wrong[1], "no SMTP server" in wrong[2]] == [True] * 3
    with pytest.raises(Unreachable, match="no number"):
        imap_place({"imap_host": "localhost", "imap_port": "x", "imap_security": "plain"})


def test_a_private_host_is_called_only_where_the_operator_names_it(monkeypatch):
    monkeypatch.setenv("TELLBACK_ALLOW_HOSTS", "")
    refused, server = send()
    assert isinstance(refused, Refused)
    assert "TELLBACK_ALLOW_HOSTS" in refused.why
    assert server.verbs == []
    reading = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "plain", "user": "x"}
    assert "TELLBACK_ALLOW_HOSTS" in Mail().check(settings(server.port, **reading))[0]
    monkeypatch.setenv("TELLBACK_ALLOW_HOSTS", "127.0.0.1")
    assert isinstance(send()[0], Delivered)


def test_the_address_that_was_checked_is_called_and_the_name_kept(monkeypatch):
    asked, gone = [], []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: asked.append(host) or [rows(port)])
    monkeypatch.setattr(socket, "create_connection", lambda place, patience: gone.append(place) or refuse())
    why = Mail().deliver(settings(465, smtp_host="mx.norrtel.example", smtp_security="tls"), OUT).why
    assert "takes no connections" in why
    assert (asked, gone) == (["mx.norrtel.example"], [("93.184.215.14", 465)])


def rows(port):
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", port))


def refuse():
    raise ConnectionRefusedError


@pytest.mark.parametrize("greeting", ["secret words of a service", "-ERR secret", "* BYE secret", "554 secret"])
def test_what_is_said_before_a_greeting_is_never_told(greeting):
    with Server(greeting=greeting) as server:
        plain = {"imap_host": "127.0.0.1", "imap_port": server.port, "imap_security": "plain", "user": "x"}
        listened = Mail().check(settings(server.port, **plain))[0]
    outcome, _ = send(greeting=greeting)
    assert "secret" not in listened + outcome.why
    assert "does not speak IMAP" in listened
    assert "speak SMTP" in outcome.why or "554" in outcome.why
