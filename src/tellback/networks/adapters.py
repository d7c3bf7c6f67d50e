"""Which adapters there are: a table of addresses, loaded at first use. A new network is a folder and a line here."""

from contextlib import suppress
from functools import lru_cache
from importlib import import_module

from tellback.networks.contract import Adapter

# Each module holds an `adapter` that keeps the contract: itself, or an object in it.
ADAPTERS = {
    "paper": "tellback.networks.paper.adapter",
    "file": "tellback.networks.file.adapter",
    "feed": "tellback.networks.feed.adapter",
    "mail": "tellback.networks.mail.adapter",
}


# What reads a path of this machine, or lives in its memory, is set up by its operator and not on a page.
NOT_ON_PAGES = frozenset({"file", "paper"})


def offered() -> list[Adapter]:
    """The networks that a manager may connect on a page, by title. One whose module is not installed is left out."""
    found = []
    for name in ADAPTERS:
        if name not in NOT_ON_PAGES:
            with suppress(ImportError):
                found.append(adapter(name))
    return sorted(found, key=lambda one: one.title)


@lru_cache(maxsize=32)
def adapter(name: str) -> Adapter:
    """The adapter of a network. Raises KeyError for one that we do not have."""
    module = import_module(ADAPTERS[name])
    found: Adapter = getattr(module, "adapter", module)
    return found
