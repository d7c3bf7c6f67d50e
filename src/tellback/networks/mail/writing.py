"""An Outgoing as a mail."""

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from tellback import __version__
from tellback.kit.charset import storable
from tellback.networks.contract import Enclosed, Outgoing
from tellback.networks.mail.automatic import KEY_HEADER, OUR_IDS
from tellback.networks.mail.body import MEDIA_TYPE, safe_name
from tellback.networks.mail.headers import ADDRESS, tidy

PLAIN_KEY = re.compile(r"[A-Za-z0-9._-]{1,120}")
ID = re.compile(r"[!-;=?-~]{1,500}")
RE = re.compile(r"^\s*(?:(?:re|aw|sv|antw|ref)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
MOST_REFERENCES = 20
LONGEST_SUBJECT = 300


class NotSendable(ValueError):
    """This mail can never be sent as it is; the words say why."""


class Ids(UnstructuredHeader, BaseHeader):
    """Message ids on lines of their own. The standard folding would encode long ones, which breaks threads."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: " + f"{policy.linesep} ".join(str(self).split()) + str(policy.linesep)


def _policy() -> "policy.EmailPolicy[EmailMessage]":
    registry = HeaderRegistry()
    for name in ("references", "in-reply-to", "message-id"):
        registry.map_to_type(name, Ids)
    return policy.SMTP.clone(header_factory=registry, cte_type="7bit")


POLICY = _policy()


def message_id(key: str, address: str) -> str:
    """The id of the mail that carries this key, without brackets: the same key always gives the same id."""
    safe = key if PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"{OUR_IDS}{safe}@{domain_of(address)}"


def domain_of(address: str) -> str:
    domain = address.rpartition("@")[2].lower()
    try:
        return domain.encode("idna").decode() or "localhost"
    except UnicodeError:
        return "localhost"


def compose(outgoing: Outgoing, address: str, name: str, at: datetime | None = None) -> EmailMessage:
    """The mail, each header on a line that no text of others can break out of. Raises NotSendable."""
    message = EmailMessage(policy=POLICY)
    own = message_id(outgoing.key, address)
    message["From"] = mailbox(address, name, "our own address")
    message["To"] = mailbox(outgoing.to.handle, outgoing.to.name, "the address of the person")
    message["Subject"] = subject(outgoing)
    message["Date"] = format_datetime(at or datetime.now(UTC))
    message["Message-ID"] = f"<{own}>"
    if is_id(outgoing.answers):
        message["In-Reply-To"] = f"<{outgoing.answers}>"
    references = chain(outgoing)
    if references:
        message["References"] = " ".join(f"<{one}>" for one in references)
    message[KEY_HEADER] = own.removeprefix(OUR_IDS)
    message["User-Agent"] = f"Tellback/{__version__}"
    message.set_content(storable(outgoing.text).replace("\r\n", "\n"), charset="utf-8")
    for number, file in enumerate(outgoing.enclosed, 1):
        enclose(message, file, number)
    return message


def plain(text: str) -> str:
    """One line that stays what it is: the standard would decode "=?...?=" in it, even to a new line."""
    return tidy(text).replace("=?", "= ?")


def subject(outgoing: Outgoing) -> str:
    title = RE.sub("", plain(outgoing.title))[:LONGEST_SUBJECT].strip()
    if not (is_id(outgoing.answers) or outgoing.references):
        return title or "Your message"
    return f"Re: {title}" if title else "Re: your message"


def mailbox(handle: str, name: str, whose: str) -> Address:
    bare = tidy(handle)
    if not ADDRESS.fullmatch(bare) or bare != handle.strip():
        raise NotSendable(f"{bare[:100]!r} ({whose}) is no mail address")
    local, _, domain = bare.rpartition("@")
    if not local.isascii():
        raise NotSendable(f"{bare[:100]!r} ({whose}) has letters before the @ that plain mail cannot carry")
    try:
        return Address(plain(name)[:100], addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except Exception as error:
        # The standard's address parser fails in many ways on what looked like an address.
        raise NotSendable(f"{bare[:100]!r} ({whose}) is no mail address") from error


def is_id(text: str) -> bool:
    return bool(ID.fullmatch(text)) and not text.startswith("sha256:")


def chain(outgoing: Outgoing) -> Sequence[str]:
    """The references: the thread's first mail, those between, the one answered; the middle is cut when long."""
    whole = [one for one in (outgoing.thread, *outgoing.references, outgoing.answers) if is_id(one)]
    if is_id(outgoing.answers):
        whole = [one for one in whole if one != outgoing.answers] + [outgoing.answers]
    whole = list(dict.fromkeys(whole))
    return whole if len(whole) <= MOST_REFERENCES else [whole[0], *whole[1 - MOST_REFERENCES :]]


def enclose(message: EmailMessage, file: Enclosed, number: int) -> None:
    if file.content is None:
        raise NotSendable(f"The file {tidy(file.name)[:100]!r} has no content to send")
    media_type = (
        file.media_type.lower() if MEDIA_TYPE.fullmatch(file.media_type.lower()) else "application/octet-stream"
    )
    main, _, sub = media_type.partition("/")
    if main in {"message", "multipart"}:
        main, sub = "application", "octet-stream"
    name = safe_name(plain(file.name), media_type, number)
    message.add_attachment(file.content, maintype=main, subtype=sub, filename=name)
