"""Who has a case: taking, giving, letting go; and the small acts around it: notes, tags, names, cases by hand."""

from datetime import datetime

from django.db import transaction

from tellback.cases import clocks
from tellback.cases.case import LONGEST_TAG, LONGEST_TITLE, Assignment, Case, Entry, Tag, title_of
from tellback.cases.closing import change
from tellback.cases.events import CaseNoted, CaseOpened, CaseTagged, CaseTaken
from tellback.events.announcing import announce
from tellback.people.models import Person
from tellback.workspace.models import Brand, Member, Team, User


@transaction.atomic
def assign(case: Case, *, holder: User | None, team: Team | None = None, by: User, at: datetime) -> Assignment | None:
    """Give a case to a person, a team, or nobody. Raises ValueError for who may not hold one."""
    Case.objects.select_for_update().get(pk=case.pk)  # of two who take it at once, the later has it
    if holder and not Member.objects.answering().filter(workspace=case.workspace_id, user=holder).exists():
        raise ValueError(f"{holder} cannot answer in this workspace.")
    if team and team.workspace_id != case.workspace_id:
        raise ValueError("There is no such team in this workspace.")
    Assignment.objects.filter(case=case, ended_at=None).update(ended_at=at)
    case.holder, case.team = holder, team
    case.save(update_fields=["holder", "team"])
    row = Assignment.objects.create(case=case, holder=holder, team=team, by=by, at=at) if holder or team else None
    who = str(holder or team or "nobody")
    change(case, f"Taken by {who}" if holder == by else f"Given to {who}", by=by, at=at)
    announce(
        CaseTaken(
            workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk, person=case.person_id,
            holder=holder.pk if holder else None, team=team.pk if team else None,
        )
    )  # fmt: skip
    return row


def take(case: Case, *, by: User, at: datetime) -> Assignment | None:
    return assign(case, holder=by, team=case.team, by=by, at=at)


def let_go(case: Case, *, by: User, at: datetime) -> None:
    assign(case, holder=None, by=by, at=at)


@transaction.atomic
def note(case: Case, *, text: str, by: User, at: datetime) -> Entry:
    """A note that only we see. Raises ValueError for an empty one."""
    if not text.strip():
        raise ValueError("Write the note first.")
    entry = Entry.objects.create(case=case, kind=Entry.Kind.NOTE, text=text.strip(), by=by, at=at)
    case.last_at = at
    case.save(update_fields=["last_at"])
    announce(CaseNoted(workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk, person=case.person_id))
    return entry


@transaction.atomic
def tag(case: Case, name: str, *, on: bool, by: User, at: datetime) -> str:
    """Put a tag on a case, or take it off; the tag as it stands. Raises ValueError for one that cannot stand."""
    name = " ".join(name.lower().split())
    if not name:
        raise ValueError("Write the tag first.")
    if len(name) > LONGEST_TAG:
        raise ValueError(f"A tag has {LONGEST_TAG} letters at most; this one has {len(name)}. Shorten it.")
    row, _ = Tag.objects.get_or_create(workspace_id=case.workspace_id, name=name)
    (row.cases.add if on else row.cases.remove)(case)
    announce(
        CaseTagged(
            workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk, person=case.person_id, tag=name, on=on
        )
    )
    return name


@transaction.atomic
def rename(case: Case, title: str, *, by: User, at: datetime) -> None:
    case.title = title_of(title, LONGEST_TITLE)
    case.save(update_fields=["title"])
    change(case, f"Named: {case.title}", by=by, at=at)


@transaction.atomic
def open_by_hand(*, brand: Brand, person: Person, text: str, how: str, by: User, at: datetime) -> Case:
    """A case without a post: somebody called, wrote a letter, or stood at the counter. The caller has it at once."""
    if not text.strip():
        raise ValueError("Write what they said.")
    case = Case.objects.create(
        workspace_id=brand.workspace_id, brand=brand, person=person, title=title_of(text), lane="Complaint",
        by_hand=how, opened_at=at, last_at=at,
    )  # fmt: skip
    Entry.objects.create(case=case, kind=Entry.Kind.NOTE, text=text.strip(), by=by, at=at)
    clocks.start(case, at=at)
    announce(
        CaseOpened(workspace=case.workspace_id, subject=case.pk, at=at, by=by.pk, person=person.pk, brand=brand.pk)
    )
    assign(case, holder=by, by=by, at=at)
    return case
