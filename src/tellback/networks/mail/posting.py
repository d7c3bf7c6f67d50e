"""Sending one mail by SMTP, knowing at each step whether the other side can have taken it."""

import re
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tellback.kit.trouble import without_number
from tellback.networks.contract import Delivered, Outcome, Refused, Settings, Unknown, Unreachable
from tellback.networks.mail.calling import Smtp, SmtpTls
from tellback.networks.mail.doors import Place, in_words, smtp_place, tls
from tellback.networks.mail.headers import tidy

DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for an answer: while we greet, and after the last dot (ten minutes in RFC 5321, 4.5.3.2)."""

    greeting: float = 30
    taking: float = 600


PATIENT = Patience()


class Denied(Exception):
    """The server said no before it had the mail."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.why)
        self.refused = refused


def send(
    place: Place, *, sender: str, to: Sequence[str], raw: bytes, external_id: str, patience: Patience = PATIENT
) -> Outcome:
    """Send to the first of `to`; the others are blind copies, which may be refused. Never raises."""
    smtp = None
    try:
        with in_words(place, "SMTP"):
            smtp = entered(place, sender, patience)
            envelope(smtp, sender, to, len(raw))
        return handed_over(smtp, raw, external_id, patience)
    except Denied as denied:
        return denied.refused
    except smtplib.SMTPConnectError as error:
        return Refused(no_greeting(place, error), permanent=500 <= error.smtp_code < 600)
    except smtplib.SMTPResponseException as error:
        return refusal(error.smtp_code, _bytes(error.smtp_error))
    except (Unreachable, smtplib.SMTPException, ValueError) as error:
        return Refused(str(error)[:500] or "The server hung up before it had the mail", permanent=False)
    finally:
        if smtp is not None:
            smtp.close()


def entered(place: Place, sender: str, patience: Patience) -> smtplib.SMTP:
    """A connection, encrypted and signed in as the settings say."""
    own_name = sender.rpartition("@")[2]
    if place.security == "tls":
        smtp: smtplib.SMTP = SmtpTls(place.host, place.port, own_name, timeout=patience.greeting, context=tls())
    else:
        smtp = Smtp(place.host, place.port, own_name, timeout=patience.greeting)
    try:
        smtp.ehlo_or_helo_if_needed()
        if place.security == "starttls":
            smtp.starttls(context=tls())
            smtp.ehlo()
        if place.user:
            sign_in(smtp, place)
    except BaseException:
        smtp.close()
        raise
    return smtp


def sign_in(smtp: smtplib.SMTP, place: Place) -> None:
    try:
        smtp.login(place.user, place.password)
    except smtplib.SMTPAuthenticationError as error:
        # The reply is not at fault: once the settings are mended, trying again helps.
        why = f"The SMTP server does not take this user name and password: {reply(error.smtp_code, error.smtp_error)}"
        raise Denied(Refused(why, permanent=False)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Denied(Refused("The SMTP server offers no sign-in; check its port, or put - as user", False)) from error


def envelope(smtp: smtplib.SMTP, sender: str, to: Sequence[str], size: int) -> None:
    """Sender and recipients. Raises Denied."""
    most = smtp.esmtp_features.get("size", "")
    if most.isdigit() and 0 < int(most) < size:
        raise Denied(Refused(f"The mail has {size:,} bytes; the server takes {int(most):,}", permanent=True))
    _expect(smtp.mail(sender, [f"size={size}"] if "size" in smtp.esmtp_features else []))
    first, *copies = to
    _expect(smtp.rcpt(first))
    for one in copies:
        smtp.rcpt(one)
    smtp.putcmd("data")
    code, words = smtp.getreply()
    if code != 354:
        raise Denied(refusal(code, words))


def handed_over(smtp: smtplib.SMTP, raw: bytes, external_id: str, patience: Patience) -> Outcome:
    """The mail itself. From its first byte on, a cut line leaves us not knowing."""
    body = DOT.sub(b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", raw))
    try:
        if smtp.sock:
            smtp.sock.settimeout(patience.taking)
        smtp.send(body + (b"" if body.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, words = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(f"The line was cut while the server took the mail: {without_number(error)}")
    if 200 <= code < 300:
        return Delivered(external_id, datetime.now(UTC))
    if 400 <= code < 600:
        return refusal(code, words)
    return Unknown(f"The server answered with words that mean nothing: {reply(code, words)}")


def _expect(answer: tuple[int, bytes]) -> None:
    code, words = answer
    if not 200 <= code < 300:
        raise Denied(refusal(code, words))


def no_greeting(place: Place, error: smtplib.SMTPConnectError) -> str:
    """Why nothing began. Its words are not passed on: before a greeting, it may be any service of a network."""
    where = f"The server {place.host}:{place.port}"
    if 400 <= error.smtp_code < 600:
        return f"{where} sent us away before its greeting ({error.smtp_code})"
    return f"{where} does not speak SMTP there"


def refusal(code: int, words: bytes | str) -> Refused:
    return Refused(f"The mail server refused: {reply(code, words)}", permanent=500 <= code < 600)


def reply(code: int, words: bytes | str) -> str:
    return f"{code} {tidy(_bytes(words).decode('utf-8', 'replace'))[:300]}"


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words


def faults(settings: Settings, patience: Patience) -> list[str]:
    """What is wrong with sending mail, in words. Nothing is sent."""
    try:
        place = smtp_place(settings)
        with in_words(place, "SMTP"):
            smtp = entered(place, str(settings.get("address") or ""), patience)
            smtp.close()
    except Denied as denied:
        return [denied.refused.why]
    except smtplib.SMTPConnectError as error:
        return [no_greeting(place, error)]
    except smtplib.SMTPException as error:
        return [f"The SMTP server {place.host}:{place.port} does not let us in: {str(error)[:300]}"]
    except Unreachable as fault:
        return [str(fault)]
    return []
