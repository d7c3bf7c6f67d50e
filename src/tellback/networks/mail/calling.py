"""Lines to mail servers: the name is resolved once, the address checked, and that very address is called.

Only public addresses are called, and hosts that the operator names in TELLBACK_ALLOW_HOSTS: whoever may write settings
must not reach into the operator's network by them. TLS keeps the name, for the certificate.
"""

import imaplib
import os
import smtplib
import socket
import ssl
import time
from collections.abc import Callable

from imap_tools import BaseMailBox

from tellback.kit.dialling import Dialler, seconds_left
from tellback.kit.http import door


def called(host: str, port: int, patience: float) -> socket.socket:
    """A line to the host. Raises Trouble for a name that is none or private, OSError where nobody takes the call."""
    deadline = time.monotonic() + patience
    out = door(os.environ)
    fault: OSError | None = None
    for address in Dialler(deadline, out.allowed, out.resolve).reachable(host.strip("[]"), port):
        try:
            line = socket.create_connection((address, port), seconds_left(deadline))
        except OSError as error:
            fault = error
            continue
        line.settimeout(patience)
        return line
    raise fault or OSError("no address")


class Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return called(host, port, timeout)


class SmtpTls(smtplib.SMTP_SSL):
    context: ssl.SSLContext
    _host: str

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        return self.context.wrap_socket(called(host, port, timeout), server_hostname=self._host)


class Imap(imaplib.IMAP4):
    def _create_socket(self, timeout: float) -> socket.socket:
        return called(self.host, self.port, timeout)


class ImapTls(imaplib.IMAP4_SSL):
    def _create_socket(self, timeout: float) -> ssl.SSLSocket:
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(called(self.host, self.port, timeout), server_hostname=self.host)


class Box(BaseMailBox):
    """A mailbox whose line is opened by `opened`; it is asked once."""

    def __init__(self, opened: Callable[[], imaplib.IMAP4]) -> None:
        self._opened = opened
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._opened()
