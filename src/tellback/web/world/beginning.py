"""The made-up town on the first start, and as a part of the engine."""

import threading

from django.db import connection

from tellback.kit.clock import now
from tellback.web.world.playing import play_live
from tellback.web.world.seeding import seed, welcome
from tellback.workspace.models import Role, User, Workspace


def begin_world() -> None:
    """Seed the town into an installation that has nothing yet. One that had it and removed it does not get it back."""
    if Workspace.objects.exists():
        return
    seed(now())
    # Whoever was quicker than the seeding owns the town all the same.
    for user in User.objects.filter(memberships__role=Role.OWNER, memberships__workspace__is_demo=False).distinct():
        welcome(user)


def live_world(stopped: threading.Event) -> None:
    """What happens in the town from now on."""
    play_live(stopped)
    connection.close()
