"""Feeds: RSS, Atom and JSON Feed are heard; nothing can be said there."""

from tellback.networks.feed.adapter import Feed

__all__ = ["Feed"]
