"""The person speaks again in an open case: an entry, the next-answer clock, and whoever put it off has it back."""

from collections.abc import Sequence
from datetime import datetime

from tellback.cases.case import Case, Clock, Entry
from tellback.cases.clocks import Promises
from tellback.cases.events import CaseSpokenIn
from tellback.cases.snoozing import wake
from tellback.events.announcing import announce_all
from tellback.kit import bulk
from tellback.listen.models import Post
from tellback.triage.judging import tempers


def entry_of(post: Post) -> Entry:
    return bulk.row(Entry, kind="post", post_id=post.pk, at=post.heard_at)


def add_entries(spoken: Sequence[tuple[Case, Post]], *, at: datetime) -> None:
    """Posts by the person of an open case, for many cases at once; a post that has its entry is left alone."""
    fresh = without_entry(spoken)
    entries = []
    cases: dict[int, Case] = {}
    starting: dict[int, datetime] = {}
    for (found, post), temper in zip(fresh, tempers([post.text for _, post in fresh]), strict=True):
        case = cases.setdefault(found.pk, found)  # the same case may have come in several instances
        entry = entry_of(post)
        entry.case_id = case.pk
        entries.append(entry)
        case.last_at = at
        case.urgency = Case.URGENT if temper.urgent else case.urgency
        if not temper.bare_thanks:
            if case.snoozed_until is not None:
                wake(case, at=at)
            starting.setdefault(case.pk, post.heard_at)
    bulk.insert(entries)
    start_clocks([case for case in cases.values() if case.pk in starting and case.waiting_since is None], starting)
    Case.objects.bulk_update(cases.values(), ["last_at", "urgency", "waiting_since", "due_at"], batch_size=200)
    announce_all([spoken_in(case, post, at) for case, post in fresh])


def without_entry(spoken: Sequence[tuple[Case, Post]]) -> list[tuple[Case, Post]]:
    statement = "SELECT case_id, post_id FROM cases_entry WHERE post_id IN ({keys})"
    standing = set(bulk.rows_for(statement, [post.pk for _, post in spoken]))
    return [(case, post) for case, post in spoken if (case.pk, post.pk) not in standing]


def start_clocks(cases: Sequence[Case], starting: dict[int, datetime]) -> None:
    """The clock that fits each case: to its first answer while it has none, else to the next."""
    promises = Promises(case.brand_id for case in cases)
    kinds = [Clock.Kind.NEXT if case.answered_at else Clock.Kind.FIRST for case in cases]
    bulk.insert([promises.clock(case, kind, starting[case.pk]) for case, kind in zip(cases, kinds, strict=True)])


def spoken_in(case: Case, post: Post, at: datetime) -> CaseSpokenIn:
    return CaseSpokenIn(workspace=case.workspace_id, subject=case.pk, at=at, person=case.person_id, post=post.pk)
