"""The mail adapter: IMAP in, SMTP out."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tellback.networks.contract import (
    Batch,
    Cursor,
    Delivered,
    Field,
    Outcome,
    Outgoing,
    Refused,
    Said,
    Settings,
    Unreachable,
)
from tellback.networks.mail import box, posting
from tellback.networks.mail.doors import FIELDS, smtp_place, word
from tellback.networks.mail.headers import ADDRESS
from tellback.networks.mail.payload import unpack
from tellback.networks.mail.posting import PATIENT, Patience
from tellback.networks.mail.reading import own_address, said
from tellback.networks.mail.writing import NotSendable, compose, message_id

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """One mailbox. `waits` is how long IDLE waits before an empty batch shows that it still listens, in seconds."""

    patience: Patience = PATIENT
    waits: float = 20

    name = "mail"
    title = "Mail"
    fields: Sequence[Field] = FIELDS
    limit: int | None = None
    encloses = True
    speaks = True

    def parse(self, payload: str, settings: Settings) -> Said:
        """Read one mail. Raises Unreadable."""
        return said(unpack(payload), settings)

    def listen(self, settings: Settings, cursor: Cursor) -> Iterator[Batch]:
        """Yield new mail, oldest first; with IDLE it blocks and goes on. Raises Unreachable."""
        return box.listen(settings, cursor, self.waits)

    def deliver(self, settings: Settings, outgoing: Outgoing) -> Outcome:
        """Send one mail. After success a copy is put into the folder of sent mail, if one is named."""
        address = own_address(settings)
        try:
            place = smtp_place(settings)
            raw = compose(outgoing, address, word(settings, "name")).as_bytes()
        except Unreachable as fault:
            return Refused(str(fault), permanent=False)
        except NotSendable as fault:
            return Refused(str(fault), permanent=True)
        to = [outgoing.to.handle.strip(), *copies(settings)]
        outcome = posting.send(
            place,
            sender=address,
            to=to,
            raw=raw,
            external_id=message_id(outgoing.key, address),
            patience=self.patience,
        )
        if isinstance(outcome, Delivered):
            self.keep_copy(settings, raw)
        return outcome

    def keep_copy(self, settings: Settings, raw: bytes) -> None:
        try:
            box.keep_copy(settings, raw)
        except Unreachable as fault:
            # The mail is out; a missing copy must not make it look unsent.
            log.warning("Mail: the reply went out, and its copy was not put into the folder of sent mail: %s", fault)

    def find(self, settings: Settings, outgoing: Outgoing) -> Delivered | None:
        """Look for this mail, or an answer to it, in the mailbox. None is no proof that it never went out.

        SMTP has no question for it: only a copy, an answer or a bounce can prove a mail. Raises Unreachable.
        """
        own_id = message_id(outgoing.key, own_address(settings))
        at = box.sighted(settings, own_id)
        return Delivered(own_id, at) if at else None

    def check(self, settings: Settings) -> list[str]:
        """Sign in at both servers and look for the folders."""
        address = own_address(settings)
        wrong = [] if ADDRESS.fullmatch(address) else [f"{address!r} is no mail address; put the mailbox's own here"]
        return wrong + box.faults(settings) + posting.faults(settings, self.patience)


def copies(settings: Settings) -> list[str]:
    copy_to = word(settings, "copy_to")
    return [copy_to] if ADDRESS.fullmatch(copy_to) and copy_to.isascii() else []


adapter = Mail()
