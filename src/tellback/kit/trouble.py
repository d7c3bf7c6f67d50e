"""Why a request over HTTP brought nothing, as a word for the program and a sentence for a person."""

import re
from typing import Literal

Kind = Literal[
    "address",  # the URL itself is wrong
    "private_address",  # it leads into a private network
    "unknown_host",
    "refused",
    "tls",
    "timed_out",
    "too_large",
    "redirects",
    "type",  # the answer is of a kind that was not asked for
    "encoding",
    "broken",  # the other side does not speak proper HTTP, or hung up
    "busy",  # two requests to this host are under way already
]


NUMBER = re.compile(r"\[Errno -?\d+\]\s*")


def without_number(fault: BaseException) -> str:
    """What a fault says, without the system's number ahead of it: "Connection refused"."""
    return NUMBER.sub("", str(fault)).strip() or type(fault).__name__


class Trouble(Exception):
    """`kind` is one of Kind; the words say what happened."""

    def __init__(self, kind: Kind, words: str) -> None:
        super().__init__(words)
        self.kind = kind
