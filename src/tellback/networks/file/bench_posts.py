"""Invented posts in any number for measuring: the same seed gives the same bytes.

Words follow Zipf's law (frequency falls with rank), mixed with phrases of complaint, praise, question and chatter, so
that verdicts vary. Of all rows 5% repeat an earlier row, 5% are edits of one (same id, other text), 5% are near
duplicates (another id, one or two words changed or a link or mention put behind), and 20% answer an earlier post.
60% of the posts of their own mention a brand.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate, product
from pathlib import Path
from random import Random
from string import ascii_letters, digits
from typing import Any, TextIO

Post = dict[str, str]

FEWEST, MOST = 8, 38  # words
LETTERS = ascii_letters + digits
START = datetime(2024, 1, 1, 6, tzinfo=UTC)
SPAN = 200 * 86_400  # seconds that all posts fit in, however many
LATEST = 3_000  # posts that may be answered, repeated or edited
BRANDS = (
    ("Norrtel", "norrtel"),
    ("Skylark", "skylark"),
    ("Oakmere Energy", "oakmere"),
    ("Kestrel Rail", "kestrelrail"),
    ("Parcelwing", "parcelwing"),
    ("Brightwater Bank", "brightwater"),
    ("Lumira", "lumira_help"),
    ("Fennimore", "fennimore"),
)
NAMES = frozenset(part for label, _ in BRANDS for part in label.split())
KINDS = ("complaint", "praise", "question", "chatter")
SHARES = (0.42, 0.56, 0.78, 1.0)  # running shares of KINDS
ONSETS = ("b", "br", "c", "d", "dr", "f", "fl", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "v")
RHYMES = ("a", "al", "an", "ar", "e", "el", "en", "er", "i", "il", "in", "o", "ol", "on", "or", "u", "um", "ay")
# fmt: off
COMMON = (
    "the", "to", "and", "a", "of", "I", "it", "is", "in", "for", "on", "you", "my", "that",
    "this", "was", "with", "me", "at", "no", "not", "but", "so", "just", "have", "be", "are", "your",
)
# fmt: on
WORDS = 4_000
ENDS = ("", "", "", ".", ".", "!", "?", "😡", "…")
SIGNS = ("😡", "🙏", "#corrin", "#help", "😂", "👏", "#delay")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass
class _World:
    """All that one run draws from, and the latest posts, which later rows answer, repeat or change."""

    rng: Random
    seed: int
    words: list[str]
    word_sums: list[float]
    author_sums: list[float]
    phrases: dict[str, list[list[str]]]
    brand_sums: list[float]
    latest: list[Post] = field(default_factory=list)
    made: int = 0


def write(out: TextIO, count: int, seed: int) -> None:
    """Write `count` rows of JSON Lines in the `tellback` mapping."""
    for line in lines(count, seed):
        out.write(line)


def lines(count: int, seed: int) -> Iterator[str]:
    """Yield `count` rows, each with its newline."""
    for post in posts(count, seed):
        yield _encode(post) + "\n"


def posts(count: int, seed: int) -> Iterator[Post]:
    """Yield `count` posts as the columns of the `tellback` mapping."""
    world = _world(count, seed)
    step = min(60.0, SPAN / max(count, 1))
    for number in range(count):
        at = START + timedelta(seconds=int(number * step))
        yield _next(world, at.isoformat())


def _world(count: int, seed: int) -> _World:
    rng = Random(f"tellback bench posts {seed}")  # noqa: S311  the same bytes for the same seed are wanted
    words = _vocabulary(rng)
    return _World(
        rng=rng,
        seed=seed,
        words=words,
        word_sums=_zipf(len(words), 2.7, 1.0),
        # of so many, about a third of `count` come to be drawn
        author_sums=_zipf(max(count * 3 // 5, 1), 10.0, 0.8),
        phrases=_phrases(rng),
        brand_sums=_zipf(len(BRANDS), 1.0, 0.7),
    )


def _zipf(ranks: int, shift: float, power: float) -> list[float]:
    """Running sums of Zipf and Mandelbrot's weights 1 / (rank + shift) ** power."""
    return list(accumulate(1 / (rank + shift) ** power for rank in range(ranks)))


def _vocabulary(rng: Random) -> list[str]:
    syllables = [onset + rhyme for onset, rhyme in product(ONSETS, RHYMES)]
    made = dict.fromkeys(COMMON)
    while len(made) < WORDS:
        made["".join(rng.choice(syllables) for _ in range(rng.choice((1, 2, 2, 2, 3, 3))))] = None
    return list(made)


