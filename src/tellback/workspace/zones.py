"""Time zones for a list to choose from."""

from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@lru_cache(maxsize=1)
def zones() -> list[tuple[str, str]]:
    """(name, label) of every zone named after a place, by name; UTC first."""
    named = sorted(zone for zone in available_timezones() if zone.split("/")[0] in REGIONS)
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in named)]


def zone_of(name: str) -> ZoneInfo:
    """A zone by name; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
