"""The facts of this room."""

from dataclasses import dataclass
from typing import ClassVar

from tellback.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyWritten(Event):
    """A reply is ready to take its way out."""

    kind: ClassVar[str] = "reply.written"
    about: ClassVar[str] = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyApproved(Event):
    kind: ClassVar[str] = "reply.approved"
    about: ClassVar[str] = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDelivered(Event):
    kind: ClassVar[str] = "reply.delivered"
    about: ClassVar[str] = "reply"
    automatic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFailed(Event):
    """The network refused it, or nobody knows whether it arrived."""

    kind: ClassVar[str] = "reply.failed"
    about: ClassVar[str] = "reply"
    texts: ClassVar[tuple[str, ...]] = ("why",)
    why: str
    unknown: bool = False
