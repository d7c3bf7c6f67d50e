"""The live stream, wired: ripples are read from the database, and who may hear is checked by session and membership."""

import re
from collections.abc import Sequence
from http.cookies import CookieError, SimpleCookie
from importlib import import_module

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import close_old_connections, connections
from django.db.models import Max, Q
from django.utils.crypto import constant_time_compare

from tellback.events.ripple import Ripple
from tellback.live.endpoint import Events, Visitor
from tellback.live.hub import Hub
from tellback.live.pulse import Pulse
from tellback.live.pump import Message, Pump
from tellback.live.source import polling
from tellback.workspace.models import Member, User

PATH = re.compile(r"^/w/([-\w]+)/live/$")
TOPIC = re.compile(r"^(?:\*|inbox|chart|questions|replies|notices|posts|connections|rail|(?:case|post|person):\d+)$")
AT_ONCE = 2000


def read(after: int, gaps: Sequence[tuple[int, int]]) -> list[Pulse]:
    """Ripples above `after` and inside the gaps, in rising order."""
    close_old_connections()
    wanted = Q(pk__gt=after)
    for first, last in gaps:
        wanted |= Q(pk__range=(first, last))
    rows = Ripple.objects.filter(wanted).order_by("pk").values_list("pk", "workspace_id", "topics")[:AT_ONCE]
    return [Pulse(pk, space, frozenset(topics.split(","))) for pk, space, topics in rows]


def latest() -> int:
    return Ripple.objects.aggregate(last=Max("pk"))["last"] or 0


async def authorise(scope: Message) -> Visitor | None:
    return await sync_to_async(visitor, thread_sensitive=False)(scope)


def visitor(scope: Message) -> Visitor | None:
    """Who asks for /w/<slug>/live/, if they are a member there now. Asked again on a timer."""
    found = PATH.match(scope["path"])
    if found is None:
        return None
    try:
        user = session_user(scope)
        member = Member.objects.active().filter(workspace__slug=found[1], user=user).first() if user else None
    finally:
        close_old_connections()
    return Visitor(member.user_id, member.workspace_id, lambda topic: bool(TOPIC.match(topic))) if member else None


def session_user(scope: Message) -> User | None:
    """Whose session the cookie names, if it stands: a new password or a closed account ends the sessions before it."""
    headers = dict(scope.get("headers", ()))
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return None
    morsel = cookies.get(settings.SESSION_COOKIE_NAME)
    return user_of(import_module(settings.SESSION_ENGINE).SessionStore(morsel.value)) if morsel else None


def user_of(session: SessionBase) -> User | None:
    """As django.contrib.auth.get_user, which needs a request."""
    value = str(session.get(SESSION_KEY) or "")
    if not value.isdigit() or session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    user = User.objects.filter(pk=value, is_active=True).first()
    if user is None:
        return None
    kept = str(session.get(HASH_SESSION_KEY) or "")
    valid = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return user if any(constant_time_compare(kept, one) for one in valid) else None


def made() -> tuple[Pump, Events]:
    source = polling(read, latest=latest, done=connections.close_all)
    pump = Pump(Hub(replay=source.since), source)
    return pump, Events(pump, authorise)
