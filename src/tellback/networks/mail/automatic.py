"""Mails that a machine wrote: loops, bounces, notices of delivery, auto-replies and lists.

Sources: RFC 3834 (automatic replies), RFC 3464 (delivery status), RFC 8098 (receipts), RFC 2919 (List-Id).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, Message

from tellback.kit.charset import storable
from tellback.networks.mail.body import Part, content
from tellback.networks.mail.headers import ids, tidy, words

MOST_HOPS = 30
KEY_HEADER = "X-Tellback-Key"
OUR_IDS = "tellback."
LONGEST_REPORT = 100_000
MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|bounces?)(?:[+-].*)?@")
COPIES = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
LISTS = {"bulk", "junk", "list"}
FIELD = re.compile(r"^([A-Za-z-]{1,40}):[ \t]*(.{0,500})$", re.MULTILINE)
ANY_ID = re.compile(r"^message-id:\s*<([^\s<>]{1,500})>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Automatic:
    """`kind`: "" (a person), "loop", "bounce", "delayed", "receipt", "auto-reply", "list"; and what a bounce tells."""

    kind: str = ""
    bounce_of: str = ""
    status: str = ""
    recipient: str = ""
    why: str = ""


def recognise(message: EmailMessage, sender: str, domain: str) -> Automatic:
    """What kind of machine wrote this mail, if one did. `domain` is ours: what bears it came from us."""
    if is_loop(message, domain):
        return Automatic("loop")
    report = delivery_report(message)
    if report:
        return report
    if MACHINES.match(sender):
        return Automatic("bounce", original(message))
    submitted = words(message, "auto-submitted").lower().partition(";")[0].strip()
    if submitted not in {"", "no"} or any(words(message, one) for one in ("x-autoreply", "x-autorespond")):
        return Automatic("auto-reply")
    return by_list(message, domain)


def by_list(message: EmailMessage, domain: str) -> Automatic:
    precedence = words(message, "precedence").lower()
    if precedence in {"auto_reply", "auto-reply"}:
        return Automatic("auto-reply")
    listed = words(message, "list-id").lower()
    # Many support addresses are a group of the own domain, which marks each customer's mail as a list's.
    if listed and domain and listed.rstrip("> ").endswith(f".{domain}"):
        return Automatic()
    if listed or precedence in LISTS or words(message, "list-unsubscribe"):
        return Automatic("list")
    empty_path = words(message, "return-path").replace(" ", "") == "<>"
    return Automatic("auto-reply") if empty_path else Automatic()


def is_loop(message: EmailMessage, domain: str) -> bool:
    """Our own mail returning: by its key, its id, or more hops than any honest way has."""
    hops = sum(1 for name, _ in message.raw_items() if name.lower() == "received")
    if hops > MOST_HOPS:
        return True
    key = words(message, KEY_HEADER).lower()
    own_id = next(iter(ids(message, "message-id")), "").lower()
    return bool(domain) and (key.endswith(f"@{domain}") or is_ours(own_id, domain))


def is_ours(message_id: str, domain: str) -> bool:
    return message_id.startswith(OUR_IDS) and message_id.endswith(f"@{domain}")


def delivery_report(message: EmailMessage) -> Automatic | None:
    """What a multipart/report says (RFC 6522): a failure is a bounce, all else is only a notice."""
    parts = list(inner(message))
    kinds = {part.get_content_type(): part for part in reversed(parts)}
    if "message/disposition-notification" in kinds:
        return Automatic("receipt")
    status = kinds.get("message/delivery-status")
    if status is None:
        return None
    said = fields(status)
    action = said.get("action", "failed").lower()
    if action != "failed":
        return Automatic("delayed" if action == "delayed" else "receipt")
    return Automatic(
        "bounce",
        original(message),
        tidy(said.get("status", ""))[:20],
        tidy(said.get("final-recipient", "").rpartition(";")[2])[:300],
        tidy(said.get("diagnostic-code", "").partition(";")[2] or said.get("diagnostic-code", ""))[:500],
    )


def fields(part: Part) -> dict[str, str]:
    text = content(part)[:LONGEST_REPORT].decode("latin-1").replace("\r", "")
    # Later groups are about the recipients; of several recipients the first one's words stand.
    return {name.lower(): value for name, value in reversed(FIELD.findall(re.sub(r"\n[ \t]+", " ", text)))}


def original(message: EmailMessage) -> str:
    """The id of the mail that came back: from the copy in the report, else from what the bounce answers."""
    parts = list(inner(message))
    copied = [_named_in(part) for part in parts if part.get_content_type() in COPIES]
    answered = [*ids(message, "in-reply-to"), *ids(message, "references")[-1:], *ids(message, "x-failed-message-id")]
    told = (_named_in(part) for part in parts if part.get_content_maintype() == "text")
    return next((one for one in (*copied, *answered, *told) if one), "")


def _named_in(part: Part) -> str:
    found = ANY_ID.search(content(part)[:LONGEST_REPORT].decode("latin-1"))
    return storable(found.group(1)) if found else ""


def inner(message: Part) -> Iterator[Part]:
    """The direct parts of a report, or the mail itself."""
    parts = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(parts, list):
        yield from (part for part in parts if isinstance(part, Message))
    else:
        yield message
