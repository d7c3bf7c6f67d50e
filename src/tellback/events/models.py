from tellback.events.announcing import Hearing
from tellback.events.event import Fact
from tellback.events.ripple import Ripple

__all__ = ["Fact", "Hearing", "Ripple"]
