"""One pass over a post: how much evidence of each kind its words carry, and where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from .lexicon import EVIDENCES, THRICE, TOKEN, Effects, fold, shortened, single_words, terms
from .signals import Span

GOOD: Final = EVIDENCES.index("good")
BAD: Final = EVIDENCES.index("bad")
TROUBLE: Final = EVIDENCES.index("trouble")
JOKE: Final = EVIDENCES.index("joke")
REACH: Final = 3
"""How many words a negation carries, unless a mark ends it sooner."""

MILD: Final = 0.6
"""Trouble below this is only a hint, and a negation does not turn it."""
OWN: Final = 0.7
"""What a negation itself added to trouble, taken back when it speaks against trouble ("never a problem")."""

UNITS: Final = {
    "hour": 0.9, "hours": 1.0, "hr": 0.9, "hrs": 1.0, "h": 0.5, "minutes": 0.5, "mins": 0.5, "min": 0.4,
    "days": 0.6, "day": 0.2, "weeks": 0.8, "week": 0.4, "months": 0.7, "times": 0.4,
}  # fmt: skip
"""What "3 hours" adds to trouble."""


@dataclass(slots=True)
class Reading:
    """What one post carries. `scores` and `spans` stand in the order of EVIDENCES."""

    scores: list[float] = field(default_factory=lambda: [0.0] * len(EVIDENCES))
    spans: dict[int, list[Span]] = field(default_factory=dict)
    words: int = 0
    shouted: int = 0
    links: int = 0
    names: int = 0
    exclaims: int = 0
    questions: list[Span] = field(default_factory=list)
    addressed: bool = False
    says_you: bool = False

    def add(self, place: int, weight: float, span: Span) -> None:
        self.scores[place] += weight
        if place in self.spans:
            self.spans[place].append(span)
        else:
            self.spans[place] = [span]


def read(text: str) -> Reading:
    """Read one post. One regular expression cuts it, each word costs a lookup or two."""
    reading = Reading()
    found = list(TOKEN.finditer(fold(text)))
    words = [match[0] for match in found]
    singles, phrases = terms()
    negators, boosters = single_words("negators"), single_words("boosters")
    reading.addressed = bool(words) and words[0][0] == "@"
    turned, turned_until, boost, place, last = 0.0, -1, 1.0, 0, len(words)
    while place < last:
        word = words[place]
        width = 1
        effects: Effects | None = None
        seconds = phrases.get(word)
        if seconds and place + 1 < last and words[place + 1] in seconds:
            width, effects = _longest(seconds[words[place + 1]], words, place)
        if effects is None:
            effects = singles.get(word)
        if effects is None and not word.isalpha():
            effects = _read_sign(reading, words, place, found[place].span(), singles)
            if word[0] in ".!?,;…":
                turned_until = -1
        elif effects is None and THRICE.search(word):
            effects = next((singles[short] for short in shortened(word) if short in singles), None)
        if effects is not None:
            span = (found[place].start(), found[place + width - 1].end())
            strength = boost * (1.25 if len(word) > 2 and text[span[0] : span[1]].isupper() else 1.0)
            _weigh(reading, effects, strength, turned if place <= turned_until else 0.0, span)
        if width == 1 and word in negators:
            turned, turned_until = negators[word], place + REACH
        boost = boosters.get(word, 1.0)
        place += width
    _count(reading, text, words)
    return reading


def _longest(
    candidates: list[tuple[tuple[str, ...], Effects]], words: list[str], place: int
) -> tuple[int, Effects | None]:
    for phrase, effects in candidates:
        width = len(phrase)
        if width == 2 or tuple(words[place : place + width]) == phrase:
            return width, effects
    return 1, None


def _weigh(reading: Reading, effects: Effects, strength: float, turned: float, span: Span) -> None:
    """Add what a term says; under a negation good turns bad, and bad turns a little good ("not bad")."""
    for place, weight in effects:
        if not turned or place > TROUBLE or (place == TROUBLE and weight < MILD):
            reading.add(place, weight * strength, span)
        elif place == GOOD:
            reading.add(BAD, weight * strength * turned * 0.9, span)
        else:
            reading.add(GOOD, weight * strength * turned * 0.45, span)
            reading.add(place, weight * strength * (1.0 - turned), span)
            reading.scores[TROUBLE] -= min(reading.scores[TROUBLE], OWN)


def _read_sign(
    reading: Reading, words: list[str], place: int, span: Span, singles: dict[str, Effects]
) -> Effects | None:
    """What is no plain word: marks, faces, hashtags, names, links and numbers."""
    word = words[place]
    first = word[0]
    if first in "!?.,;…" and len(word) < 9 and word not in FACES:
        if "?" in word:
            reading.questions.append(span)
        reading.exclaims += word.count("!")
    elif first == "#":
        return singles.get(word[1:])
    elif first == "@":
        reading.names += 1
    elif word.startswith("http"):
        reading.links += 1
    elif first.isdigit():
        _read_number(reading, words, place, span)
    elif word in FACES:
        weight = FACES[word]
        reading.add(GOOD if weight > 0 else BAD, abs(weight), span)
    elif word in LAUGHS:
        reading.add(JOKE, LAUGHS[word], span)
    return None


def _read_number(reading: Reading, words: list[str], place: int, span: Span) -> None:
    unit = words[place].lstrip("0123456789")
    if not unit and place + 1 < len(words):
        unit = words[place + 1]
    if unit in UNITS:
        reading.add(TROUBLE, UNITS[unit], span)


YOU: Final = frozenset({"you", "your", "you're", "youre", "u", "ur", "yall", "y'all", "guys"})
FACES: Final = single_words("faces")
LAUGHS: Final = single_words("laughs")


def _count(reading: Reading, text: str, words: list[str]) -> None:
    reading.words = len(words)
    reading.says_you = not YOU.isdisjoint(words)
    if not text.islower():
        reading.shouted = sum(1 for word in text.split() if len(word) > 3 and word.isupper() and word[0] not in "@#")
