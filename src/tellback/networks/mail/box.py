"""Reading mail by IMAP: poll or IDLE, from the last UID on. Nothing is marked unless the settings say so."""

import imaplib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from tellback.networks.contract import Batch, Broken, Cursor, Parcel, Settings, Unreachable
from tellback.networks.mail.calling import Box, Imap, ImapTls
from tellback.networks.mail.doors import Place, imap_place, in_words, number, tls, word
from tellback.networks.mail.payload import identity, pack

log = logging.getLogger(__name__)

PATIENCE = 60  # seconds for one answer of the server
LARGEST = 25_000_000  # bytes of one mail
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BATCH = 50
BATCH_BYTES = 25_000_000
SIZE = re.compile(rb"\bUID (\d+)\b.*?\bRFC822\.SIZE (\d+)|\bRFC822\.SIZE (\d+)\b.*?\bUID (\d+)")


@contextmanager
def session(place: Place) -> Iterator[BaseMailBox]:
    """A signed-in connection. Every fault of it comes out as Unreachable."""
    where = f"The IMAP server {place.host}:{place.port}"
    with in_words(place, "IMAP"):
        box = None
        try:
            box = _open(place)
            _sign_in(box, place)
            yield box
        except MailboxLoginError as error:
            raise Unreachable(f"{where} does not take this user name and password: {_said(error)}") from error
        except MailboxFolderSelectError as error:
            raise Unreachable(f"{where} has no folder of that name: {_said(error)}") from error
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            raise Unreachable(f"{where} broke off: {_said(error)}") from error
        finally:
            if box is not None:
                _close(box)


def _open(place: Place) -> BaseMailBox:
    return Box(lambda: _line(place))


def _line(place: Place) -> imaplib.IMAP4:
    try:
        if place.security == "tls":
            return ImapTls(place.host, place.port, ssl_context=tls(), timeout=PATIENCE)
        client = Imap(place.host, place.port, timeout=PATIENCE)
    except imaplib.IMAP4.error as error:
        # Its words are not passed on: before a greeting, it may be any service of a network.
        raise Unreachable(f"The server {place.host}:{place.port} does not speak IMAP there, or sent us away") from error
    if place.security == "starttls":
        _encrypt(client)
    return client


def _encrypt(client: imaplib.IMAP4) -> None:
    try:
        client.starttls(tls())
    except BaseException:
        client.shutdown()
        raise


def _sign_in(box: BaseMailBox, place: Place) -> None:
    if (place.user + place.password).isascii():
        box.login(place.user, place.password, initial_folder=None)
    else:
        box.login_utf8(place.user, place.password, initial_folder=None)


def _close(box: BaseMailBox) -> None:
    try:
        box.client.logout()
    except (imaplib.IMAP4.error, OSError):
        # The line may be dead already; then there is nobody to say goodbye to.
        try:
            box.client.shutdown()
        except OSError:
            pass


def _said(error: Exception) -> str:
    result = getattr(error, "command_result", None)
    words = result[1] if result else [str(error).encode()]
    return " ".join(one.decode("utf-8", "replace") for one in words if isinstance(one, bytes))[:300]


def listen(settings: Settings, cursor: Cursor, waits: float) -> Iterator[Batch]:
    """Yield what is new; with IDLE go on, and yield an empty batch at least every `waits` seconds."""
    place = imap_place(settings)
    folder = word(settings, "folder") or "INBOX"
    marks = bool(settings.get("mark_seen"))
    with session(place) as box:
        box.folder.set(folder, readonly=not marks)
        newest = _announced(box, "UIDNEXT") - 1
        at, since = _begin(box, settings, cursor, f"{place.user}@{place.host}/{folder}")
        idles = bool(settings.get("idle", True)) and "IDLE" in box.client.capabilities
        while True:
            for uids, batch in _fresh(box, folder, at, since):
                at = dict(batch.cursor)
                yield batch
                if marks and uids:
                    box.client.uid("STORE", ",".join(map(str, uids)), "+FLAGS.SILENT", "(\\Seen)")
            # What was there at first and is older than asked for must not come with the next search.
            since = None
            at = {**at, "uid": max(int(at["uid"]), newest), "polled": _now().isoformat(timespec="seconds")}
            yield Batch((), at)
            if not idles:
                return
            box.idle.wait(timeout=waits)


def _now() -> datetime:
    return datetime.now(UTC)


def _begin(box: BaseMailBox, settings: Settings, cursor: Cursor, name: str) -> tuple[dict[str, Any], datetime | None]:
    """Where to go on, and from which day on when the UIDs of the cursor mean nothing any more."""
    validity, following = _announced(box, "UIDVALIDITY"), _announced(box, "UIDNEXT")
    if cursor.get("box") == name and cursor.get("uidvalidity") == validity:
        return dict(cursor), None
    fresh = {"box": name, "uidvalidity": validity, "uid": 0}
    if cursor.get("box") == name and cursor.get("polled"):
        log.warning("Mail: the server numbered the folder anew; mail since %s is read again", cursor["polled"])
        return fresh, datetime.fromisoformat(str(cursor["polled"])) - timedelta(days=2)
    days = number(settings, "history_days", 0)
    if not days and following:
        return fresh | {"uid": following - 1}, None
    return fresh, _now() - timedelta(days=days)


