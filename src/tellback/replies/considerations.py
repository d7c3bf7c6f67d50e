"""The five considerations before one answers in public: transparency, sourcing, timeliness, tone, influence.

They come from the US Air Force's web posting response assessment (2009). Here they are a quiet line under the
composer: each is met or open, with a word of advice; none of them forbids sending. Pure, no database.
"""

import re
from dataclasses import dataclass

LINK = re.compile(r"https?://\S+|\b[\w-]{1,63}\.(?:com|org|net|example|gov|edu)\b")
SHOUT = re.compile(r"\b[A-Z]{4,}\b|!{2,}|\?{2,}")
BLAME = re.compile(
    r"\b(?:you should have|you failed|your fault|calm down|obviously|as i said|like i said)\b", re.IGNORECASE
)
SIGNED = re.compile(
    r"(?:\^|[-–—]\s?)[A-Za-z]{2,20}\s*$|\bI am \w|\bI'm \w|\bthis is \w{1,40} (?:at|from|with)\b"
    r"|\w{1,40}, \w{1,40} (?:care|support|team)\s*$",
    re.IGNORECASE,
)
CLAIM = re.compile(
    r"\b(?:policy|according|because|rule|law|fact|page|schedule|lands?|refund|price|fee)\b|\d", re.IGNORECASE
)
MANY = 10_000
LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class Consideration:
    """`met` None: it does not matter for this text."""

    name: str
    met: bool | None
    words: str


def consider(
    text: str, *, brand: str, handle_says_brand: bool, over_by: float, audience: int | None, public: bool
) -> list[Consideration]:
    """The five, in their order. `over_by` is seconds past the promise (negative while there is time left).

    A text is looked at up to LONGEST characters: what is longer is no reply, and must not hold up the page.
    """
    text = text[:LONGEST]
    return [
        transparency(text, brand, handle_says_brand),
        sourcing(text),
        timeliness(over_by),
        tone(text),
        influence(audience, public),
    ]


def transparency(text: str, brand: str, handle_says_brand: bool) -> Consideration:
    says = handle_says_brand or brand.lower() in text.lower() or bool(SIGNED.search(text))
    return Consideration("Transparency", says, "Says who we are" if says else "Nobody is named: say who writes")


def sourcing(text: str) -> Consideration:
    if not CLAIM.search(text):
        return Consideration("Sourcing", True, "No claim that needs a source")
    linked = bool(LINK.search(text))
    return Consideration("Sourcing", linked, "Gives its source" if linked else "No source: link a page?")


def timeliness(over_by: float) -> Consideration:
    late = over_by > 0
    return Consideration("Timeliness", not late, "Late: say so" if late else "In time")


def tone(text: str) -> Consideration:
    if SHOUT.search(text):
        return Consideration("Tone", False, "Loud: fewer capitals and marks?")
    if BLAME.search(text):
        return Consideration("Tone", False, "May sound like blame")
    return Consideration("Tone", True, "Calm")


def influence(audience: int | None, public: bool) -> Consideration:
    if not public:
        return Consideration("Influence", True, "Only they read it")
    if audience is None:
        return Consideration("Influence", True, "Everybody can read it")
    words = f"{audience:,} follow them"
    return Consideration(
        "Influence", audience < MANY, words if audience < MANY else f"{words}: let a second person read it?"
    )
