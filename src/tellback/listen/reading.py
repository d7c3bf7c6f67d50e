"""Reading: from what a network wrote to one shape. The second step of the incoming line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tellback.kit import bulk
from tellback.kit.clock import now
from tellback.listen.post import LONGEST_TEXT, Post
from tellback.networks.contract import Said, Unreadable
from tellback.networks.keeping import short_id, storable
from tellback.networks.models import RawItem
from tellback.people.person import meet
from tellback.work.line import Next, Outcome, Stop

NOBODY = 0  # a network may say that a post is gone without saying whose it was
OLDEST = datetime.fromisoformat("1990-01-01T00:00:00+00:00")


def read(raws: Sequence[RawItem], at: datetime) -> list[Outcome]:
    """RawItem -> Post (not yet saved). What its adapter cannot read stops here, and stays kept."""
    said: list[Said | Stop] = [understand(raw) for raw in raws]
    authors = [known_as(raw, each) for raw, each in zip(raws, said, strict=True) if isinstance(each, Said)]
    known = meet([author for author in authors if author[0][2]], at=at)
    outcomes: list[Outcome] = []
    for raw, each in zip(raws, said, strict=True):
        if isinstance(each, Stop):
            outcomes.append(each)
            continue
        handle, _ = known.get(known_as(raw, each)[0], (NOBODY, NOBODY))
        outcomes.append(Next(shape(raw, each, handle)))
    return outcomes


def understand(raw: RawItem) -> Said | Stop:
    try:
        said = raw.said or raw.connection.adapter.parse(raw.payload, raw.connection.settings)
    except Unreadable as fault:
        return Stop(f"It could not be read: {fault}", "refused")
    except (
        Exception
    ) as fault:  # an adapter's mistake is not to stop the batch; the parcel is kept and can be read again
        return Stop(f"Its adapter stumbled over it ({type(fault).__name__}: {fault})", "refused")
    if not said.deleted and not handle_of(said):
        return Stop("It could not be read: nobody is named as its author.", "refused")
    return said


def known_as(raw: RawItem, said: Said) -> tuple[tuple[int, str, str], str, int | None]:
    author = said.author
    key = (raw.workspace_id, raw.connection.short_label, handle_of(said))
    return key, storable(author.name)[:120], countable(author.audience)


def handle_of(said: Said) -> str:
    return storable(said.author.handle).strip().lstrip("@").lower()[:254]


def countable(audience: object) -> int | None:
    """A number of followers that a column can hold, else none."""
    return audience if isinstance(audience, int) and 0 <= audience < 1 << 63 else None


def shape(raw: RawItem, said: Said, handle: int) -> Post:
    own_id = short_id(said.external_id) or raw.external_id
    post = bulk.row(
        Post,
        workspace_id=raw.workspace_id,
        connection_id=raw.connection_id,
        raw_id=raw.pk,
        author_id=handle,
        network=raw.connection.short_label,
        external_id=own_id,
        thread=short_id(said.thread or said.answers) or own_id,
        answers=short_id(said.answers) if said.answers else "",
        kind=said.kind[:8],
        public=said.public,
        own=said.own,
        title=storable(said.title)[:300],
        text=storable(said.text)[:LONGEST_TEXT],
        lang=storable(said.lang)[:12],
        url=web_address(said.url),
        automatic=storable(said.automatic)[:40],
        audience=countable(said.author.audience),
        written_at=sensible(said.written_at),
        heard_at=raw.arrived_at,
    )
    post.said = said
    Post.raw.field.set_cached_value(post, raw)
    Post.connection.field.set_cached_value(post, raw.connection)
    return post


def web_address(address: str) -> str:
    """An address that a person may be sent to; "" for javascript: and other schemes that do something else."""
    address = storable(address).strip()
    return address[:500] if address.lower().startswith(("https://", "http://")) else ""


def sensible(written: datetime | None) -> datetime | None:
    """A date that a post can have: not before the public web, not beyond tomorrow. Otherwise none."""
    if written is None or written.tzinfo is None:
        return None
    return written if OLDEST <= written <= now() + timedelta(days=1) else None
