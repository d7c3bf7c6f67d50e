"""From the bytes of a mail to what was said."""

from datetime import datetime
from email.message import EmailMessage
from typing import Any

from tellback.networks.contract import Author, Said, Settings, Unreadable
from tellback.networks.mail.automatic import Automatic, recognise
from tellback.networks.mail.body import Body, body
from tellback.networks.mail.headers import ADDRESS, address, ids, opened, tidy, words, written_at
from tellback.networks.mail.payload import identity
from tellback.networks.mail.quoting import shorten


def own_address(settings: Settings) -> str:
    return tidy(str(settings.get("address") or "")).lower()


def own_domain(settings: Settings) -> str:
    return own_address(settings).rpartition("@")[2]


def said(raw: bytes, settings: Settings, now: datetime | None = None) -> Said:
    """Read one mail. Raises Unreadable when it names no sender or cannot be taken apart."""
    message = opened(raw)
    ours = own_address(settings)
    sender = _sender(message)
    automatic = recognise(message, sender.handle if sender else "", own_domain(settings))
    if sender is None and automatic.kind == "bounce":
        sender = Author("mailer-daemon")
    if sender is None:
        raise Unreadable("The mail names no sender: it has no From, Sender or Return-Path with an address")
    reply_to = address(message, "reply-to")
    # A form on one's own site writes in the site's name and puts the customer into Reply-To.
    by_form = bool(reply_to and sender.handle == ours != reply_to.handle and not automatic.kind)
    author = reply_to if by_form and reply_to else sender
    return _said(raw, message, author, automatic, own=author.handle == ours != "", now=now)


def _said(
    raw: bytes, message: EmailMessage, author: Author, automatic: Automatic, *, own: bool, now: datetime | None
) -> Said:
    contents = body(message)
    external_id = identity(raw)
    answers, thread = threading(message, external_id)
    title = words(message, "subject")[:500]
    return Said(
        external_id=external_id,
        author=author,
        text=shorten(contents.text) or title,
        written_at=written_at(message, now),
        kind="mail",
        public=False,
        title=title,
        lang=words(message, "content-language").partition(",")[0][:35],
        thread=thread,
        answers=answers,
        own=own,
        automatic=automatic.kind,
        bounce_of=automatic.bounce_of,
        enclosed=contents.enclosed,
        extra=_extra(message, contents, automatic),
    )


def _sender(message: EmailMessage) -> Author | None:
    return next((found for name in ("from", "sender", "return-path") if (found := address(message, name))), None)


def threading(message: EmailMessage, external_id: str) -> tuple[str, str]:
    """What this mail answers ("" if nothing), and the id of the thread's first mail."""
    references = ids(message, "references")
    answers = next(iter(ids(message, "in-reply-to")), "") or next(reversed(references), "")
    return answers, next(iter(references), "") or answers or external_id


def _extra(message: EmailMessage, contents: Body, automatic: Automatic) -> dict[str, Any]:
    reply_to = address(message, "reply-to")
    extra: dict[str, Any] = {
        "full": contents.text,
        "references": ids(message, "references"),
        "to": ADDRESS.findall(words(message, "to").lower())[:50],
        "cc": ADDRESS.findall(words(message, "cc").lower())[:50],
        "reply_to": reply_to.handle if reply_to else "",
        "left_out": contents.left_out,
    }
    if automatic.status or automatic.why or automatic.recipient:
        extra["bounce"] = {"status": automatic.status, "recipient": automatic.recipient, "why": automatic.why}
    return {name: value for name, value in extra.items() if value or name == "full"}
