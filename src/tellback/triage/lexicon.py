"""Word lists in memory: reading the files of `words/`, and cutting a text into words with their places."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

EVIDENCES: Final = (
    "good",
    "bad",
    "trouble",
    "request",
    "joke",
    "troll",
    "rager",
    "spam",
    "safety",
    "self_harm",
    "legal",
    "press",
    "doubtful",
    "before_sale",
    "after_sale",
    "more",
    "ironic",
    "mended",
)
"""The lists that add up, by file name; their order is the order of a reading's scores."""

TOKEN: Final = re.compile(
    r"https?://\S+|[@#]?\w+(?:'\w+)*|[:;=]-?[)(DdPp/|\\]|<3|[!?.,;…]+|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]"
)
"""One pass over a text: links, words (with @ or #), faces, marks, signs. Anything else is skipped."""

THRICE: Final = re.compile(r"(\w)\1\1+")
ENDINGS: Final = ("", "s", "d", "e", "es", "ed", "ing", "ion", "ions", "ation", "ations")

Effects = tuple[tuple[int, float], ...]
"""(place in EVIDENCES, weight) of one term."""

Phrases = dict[str, dict[str, list[tuple[tuple[str, ...], Effects]]]]
"""By their first word, then their second: the words of the whole phrase and what it says, longest first."""


def fold(text: str) -> str:
    """Small letters and straight apostrophes, without moving any character (spans must stay true)."""
    small = text.lower()
    if len(small) != len(text):
        small = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    return small.replace("\u2019", "'")


def tokens(text: str) -> list[str]:
    """The words of a term or a short text, folded."""
    return TOKEN.findall(fold(text))


def read_list(name: str) -> dict[tuple[str, ...], float]:
    """One file of `words/`: its terms as word tuples, with their weights. ValueError names a bad line."""
    terms: dict[tuple[str, ...], float] = {}
    written = files(__package__).joinpath("words", f"{name}.txt").read_text(encoding="utf-8")
    for number, line in enumerate(written.splitlines(), 1):
        if line.strip() and not line.startswith("# "):
            term, weight = _parts(line, name, number)
            for spelled in _spellings(term):
                terms[tuple(spelled.split())] = weight
    return terms


def _parts(line: str, name: str, number: int) -> tuple[str, float]:
    term, _, weight = line.strip().rpartition(" ")
    try:
        return fold(term.strip()), float(weight)
    except ValueError:
        raise ValueError(f"words/{name}.txt, line {number}: a term and its weight are expected.") from None


def _spellings(term: str) -> list[str]:
    return [term[:-1] + ending for ending in ENDINGS] if term.endswith("*") else [term]


@cache
def single_words(name: str) -> dict[str, float]:
    """The one-word terms of a list."""
    return {words[0]: weight for words, weight in read_list(name).items() if len(words) == 1}


@cache
def terms() -> tuple[dict[str, Effects], Phrases]:
    """All lists of EVIDENCES at once: single words, and phrases by their first two words."""
    gathered: dict[tuple[str, ...], list[tuple[int, float]]] = {}
    for place, name in enumerate(EVIDENCES):
        for words, weight in read_list(name).items():
            gathered.setdefault(_as_read(words), []).append((place, weight))
    phrases: Phrases = {}
    for words, effects in gathered.items():
        if len(words) > 1:
            phrases.setdefault(words[0], {}).setdefault(words[1], []).append((words, tuple(effects)))
    for same_word in phrases.values():
        for same_start in same_word.values():
            same_start.sort(key=lambda phrase: -len(phrase[0]))
    return {words[0]: tuple(effects) for words, effects in gathered.items() if len(words) == 1}, phrases


def _as_read(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a term as the tokeniser cuts them ("shout-out" is two words, "really?" a word and a mark)."""
    return tuple(tokens(" ".join(words)))


def shortened(word: str) -> tuple[str, ...]:
    """What a drawn-out word may mean: "soooo" gives "so" and "soo"."""
    return THRICE.sub(r"\1", word), THRICE.sub(r"\1\1", word)