def _announced(box: BaseMailBox, name: str) -> int:
    said = [one for one in box.client.untagged_responses.get(name) or [] if isinstance(one, bytes)]
    return int(said[-1]) if said else 0


def _fresh(
    box: BaseMailBox, folder: str, at: Mapping[str, Any], since: datetime | None
) -> Iterator[tuple[list[int], Batch]]:
    last = int(at["uid"])
    wanted = ["UID", f"{last + 1}:*"] + (["SINCE", imap_day(since)] if since else [])
    found = _ask(box, "SEARCH", *wanted)
    numbers = sorted(int(one) for one in b" ".join(part for part in found if isinstance(part, bytes)).split())
    for uids in _portions([uid for uid in numbers if uid > last], box):
        parcels, broken = _read(box, folder, uids)
        yield list(uids), Batch(parcels, {**at, "uid": max(uids)}, broken)


def imap_day(at: datetime) -> str:
    """A day as IMAP writes it, whatever the language of this machine."""
    return f"{at.day}-{MONTHS[at.month - 1]}-{at.year}"


def _ask(box: BaseMailBox, command: str, *arguments: str) -> Sequence[Any]:
    status, found = box.client.uid(command, *arguments)
    if status != "OK":
        raise imaplib.IMAP4.error(f"{command} was answered with {status}: {found!r:.200}")
    return found or []


def _portions(uids: Sequence[int], box: BaseMailBox) -> Iterator[dict[int, int]]:
    """Sizes by UID, in portions of at most 50 mails and, but for a single large one, 25 MB."""
    portion: dict[int, int] = {}
    for begin in range(0, len(uids), 500):
        for uid, size in sizes(box, uids[begin : begin + 500]).items():
            load = sum(one for one in portion.values() if one <= LARGEST)
            if portion and (len(portion) >= BATCH or load + min(size, LARGEST) > BATCH_BYTES):
                yield portion
                portion = {}
            portion[uid] = size
    if portion:
        yield portion


def sizes(box: BaseMailBox, uids: Sequence[int]) -> dict[int, int]:
    """Size by UID; a mail that is gone by now is not in it."""
    said = _ask(box, "FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)")
    found = (SIZE.search(line) for line in said if isinstance(line, bytes))
    pairs = [(int(one[1] or one[4]), int(one[2] or one[3])) for one in found if one]
    return dict(sorted(pair for pair in pairs if pair[0] in set(uids)))


def _read(box: BaseMailBox, folder: str, uids: Mapping[int, int]) -> tuple[list[Parcel], list[Broken]]:
    parcels, broken = [], []
    for uid, size in uids.items():
        place = f"{folder} UID {uid}"
        if size > LARGEST:
            why = f"The mail has {size:,} bytes; up to {LARGEST:,} are read. It is still in the mailbox"
            broken.append(Broken(why, place, pack(fetched(box, uid, "BODY.PEEK[HEADER]")[:256_000])))
            continue
        raw = fetched(box, uid, "BODY.PEEK[]")
        if raw:
            parcels.append(Parcel(identity(raw), pack(raw), place))
    return parcels, broken


def fetched(box: BaseMailBox, uid: int, part: str) -> bytes:
    """A part of one mail, b"" when it is gone. PEEK leaves it unread."""
    said = _ask(box, "FETCH", str(uid), f"({part})")
    return next((bytes(one[1]) for one in said if isinstance(one, tuple) and len(one) > 1), b"")


def sighted(settings: Settings, message_id: str) -> datetime | None:
    """When a mail of ours was last seen: itself in the folder of sent or incoming mail, or an answer to it.

    Raises Unreachable.
    """
    quoted = f'"{message_id}"'
    answers = ("OR", "HEADER", "In-Reply-To", quoted, "HEADER", "References", quoted)
    with session(imap_place(settings)) as box:
        for folder in (word(settings, "sent_folder"), word(settings, "folder") or "INBOX"):
            if not folder:
                continue
            box.folder.set(folder, readonly=True)
            for wanted in (("HEADER", "Message-ID", quoted), answers):
                found = b" ".join(one for one in _ask(box, "SEARCH", *wanted) if isinstance(one, bytes)).split()
                if found:
                    return _arrived(box, int(found[0]))
    return None


def _arrived(box: BaseMailBox, uid: int) -> datetime:
    said = b" ".join(one for one in _ask(box, "FETCH", str(uid), "(INTERNALDATE)") if isinstance(one, bytes))
    parsed = imaplib.Internaldate2tuple(said)
    if parsed is None:
        return _now()
    return datetime(*parsed[:6]).astimezone(UTC)


def keep_copy(settings: Settings, raw: bytes) -> None:
    """Put a sent mail into the folder of sent mail, if there is one. Raises Unreachable."""
    folder = word(settings, "sent_folder")
    if folder:
        with session(imap_place(settings)) as box:
            box.append(raw, folder, flag_set="\\Seen")


def faults(settings: Settings) -> list[str]:
    """What is wrong with reading mail, in words."""
    try:
        with session(imap_place(settings)) as box:
            known = [one.name for one in box.folder.list()]
            wanted = [word(settings, "folder") or "INBOX", word(settings, "sent_folder")]
            missing = [name for name in wanted if name and name not in known]
            listed = ", ".join(known[:20])
            return [f"There is no folder {name!r}; the server has {listed}" for name in missing]
    except Unreachable as fault:
        return [str(fault)]
