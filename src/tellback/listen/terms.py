"""Finding a brand's terms in a text, with the spans that matched. One pass over the words; no word inside another.

Pure: `Terms` is built from (brand, kind, text) triples and knows no database.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import normalize
from urllib.parse import urlsplit

from tellback.kit.foreseen import Foreseeable

# Words with what may stand before them; addresses as one piece, so that a name inside a link is no match. Marks that
# combine with a letter belong to its word: "café" is one word however its accent is written.
LETTERS = r"[\w\u0300-\u036f]+"
TOKEN = re.compile(
    rf"https?://\S+|[@#]?{LETTERS}(?:['’.\-]{LETTERS})*(?:@{LETTERS}(?:[.\-]{LETTERS})*)?", re.IGNORECASE
)
JOINT = re.compile(r"-|\.(?=[^\W\d_a-z])")  # "Norrtel-router", and "at Norrtel.They": the space was forgotten
POSSESSIVE = {"'s", "’s", "'S", "’S"}
NAMES = {"name", "misspelling"}
SURE = {"handle": 1.0, "hashtag": 0.95, "site": 0.95, "name": 0.9, "misspelling": 0.8}


@dataclass(frozen=True, slots=True)
class Hit:
    """A term of a brand at text[start:end]."""

    brand: int
    kind: str
    start: int
    end: int


@dataclass(slots=True)
class Found:
    """What a text says of one brand."""

    sure: float = 0.0
    spans: list[tuple[int, int, str]] = field(default_factory=list)


Phrase = tuple[tuple[str, ...], int, str]


class Terms:
    """All terms of a workspace, by their first word."""

    def __init__(self, triples: Iterable[tuple[int, str, str]]) -> None:
        self.first: dict[str, list[Phrase]] = defaultdict(list)
        self.sites: list[tuple[str, int]] = []
        self.exclusions: dict[str, list[Phrase]] = defaultdict(list)
        for brand, kind, text in triples:
            self.add(brand, kind, text.strip())

    def add(self, brand: int, kind: str, text: str) -> None:
        if kind == "site":
            if host := host_of(text):
                self.sites.append((host, brand))
            return
        parts = tuple(plain(part) for part, _, _ in tokens(text))
        if not parts:
            return
        sign = {"handle": "@", "hashtag": "#"}.get(kind, "")
        first = sign + parts[0].lstrip("@#")
        into = self.exclusions if kind == "exclusion" else self.first
        into[first].append(((first, *parts[1:]), brand, kind))

    def find(self, text: str) -> dict[int, Found]:
        """brand id -> what was found; brands whose exclusion matched are left out unless named by handle."""
        seen = words(text)
        found: dict[int, Found] = {}
        shut: set[int] = set()
        for at, (word, start, end) in enumerate(seen):
            joined = not word.isalnum()
            if joined and self.sites and ("." in word or word.startswith("http")):
                self.find_site(word, start, end, found)
            if joined or word in self.first:
                for hit in hits(self.first, seen, at) or self.inside(word, start, text):
                    note(found, hit)
            if word in self.exclusions:
                shut.update(hit.brand for hit in hits(self.exclusions, seen, at))
        return {brand: what for brand, what in found.items() if brand not in shut or what.sure == 1.0}

    def inside(self, word: str, start: int, text: str) -> list[Hit]:
        """What stands in the parts of a joined word, where the whole of it means nothing; a name behind a #."""
        if word.startswith("#"):
            return [hit for hit in hits(self.first, [(word[1:], start, start + len(word))], 0) if hit.kind in NAMES]
        if word.startswith(("http", "@")) or not ("-" in word or "." in word) or "@" in word:
            return []
        parts = parts_of(text, start)
        return [hit for at in range(len(parts)) for hit in hits(self.first, parts, at)]

    def find_site(self, address: str, start: int, end: int, found: dict[int, Found]) -> None:
        host = host_of(address.rstrip(".,;:!?)"))
        for site, brand in self.sites:
            if host == site or host.endswith("." + site):
                note(found, Hit(brand, "site", start, end))


def tokens(text: str) -> list[tuple[str, int, int]]:
    return [(match.group(), match.start(), match.end()) for match in TOKEN.finditer(text)]


@Foreseeable
def words(text: str) -> list[tuple[str, int, int]]:
    """The tokens in the form in which they are compared; a possessive's end is not part of its span."""
    return [(plain(word), start, end - owned(word)) for word, start, end in tokens(text)]


def parts_of(text: str, start: int) -> list[tuple[str, int, int]]:
    """The parts of the joined word that begins at `start`."""
    token = TOKEN.match(text, start)
    whole = token.group() if token else ""
    cuts = [0, *(cut.end() for cut in JOINT.finditer(whole)), len(whole) + 1]
    pieces = [(whole[begin : end - 1], start + begin) for begin, end in pairwise(cuts)]
    return [(plain(piece), at, at + len(piece) - owned(piece)) for piece, at in pieces]


def plain(word: str) -> str:
    """Lower case, in one form of writing; without the possessive, so that "Norrtel's" is Norrtel."""
    word = word[: len(word) - owned(word)].lower()
    return word if word.isascii() else normalize("NFKC", word)


def owned(word: str) -> int:
    """How many characters of a word are its possessive."""
    return 2 if word[-2:] in POSSESSIVE and not word.startswith("http") else 0


def hits(index: dict[str, list[Phrase]], seen: list[tuple[str, int, int]], at: int) -> list[Hit]:
    """The phrases of an index that begin at this word."""
    found = []
    for parts, brand, kind in index.get(seen[at][0], ()):
        last = at + len(parts) - 1
        if last < len(seen) and all(seen[at + n][0] == part for n, part in enumerate(parts)):
            found.append(Hit(brand, kind, seen[at][1], seen[last][2]))
    return found


def note(found: dict[int, Found], hit: Hit) -> None:
    what = found.setdefault(hit.brand, Found())
    what.sure = max(what.sure, SURE.get(hit.kind, 0.5))
    what.spans.append((hit.start, hit.end, hit.kind))


def host_of(address: str) -> str:
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.").rstrip(".")