def _phrases(rng: Random) -> dict[str, list[list[str]]]:
    raw: dict[str, Any] = json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))
    slots = raw["slots"]

    def filled(pattern: str) -> list[str]:
        return pattern.format(**{name: rng.choice(values) for name, values in slots.items()}).split()

    return {
        kind: [filled(pattern) for pattern in raw[kind] for _ in range(4 if "{" in pattern else 1)] for kind in KINDS
    }


def _next(world: _World, at: str) -> Post:
    roll = world.rng.random()
    if not world.latest or roll >= 0.35:
        return _remember(world, _own(world, at))
    place = int(world.rng.random() * len(world.latest))
    earlier = world.latest[place]
    if roll < 0.05:
        return earlier
    if roll < 0.10:
        world.latest[place] = earlier | {"text": _altered(world, earlier["text"])}
        return world.latest[place]
    if roll < 0.15:
        return _remember(world, _echo(world, earlier, at))
    return _remember(world, _answer(world, earlier, at))


def _remember(world: _World, post: Post) -> Post:
    if len(world.latest) < LATEST:
        world.latest.append(post)
    else:
        world.latest[world.made % LATEST] = post
    return post


def _own(world: _World, at: str) -> Post:
    text, brand = _text(world, world.rng.random() < 0.6)
    post = {"id": _id(world), "time": at, "author": _author(world), "text": text}
    if brand:
        post["brand"] = brand
    return post


def _answer(world: _World, earlier: Post, at: str) -> Post:
    post = _own(world, at)
    if world.rng.random() < 0.5:
        post["author"] = earlier["author"]
    return post | {"thread": earlier.get("thread", earlier["id"]), "answers": earlier["id"]}


def _echo(world: _World, earlier: Post, at: str) -> Post:
    post = {"id": _id(world), "time": at, "author": earlier["author"], "text": _altered(world, earlier["text"])}
    if world.rng.random() < 0.6:
        post["author"] = _author(world)
    return post | {"brand": earlier["brand"]} if "brand" in earlier else post


def _id(world: _World) -> str:
    world.made += 1
    return f"b{world.seed}-{world.made}"


def _author(world: _World) -> str:
    sums = world.author_sums
    rank = world.rng.choices(range(len(sums)), cum_weights=sums)[0]
    return f"{world.words[40 + rank * 7 % (WORDS - 40)]}_{rank}"


def _text(world: _World, mentions: bool) -> tuple[str, str]:
    rng = world.rng
    room = FEWEST + int(rng.random() * (MOST - FEWEST + 1))
    roll = rng.random()
    kind = world.phrases[next(name for name, share in zip(KINDS, SHARES, strict=True) if roll < share)]
    words = list(kind[int(rng.random() * len(kind))])
    if room > 20:
        words += kind[int(rng.random() * len(kind))]
    brand, called = _mention(world) if mentions else ("", [])
    fill = max(room - len(words) - len(called), 0)
    cut = int(rng.random() * (fill + 1))
    filler = rng.choices(world.words, cum_weights=world.word_sums, k=fill)
    if fill and roll < 0.3:
        filler[-1] = SIGNS[int(rng.random() * len(SIGNS))]
    words[-1] += ENDS[int(rng.random() * len(ENDS))]
    first, last = (called, []) if rng.random() < 0.6 else ([], called)
    return " ".join((first + filler[:cut] + words + filler[cut:] + last)[:MOST]), brand


def _mention(world: _World) -> tuple[str, list[str]]:
    label, handle = world.rng.choices(BRANDS, cum_weights=world.brand_sums)[0]
    return label, [f"@{handle}"] if world.rng.random() < 0.65 else label.split()


def _altered(world: _World, text: str) -> str:
    """One or two words changed, or a link or a mention put behind; a brand that was named stays named."""
    rng = world.rng
    words = text.split()
    if rng.random() < 0.4 and len(words) < MOST:
        behind = f"https://{world.words[50 + int(rng.random() * 900)]}.example/{int(rng.random() * 9999)}"
        words.append(behind if rng.random() < 0.5 else f"@{_author(world)}")
        return " ".join(words)
    free = [n for n, word in enumerate(words) if word not in NAMES and not word.startswith("@")]
    for place in rng.sample(free, rng.choice((1, 2))):
        words[place] = world.words[len(COMMON) + int(rng.random() * (WORDS - len(COMMON)))] + words[place][-1:].strip(
            LETTERS
        )
    return " ".join(words)
