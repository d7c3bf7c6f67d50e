"""The timeline of a case: what they said, what we replied, notes and changes, in one column of time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from tellback.cases.models import Case, Entry
from tellback.desk.reading import standing_verdicts, way_of
from tellback.kit.time import span
from tellback.listen.models import Attachment
from tellback.replies.models import Reply
from tellback.replies.reply import text_digest
from tellback.triage.models import Verdict

PAGE = 100
PICTURES = ("image/jpeg", "image/png")


@dataclass(slots=True)
class Moment:
    """One entry as it is drawn. `mark` is a mark of the kit; `after` how long they had waited for this reply."""

    entry: Entry
    mark: str
    at: datetime
    verdict: Verdict | None = None
    way: list[str] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    after: str = ""
    is_last_reply: bool = False

    @property
    def digest(self) -> str:
        """What an approval of this reply's words holds for."""
        return text_digest(self.entry.reply.text) if self.entry.reply else ""

    @property
    def pictures(self) -> list[Attachment]:
        return [each for each in self.files if each.path and each.media_type in PICTURES]

    @property
    def papers(self) -> list[Attachment]:
        return [each for each in self.files if each not in self.pictures]


def timeline(case: Case, before: int | None = None) -> tuple[list[Moment], int | None]:
    """The last PAGE entries (older than `before`), oldest first, and the key of those ahead of them, if any."""
    query: QuerySet[Entry] = Entry.objects.filter(case=case)
    if before:
        query = query.filter(pk__lt=before)
    rows = list(
        query.select_related(
            "by", "post__author__person", "reply__by", "reply__to", "reply__connection", "reply__delivery"
        )
        .prefetch_related("reply__enclosures__attachment")
        .order_by("-id")[: PAGE + 1]
    )
    earlier = rows[PAGE - 1].pk if len(rows) > PAGE else None
    entries = sorted(rows[:PAGE], key=lambda entry: (entry.at, entry.pk))
    return moments(case, entries), earlier


def moments(case: Case, entries: Sequence[Entry]) -> list[Moment]:
    posts = [entry.post_id for entry in entries if entry.post_id]
    verdicts = standing_verdicts(posts, case.brand_id)
    files: dict[int, list[Attachment]] = {}
    for each in Attachment.objects.filter(post__in=posts).order_by("id"):
        files.setdefault(each.post_id or 0, []).append(each)
    waits = waiting_entry(case, entries)
    spoken: datetime | None = None
    drawn: list[Moment] = []
    for entry in entries:
        moment = Moment(entry, mark_of(entry, waits), entry.at)
        if entry.post_id:
            spoken = (spoken or entry.at) if entry.kind == Entry.Kind.POST else None
            moment.files = files.get(entry.post_id, [])
            moment.verdict = verdicts.get(entry.post_id)
            moment.way = [one.words for one in way_of(moment.verdict)] if moment.verdict else []
        elif entry.reply and entry.reply.delivered_at and not entry.reply.automatic and spoken:
            moment.after = span((entry.reply.delivered_at - spoken).total_seconds())
            spoken = None
        drawn.append(moment)
    for last in [each for each in drawn if each.entry.reply_id][-1:]:
        last.is_last_reply = True
    return drawn


def waiting_entry(case: Case, entries: Sequence[Entry]) -> int | None:
    """The entry that waits for us: the first that they said since the clock began to run."""
    if case.waiting_since is None or not case.is_open:
        return None
    said = [entry for entry in entries if entry.kind == Entry.Kind.POST]
    since = [entry.pk for entry in said if entry.at >= case.waiting_since]
    return since[0] if since else (said[-1].pk if said else None)


def mark_of(entry: Entry, waits: int | None) -> str:
    if entry.kind == Entry.Kind.HEARD:
        return "spoke"
    if entry.kind == Entry.Kind.POST:
        return "waits" if entry.pk == waits else "spoke"
    if entry.kind == Entry.Kind.REPLY:
        # Without a reply of ours it is a post of the brand's own, given elsewhere and heard.
        return "told" if not entry.reply or entry.reply.state == Reply.State.DELIVERED else "change"
    return "note" if entry.kind == Entry.Kind.NOTE else "change"
