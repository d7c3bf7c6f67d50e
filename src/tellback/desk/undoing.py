"""Undo: the last reversible acts of a member in this session, newest first, each with how it is taken back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tellback.cases import closing, holding, snoozing
from tellback.cases.models import Case
from tellback.workspace.models import Member, User

KEPT = 20
LONGEST = 120  # letters of a name or a tag as it was before
Act = list[Any]  # [case id, what was done, what it was before]


def key_of(member: Member) -> str:
    return f"undo:{member.workspace_id}"


def remember(request: HttpRequest, member: Member, case: Case, act: str, before: int | str | None = None) -> None:
    acts: list[Act] = request.session.get(key_of(member), [])
    kept = before[:LONGEST] if isinstance(before, str) else before
    request.session[key_of(member)] = [*acts, [case.pk, act, kept]][-KEPT:]


def forget_last(request: HttpRequest, member: Member, case: int | None) -> Act | None:
    """Take the last act (on this case) off the list."""
    acts: list[Act] = request.session.get(key_of(member), [])
    for place in range(len(acts) - 1, -1, -1):
        if case is None or acts[place][0] == case:
            request.session[key_of(member)] = acts[:place] + acts[place + 1 :]
            return acts[place]
    return None


def reopen(case: Case, before: Any, by: User, at: datetime) -> str:
    closing.undo_close(case, by=by, at=at)
    return _("It is open again.")


def give_back(case: Case, before: Any, by: User, at: datetime) -> str:
    holder = case.workspace.members.answering().filter(user=before).select_related("user").first() if before else None
    holding.assign(case, holder=holder.user if holder else None, team=case.team, by=by, at=at)
    return _("%(who)s has it again.") % {"who": holder} if holder else _("Nobody has it again.")


def wake(case: Case, before: Any, by: User, at: datetime) -> str:
    snoozing.wake(case, at=at, by=by)
    return _("It is back in the queue.")


def untag(case: Case, before: Any, by: User, at: datetime) -> str:
    holding.tag(case, str(before), on=False, by=by, at=at)
    return _("The tag is off again.")


def name_back(case: Case, before: Any, by: User, at: datetime) -> str:
    holding.rename(case, str(before), by=by, at=at)
    return _("It has its old name again.")


UNDO: dict[str, Callable[[Case, Any, User, datetime], str]] = {
    "closed": reopen,
    "held": give_back,
    "snoozed": wake,
    "tagged": untag,
    "named": name_back,
}
