"""The door by which pages get their shell without knowing who fills it: `web` does, since it sees all rooms."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Live:
    """Where a page hears what has changed."""

    url: str


def here(request: Any, *, section: str) -> None:
    """Say which row of the rail a page stands under ("waiting", "chart", "brands"): call it in the view."""
    request.rail_here = section
