"""Second factors taken off for somebody who lost them: passkeys, authenticator app and recovery codes, all at once."""

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from tellback.events.announcing import announce
from tellback.workspace.events import SecondFactorsTakenOff
from tellback.workspace.models import Member, Role, User


class CannotTakeOff(ValueError):
    """Why they stay, and what to do instead."""


def having(users: Iterable[int]) -> set[int]:
    """Those of these users who have any."""
    return set(Authenticator.objects.filter(user__in=list(users)).values_list("user_id", flat=True))


@transaction.atomic
def take_off(member: Member, *, by: Member, at: datetime) -> None:
    """From then on the password alone lets this member in, until they add new ones. Raises CannotTakeOff."""
    if not by.may(Role.OWNER):
        raise CannotTakeOff(f"You are {by.role} here; ask an owner.")
    if by.pk == member.pk:
        raise CannotTakeOff("These are your own: take them off on your own page, where you are asked for one of them.")
    if is_beyond(member, by):
        raise CannotTakeOff(
            f"The account of {member.user} is not this workspace's alone, so an owner of this one cannot open it. "
            "Whoever runs Tellback can: tellback owner EMAIL --without-second-factors"
        )
    take_off_all(member.user, by=by.user, at=at)


def is_beyond(member: Member, by: Member) -> bool:
    """Does the account open a workspace that whoever asks does not own? The made-up town does not count."""
    theirs = Member.objects.active().filter(user=member.user_id, workspace__is_demo=False)
    owned = Member.objects.active().filter(user=by.user_id, role=Role.OWNER)
    return bool(theirs.exclude(workspace__in=owned.values("workspace")).exists())


@transaction.atomic
def take_off_all(user: User, *, by: User | None, at: datetime) -> int:
    """How many went. Every workspace of theirs is told; `by` None: whoever runs this installation."""
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if gone:
        announce(*[
            SecondFactorsTakenOff(
                workspace=row.workspace_id, subject=row.pk, at=at, by=by.pk if by else None, user=user.pk
            )
            for row in Member.objects.active().filter(user=user)
        ])  # fmt: skip
    return int(gone)
