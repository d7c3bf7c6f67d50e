"""The composer: to whom, where, as whom, how long it may be, what is written so far, and the five considerations."""

from dataclasses import dataclass, field
from datetime import datetime

from tellback.cases.models import Case, Clock, Entry
from tellback.listen.models import Post
from tellback.replies.considerations import Consideration, consider
from tellback.replies.drafting import draft_of
from tellback.replies.models import Canned, Draft
from tellback.replies.reply import new_key
from tellback.workspace.models import Member

MOST_CANNED = 30
MOST_HEARD = 200  # of the case's posts, the last ones, are looked through for places


@dataclass(slots=True)
class Composer:
    """`post` is what is answered, None where there is none: then only notes are written. `wrong` is said beside. `key`
    makes one reply of a form that is sent twice.
    """

    case: Case
    post: Post | None
    text: str
    places: list[Post]
    canned: list[tuple[Canned, str]]
    considered: list[Consideration]
    draft: Draft | None = None
    wrong: str = ""
    closes: bool = False
    key: str = field(default_factory=new_key)

    @property
    def last(self) -> Post | None:
        """What the person said last, wherever it was."""
        return self.places[0] if self.places else None

    @property
    def speaks(self) -> bool:
        return self.post is not None and bool(self.post.connection.adapter.speaks)

    @property
    def encloses(self) -> bool:
        return self.post is not None and self.speaks and self.post.connection.adapter.encloses

    @property
    def limit(self) -> int | None:
        return self.post.connection.adapter.limit if self.post else None

    @property
    def left(self) -> int:
        return (self.limit or 0) - len(self.text)

    @property
    def met(self) -> int:
        return sum(each.met is not False for each in self.considered)


def composer(case: Case, member: Member, *, now: datetime, text: str | None = None, to: int | None = None) -> Composer:
    """What the composer of a case shows to this member: what they typed, or their draft, or nothing yet."""
    places = places_of(case)
    post = next((each for each in places if each.pk == to), places[0] if places else None)
    draft = draft_of(post, case.brand_id, member.user) if post else None
    written = text if text is not None else (draft.text if draft else "")
    canned = [(row, filled(row, case, post, member)) for row in canned_of(case)]
    return Composer(
        case=case, post=post, text=written, places=places, canned=canned,
        considered=considered(case, post, written, now=now), draft=draft,
    )  # fmt: skip


def places_of(case: Case) -> list[Post]:
    """The last post of each conversation of the case, the newest first: where one can answer."""
    entries = Entry.objects.filter(case=case, kind=Entry.Kind.POST).order_by("-id")
    found: dict[tuple[str, str], Post] = {}
    for entry in entries.select_related("post__author__person", "post__connection")[:MOST_HEARD]:
        if entry.post:
            found.setdefault((entry.post.network, entry.post.thread), entry.post)
    return list(found.values())


def canned_of(case: Case) -> list[Canned]:
    """The ready answers of its brand, and those of none."""
    ours = Canned.objects.filter(workspace=case.workspace_id).fitting(case.brand_id)
    return list(ours.order_by("title")[:MOST_CANNED])


def filled(row: Canned, case: Case, post: Post | None, member: Member) -> str:
    """A canned reply with what is known put in."""
    names = (case.person.name or (str(post.author) if post else "")).split()
    return row.filled(
        name=names[0] if names else "", handle=str(post.author) if post else "", brand=case.brand.name,
        agent=str(member.user).split()[0],
    )  # fmt: skip


def considered(case: Case, post: Post | None, text: str, *, now: datetime) -> list[Consideration]:
    if post is None:
        return []
    audience = post.audience if post.audience is not None else post.author.audience
    return consider(
        text, brand=case.brand.name,
        handle_says_brand=case.brand.name.lower() in post.connection.name.lower(),
        over_by=(now - case.due_at).total_seconds() if case.due_at else -1.0,
        audience=audience, public=post.public,
    )  # fmt: skip


def promised_of(case: Case) -> int | None:
    """What the running clock promises, in seconds; None where none runs."""
    return Clock.objects.filter(case=case, stopped_at=None).values_list("promised", flat=True).first()
