from tellback.work.job import Job
from tellback.work.recurring import Tick
from tellback.work.route import Route

__all__ = ["Job", "Route", "Tick"]
