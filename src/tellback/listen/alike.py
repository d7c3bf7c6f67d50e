"""Near-duplicates by MinHash: which posts say nearly the same words.

Method: A. Broder, "On the resemblance and containment of documents" (1997); bands as in Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", chapter 3. A text is the set of its word pairs; twelve-odd minima of hashed
pairs, joined three by three into bands, are equal with a probability that grows with the overlap of the sets.
No database here; the hashes depend on nothing but the text, so every process, today and after a restart, agrees.
"""

import re
from itertools import pairwise
from zlib import crc32

from tellback.kit.foreseen import Foreseeable

BANDS = 6
ROWS = 3
FEWEST_WORDS = 6
LONGEST = 10_000  # characters that are compared: a text of a megabyte is not to hold up the line
ALIKE = 0.5  # of all word pairs of both texts, the share that both have
MIX = 0x9E3779B97F4A7C15
WHOLE = (1 << 64) - 1
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# What changes from one copy to the next without changing what is said: addresses, handles, the "RT" before them.
NOISE = re.compile(r"https?://\S+|@[\w.\-]+|^\s*RT\b", re.IGNORECASE)
# XOR with a fixed mask orders hashes anew, each order as likely as another, and costs a third of a multiplication. The
# masks lie far apart (multiples of the golden ratio), so that their orders differ; they stay the same for ever. Thirty
# bits are one digit of a Python integer.
MASKS = [(n + 1) * 0x9E3779B1 % (1 << 32) >> 2 for n in range(BANDS * ROWS)]


def words(text: str) -> list[str]:
    """The words that count, lower-cased."""
    return WORD.findall(NOISE.sub(" ", text[:LONGEST]).lower())


def pairs(said: list[str]) -> set[int]:
    """The neighbouring word pairs, hashed to 32 bits."""
    return {crc32(f"{first} {second}".encode()) for first, second in pairwise(said)}


def bands(found: set[int], salt: int) -> list[int]:
    """BANDS signed 64-bit keys; two texts that share one are worth comparing. `salt` keeps workspaces apart."""
    hashed = [pair >> 2 for pair in found]
    minima = [min([one ^ mask for one in hashed]) for mask in MASKS]
    keys = []
    for band in range(BANDS):
        mixed = salt * BANDS + band
        for least in minima[band * ROWS : band * ROWS + ROWS]:
            mixed = (mixed * MIX ^ least) & WHOLE
        keys.append((mixed * MIX & WHOLE) >> 1)
    return keys


@Foreseeable
def compared(text: str, salt: int) -> tuple[set[int], list[int]] | None:
    """The word pairs of a text and their bands; None where it says too little to be compared."""
    said = words(text)
    if len(said) < FEWEST_WORDS:
        return None
    found = pairs(said)
    return found, bands(found, salt)


def alikeness(one: set[int], other: set[int]) -> float:
    """Jaccard's measure: 0 nothing in common, 1 the same pairs."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)
