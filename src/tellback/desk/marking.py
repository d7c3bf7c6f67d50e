"""Marks in a text: which parts matched, and which spoke for an answer. Spans may overlap; the text is escaped."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Span = tuple[int, int]
LONGEST_SNIPPET = 240
MOST = 300  # spans of a text that are drawn: more are no help to the eye


def marked(text: str, **kinds: Iterable[Span]) -> SafeString:
    """The text with <mark class="kind"> around each part that lies in spans of these kinds."""
    spans = [(start, end, kind) for kind, all_of in kinds.items() for start, end in clean(all_of, len(text))][:MOST]
    edges = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    parts = []
    for start, end in pairwise(edges):
        classes = " ".join(sorted({kind for left, right, kind in spans if left <= start and end <= right}))
        parts.append((part(text[start:end], classes),))
    return format_html_join("", "{}", parts)


def part(text: str, classes: str) -> SafeString:
    return format_html('<mark class="{}">{}</mark>', classes, text) if classes else format_html("{}", text)


def clean(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans as they can be drawn: within the text, not empty. A text may have been edited since."""
    return [(max(0, start), min(end, length)) for start, end in spans if max(0, start) < min(end, length)]


def snippet(text: str, hits: Sequence[Span]) -> SafeString:
    """The part of a text round its first hit, with all hits in it marked."""
    first = hits[0][0] if hits else 0
    start = max(0, first - LONGEST_SNIPPET // 3)
    if start:
        start = text.find(" ", start, first) + 1 or start
    cut = text[start : start + LONGEST_SNIPPET]
    moved = [(left - start, right - start) for left, right in hits]
    return format_html(
        "{}{}{}", "… " if start else "", marked(cut, hit=moved), " …" if start + LONGEST_SNIPPET < len(text) else ""
    )
