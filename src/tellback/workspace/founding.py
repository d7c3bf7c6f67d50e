"""The first acts: a workspace, its brands, and who belongs to it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from tellback.events.announcing import announce
from tellback.workspace.events import BrandChanged, InvitationSent, MemberJoined, MemberLeft, RoleChanged
from tellback.workspace.member import Invitation, Member, Role, digest, new_token
from tellback.workspace.models import Brand, Term, User, Workspace


def free_slug(name: str) -> str:
    """An address for a workspace that no other has."""
    base = slugify(name)[:50] or "desk"
    slug, number = base, 1
    while Workspace.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def make_workspace(name: str, *, at: datetime, zone: str = "UTC", is_demo: bool = False) -> Workspace:
    return Workspace.objects.create(name=name[:80], slug=free_slug(name), zone=zone, is_demo=is_demo, made_at=at)


@transaction.atomic
def make_brand(
    workspace: Workspace,
    name: str,
    *,
    terms: Iterable[tuple[str, str]] = (),
    at: datetime,
    is_rival: bool = False,
    by: User | None = None,
) -> Brand:
    """A brand with its terms, (kind, text) each; its own name is one in any case."""
    brand = Brand.objects.create(workspace=workspace, name=name[:80], is_rival=is_rival, made_at=at)
    wanted = {(Term.Kind.NAME.value, name[:120])} | {(str(kind), text[:120]) for kind, text in terms}
    Term.objects.bulk_create([Term(brand=brand, kind=kind, text=text) for kind, text in sorted(wanted)])
    announce(BrandChanged(workspace=workspace.pk, subject=brand.pk, at=at, by=by.pk if by else None, what="made"))
    return brand


@transaction.atomic
def add_member(workspace: Workspace, user: User, *, role: str, at: datetime) -> Member:
    """Make a user a member; one who had left comes back in the new role."""
    member, _ = Member.objects.update_or_create(
        workspace=workspace, user=user, defaults={"role": role, "joined_at": at, "left_at": None}
    )
    announce(MemberJoined(workspace=workspace.pk, subject=member.pk, at=at, by=user.pk, role=str(role)))
    return member


class CannotInvite(ValueError):
    """Why not, in words for the form."""


@transaction.atomic
def invite(workspace: Workspace, email: str, *, role: str, by: Member, at: datetime) -> tuple[Invitation, str]:
    """An invitation and the token of its link, which is shown once. Raises CannotInvite."""
    email = email.strip().lower()
    if not (by.may(Role.MANAGER) and by.may(role)):
        raise CannotInvite(f"You are {by.role} here; you cannot make anybody {role}.")
    if Member.objects.active().filter(workspace=workspace, user__email=email).exists():
        raise CannotInvite(f"{email} is a member already.")
    Invitation.objects.filter(workspace=workspace, email=email, taken_at=None, withdrawn_at=None).update(
        withdrawn_at=at
    )
    token = new_token()
    row = Invitation.objects.create(
        workspace=workspace, email=email, role=role, digest=digest(token), by=by.user, at=at
    )
    announce(InvitationSent(workspace=workspace.pk, subject=row.pk, at=at, by=by.user_id, role=str(role)))
    return row, token


def any_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, whether or not it still stands."""
    return Invitation.objects.filter(digest=digest(token)).select_related("workspace", "by").first()


def invitation(token: str, *, at: datetime) -> Invitation | None:
    """The invitation behind a link, while it stands (14 days)."""
    found = any_invitation(token)
    return found if found and found.stands(at) else None


@transaction.atomic
def withdraw(row: Invitation, *, at: datetime) -> bool:
    """Its link opens nothing any more. False when it was taken or withdrawn meanwhile."""
    return bool(Invitation.objects.filter(pk=row.pk, taken_at=None, withdrawn_at=None).update(withdrawn_at=at))


@transaction.atomic
def take_invitation(row: Invitation, user: User, *, at: datetime) -> Member | None:
    """Become a member. None when the invitation was taken or withdrawn meanwhile."""
    ours = Invitation.objects.filter(pk=row.pk, taken_at=None, withdrawn_at=None).update(taken_at=at)
    standing = Member.objects.active().filter(workspace=row.workspace_id, user=user).first()
    if ours and standing and standing.may(row.role):
        return standing  # an invitation makes nobody less than they are: an owner who opens one stays one
    return add_member(row.workspace, user, role=row.role, at=at) if ours else None


class CannotLeave(ValueError):
    """Why a member cannot go, or change their role."""


@transaction.atomic
def change_role(member: Member, role: str, *, by: Member, at: datetime) -> None:
    """Raises CannotLeave where it would leave a workspace without an owner, or goes beyond one's own role."""
    if not (by.may(Role.MANAGER) and by.may(member.role) and by.may(role)):
        raise CannotLeave(f"You are {by.role} here; ask an owner.")
    if member.role == Role.OWNER and role != Role.OWNER:
        keep_an_owner(member)
    Member.objects.filter(pk=member.pk).update(role=role)
    announce(
        RoleChanged(
            workspace=member.workspace_id, subject=member.pk, at=at, by=by.user_id, before=member.role, role=str(role)
        )
    )


@transaction.atomic
def remove(member: Member, *, by: Member, at: datetime) -> None:
    if by.pk != member.pk and not (by.may(Role.MANAGER) and by.may(member.role)):
        raise CannotLeave(f"You are {by.role} here; ask an owner.")
    if member.role == Role.OWNER:
        keep_an_owner(member)
    Member.objects.filter(pk=member.pk).update(left_at=at)
    announce(MemberLeft(workspace=member.workspace_id, subject=member.pk, at=at, by=by.user_id))


def keep_an_owner(member: Member) -> None:
    others = Member.objects.active().filter(workspace=member.workspace_id, role=Role.OWNER).exclude(pk=member.pk)
    if not others.select_for_update().exists():
        raise CannotLeave("A workspace needs an owner: make somebody else one first.")
