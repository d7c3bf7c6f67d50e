"""What a page asks for in its request, and what is said when it may not have it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

MOST_TOPICS = 50
TOPIC = re.compile(r"\*|[A-Za-z0-9][A-Za-z0-9:_.-]{0,79}")
HIGHEST = 2**63 - 1


class Refused(Exception):
    """No stream: an HTTP status and a plain sentence for the reader."""

    def __init__(self, status: int, why: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


def asked(scope: Mapping[str, Any]) -> tuple[frozenset[str], int | None]:
    """The topics and the number to start after. Raises Refused.

    Last-Event-ID is the browser's own and newer than `?after=`, which stays in the address of a page that comes back.
    """
    if scope["method"] != "GET":
        raise Refused(405, "Changes are only for reading: ask with GET.", (b"allow", b"GET"))
    query = parse_qs(scope["query_string"].decode("latin-1"))
    headers = {name.lower(): value for name, value in scope["headers"]}
    after = number(headers.get(b"last-event-id", b"").decode("latin-1"))
    return topics(query.get("topics", [])), number(query.get("after", [""])[-1]) if after is None else after


def topics(values: list[str]) -> frozenset[str]:
    names = frozenset(name for value in values for name in value.split(",") if name)
    if not names:
        raise Refused(400, "Name the topics to follow, as in ?topics=inbox,case:12, or * for all.")
    if len(names) > MOST_TOPICS:
        raise Refused(400, f"One page can follow {MOST_TOPICS} topics; this asked for {len(names)}.")
    if not all(TOPIC.fullmatch(name) for name in names):
        raise Refused(400, "A topic is up to 80 letters, digits and the signs : _ . - and starts with no sign.")
    return names


def number(text: str) -> int | None:
    """A row number in plain digits, or None for anything else: a bad one is as good as none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    return int(text) if int(text) <= HIGHEST else None
