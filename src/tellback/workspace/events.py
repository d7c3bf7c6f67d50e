"""The facts of this room. None holds a name or an address: who it was, the rows say."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """A user became a member, or came back."""

    kind: ClassVar[str] = "member.joined"
    about: ClassVar[str] = "member"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """A member went, or was removed."""

    kind: ClassVar[str] = "member.left"
    about: ClassVar[str] = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChanged(Event):
    """A member may do more, or less."""

    kind: ClassVar[str] = "member.role_changed"
    about: ClassVar[str] = "member"
    before: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorsTakenOff(Event):
    """A member lost theirs; an owner, or whoever runs the installation (`by` None), took them off. `user` is whose."""

    kind: ClassVar[str] = "member.factors_off"
    about: ClassVar[str] = "member"
    user: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSent(Event):
    """Somebody was asked to join."""

    kind: ClassVar[str] = "invitation.sent"
    about: ClassVar[str] = "invitation"
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandChanged(Event):
    """A brand was made, changed, put out of use or deleted; `what` says which."""

    kind: ClassVar[str] = "brand.changed"
    about: ClassVar[str] = "brand"
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceEnded(Event):
    """Its owner had it deleted. The fact goes with it."""

    kind: ClassVar[str] = "workspace.ended"
    about: ClassVar[str] = "workspace"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceChanged(Event):
    """The workspace itself, its calendars or its teams; `what` names the part."""

    kind: ClassVar[str] = "workspace.changed"
    about: ClassVar[str] = "workspace"
    what: str
