"""The connection's settings as two doors: IMAP in, SMTP out."""

import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from tellback.kit.trouble import Trouble, without_number
from tellback.networks.contract import Field, Settings, Unreachable

SECURITY = ("tls", "starttls", "plain")
PORTS = {("imap", "tls"): 993, ("imap", "starttls"): 143, ("imap", "plain"): 143,
         ("smtp", "tls"): 465, ("smtp", "starttls"): 587, ("smtp", "plain"): 25}  # fmt: skip

FIELDS = (
    Field("address", "Mail address", "The one that customers write to, such as help@norrtel.example", kind="email"),
    Field("name", "Name shown with the address", "Such as Norrtel Support", required=False),
    Field("imap_host", "IMAP server", "Where mail is read"),
    Field("imap_port", "IMAP port", "993 with TLS, 143 with STARTTLS", required=False, kind="number"),
    Field("imap_security", "IMAP encryption", "plain works on this machine only", kind="choice", choices=SECURITY,
          initial="tls"),
    Field("user", "User name", "Often the mail address"),
    Field("password", "Password", "An app password where the provider has them", secret=True),
    Field("folder", "Folder to read", required=False, initial="INBOX"),
    Field("sent_folder", "Folder of sent mail", "A copy of each reply is put there, such as Sent", required=False),
    Field("history_days", "Days of earlier mail to read at first", required=False, kind="number", initial=0),
    Field("idle", "Wait for new mail (IDLE)", "Hears mail at once", required=False, kind="switch", initial=True),
    Field("mark_seen", "Mark mail as read", "Nothing is ever marked or deleted without this", required=False,
          kind="switch", initial=False),
    Field("smtp_host", "SMTP server", "Where replies are sent"),
    Field("smtp_port", "SMTP port", "465 with TLS, 587 with STARTTLS", required=False, kind="number"),
    Field("smtp_security", "SMTP encryption", "plain works on this machine only", kind="choice", choices=SECURITY,
          initial="starttls"),
    Field("smtp_user", "SMTP user name", "If it is another one; - for none", required=False),
    Field("smtp_password", "SMTP password", "If it is another one", required=False, secret=True),
    Field("copy_to", "Blind copy of each reply to", "A copy that arrives proves that a reply went out",
          required=False, kind="email"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how to connect and who we are there; `user` "" means without sign-in."""

    host: str
    port: int
    security: str
    user: str
    password: str


def imap_place(settings: Settings) -> Place:
    """Raises Unreachable in words when a setting is missing or wrong."""
    return _place(settings, "imap", word(settings, "user"), str(settings.get("password") or ""))


def smtp_place(settings: Settings) -> Place:
    """As imap_place; the user of IMAP is taken where none is named, and "-" means without sign-in."""
    user = word(settings, "smtp_user")
    if user == "-":
        return _place(settings, "smtp", "", "")
    password = str(settings.get("smtp_password") or settings.get("password") or "")
    return _place(settings, "smtp", user or word(settings, "user"), password)


def _place(settings: Settings, kind: str, user: str, password: str) -> Place:
    host = word(settings, f"{kind}_host")
    security = word(settings, f"{kind}_security") or ("tls" if kind == "imap" else "starttls")
    if not host:
        raise Unreachable(f"The connection has no {kind.upper()} server; put it in its settings")
    if security not in SECURITY:
        raise Unreachable(f"{kind.upper()} encryption is {security!r}; choose one of {', '.join(SECURITY)}")
    if security == "plain" and not is_this_machine(host):
        raise Unreachable(f"Mail to {host} would go unencrypted; choose tls or starttls for {kind.upper()}")
    return Place(host, number(settings, f"{kind}_port", PORTS[kind, security]), security, user, password)


def word(settings: Settings, name: str) -> str:
    return str(settings.get(name) or "").strip()


def number(settings: Settings, name: str, otherwise: int) -> int:
    text = word(settings, name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and int(text[:9]) < 65536):
        raise Unreachable(f"The setting {name} is {text[:40]!r}, which is no number that fits")
    return int(text)


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@cache
def tls() -> ssl.SSLContext:
    return ssl.create_default_context()


@contextmanager
def in_words(place: Place, what: str) -> Iterator[None]:
    """Turn the faults of a connection into Unreachable."""
    where = f"The {what} server {place.host}:{place.port}"
    try:
        yield
    except Trouble as error:
        raise Unreachable(f"{where} cannot be reached: {without_number(error)}") from error
    except smtplib.SMTPException:
        raise  # an OSError by birth, yet an answer of the server
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"{where} shows a certificate that does not hold: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise Unreachable(f"{where} does not speak TLS there; try another port or starttls: {error.reason}") from error
    except TimeoutError as error:
        raise Unreachable(f"{where} did not answer in time") from error
    except ConnectionRefusedError as error:
        raise Unreachable(f"{where} takes no connections; check host and port") from error
    except (OSError, EOFError) as error:
        raise Unreachable(f"{where} cannot be reached: {without_number(error)}") from error
