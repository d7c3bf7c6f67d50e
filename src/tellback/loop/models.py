from tellback.loop.asking import Ask
from tellback.loop.telling import Telling

__all__ = ["Ask", "Telling"]
