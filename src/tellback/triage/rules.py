"""The judge that needs no model: evidence from word lists, put together by hand.

Each signal is a logistic function of a few sums. The constants are set by hand and checked by
`training/measure_rules.py`; they are no probabilities in the strict sense until somebody calibrates them.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from tellback.kit.foreseen import Foreseeable

from .lexicon import EVIDENCES, single_words, tokens
from .lexicon import read_list as _read_list
from .reading import Reading, read
from .signals import URGENT, Exhibit, Signal, Span

(GOOD, BAD, TROUBLE, REQUEST, JOKE, TROLL, RAGER, SPAM) = range(8)
MORE, IRONIC, MENDED = (EVIDENCES.index(name) for name in ("more", "ironic", "mended"))
BEFORE, AFTER, DOUBTFUL = (EVIDENCES.index(name) for name in ("before_sale", "after_sale", "doubtful"))
URGENT_PLACES = tuple((name, EVIDENCES.index(name)) for name in URGENT)
WIDE_AUDIENCE = 10_000
MOST_DOUBT = 0.8
"""Words alone can make a claim doubtful; that it is wrong takes a fact or a person."""


CALM = {name: Signal(0.027) for name in ("urgent", *URGENT)} | {"facts_wrong": Signal(0.032)}
CALM |= {"before_sale": Signal(0.13), "after_sale": Signal(0.13)}
"""What is answered where no word of a list was found."""


class RuleJudge:
    """A Judge by rules and word lists, English first. It keeps no state and never fails on a text."""

    def signals(self, posts: Sequence[Exhibit]) -> list[dict[str, Signal]]:
        return [judge(post) for post in posts]


def judge(post: Exhibit) -> dict[str, Signal]:
    """All signals of one post, and its facts as signals."""
    return {name: Signal(p) for name, p in post.facts.items()} | heard(post.text, post.audience)


@Foreseeable
def heard(text: str, audience: int) -> dict[str, Signal]:
    """What the words alone say, told to so many followers."""
    reading = read(text)
    signals: dict[str, Signal] = {}
    _feeling(reading, signals)
    _temper(reading, signals)
    _asking(reading, signals)
    _danger(reading, signals)
    _sale(reading, signals)
    _answering(reading, text, audience, signals)
    return signals


def _chance(logit: float) -> float:
    return 1.0 / (1.0 + exp(-logit)) if logit > -30.0 else 0.0


def _signal(reading: Reading, logit: float, *places: int) -> Signal:
    return Signal(_chance(logit), _spans(reading, *places))


def _spans(reading: Reading, *places: int) -> tuple[Span, ...]:
    found = [reading.spans[place] for place in places if place in reading.spans]
    if len(found) < 2:
        return tuple(found[0]) if found else ()
    return tuple(sorted({span for spans in found for span in spans}))


def _feeling(reading: Reading, signals: dict[str, Signal]) -> None:
    """Praise and complaint. Kind words beside trouble are taken as irony, unless the trouble was mended."""
    scores = reading.scores
    good, bad, trouble, mended = scores[GOOD], scores[BAD], scores[TROUBLE], scores[MENDED]
    if mended:
        trouble /= 1.0 + mended
        good += 0.6 * mended
    elif scores[IRONIC] and trouble + 0.5 * bad > 1.2:
        turned = min(good, scores[IRONIC]) * min(1.0, (trouble + 0.5 * bad) / 2.5)
        good -= turned
        bad += 0.5 * turned
    ill = bad + trouble
    asked = 0.9 if reading.questions else 0.0
    signals["complaint"] = _signal(reading, 1.8 * ill - 1.1 * good - 1.0, BAD, TROUBLE)
    signals["praise"] = _signal(reading, 1.5 * good - 1.1 * ill - asked - 1.6, GOOD)


def _asking(reading: Reading, signals: dict[str, Signal]) -> None:
    """Question and request, and "positive": no ill will, and nothing asked unless the praise outweighs it."""
    request = reading.scores[REQUEST]
    question = Signal(_chance((1.6 if reading.questions else -2.6) + 0.5 * request), tuple(reading.questions))
    signals["question"] = question
    signals["request"] = _signal(reading, 1.3 * request - 2.6, REQUEST)
    asked = max(question.p, signals["request"].p) * (1.0 - 0.8 * signals["praise"].p)
    ill = max(signals["complaint"].p, signals["troll"].p, signals["rager"].p)
    if ill >= asked:
        signals["positive"] = Signal(1.0 - ill, _spans(reading, GOOD, BAD, TROUBLE))
    else:
        signals["positive"] = Signal(1.0 - asked, _spans(reading, GOOD, REQUEST) + question.spans)


def _temper(reading: Reading, signals: dict[str, Signal]) -> None:
    """Joke, troll, rager, spam. Real trouble speaks against the first three: an angry customer is a customer."""
    scores = reading.scores
    trouble = min(scores[TROUBLE], 4.0)
    heat = 0.3 * min(reading.shouted, 6) + 0.25 * min(reading.exclaims, 6)
    signals["joke"] = _signal(reading, 1.3 * scores[JOKE] - 0.5 * trouble - 0.3 * scores[BAD] - 3.0, JOKE)
    signals["troll"] = _signal(reading, 1.6 * scores[TROLL] - 0.5 * trouble - 3.4, TROLL)
    rage = 1.5 * scores[RAGER] + heat if scores[RAGER] else 0.5 * heat
    signals["rager"] = _signal(reading, rage - 0.6 * trouble - 3.6, RAGER)
    link = 0.8 * min(reading.links, 3)
    tags = 0.3 * max(0, reading.names - 3)
    signals["spam"] = _signal(reading, 1.2 * scores[SPAM] + link + tags - 0.3 * trouble - 3.8, SPAM)


def _danger(reading: Reading, signals: dict[str, Signal]) -> None:
    """The four reasons of urgency, and doubtful claims. Most posts have none: they share one set of calm answers."""
    signals.update(CALM)
    scores = reading.scores
    for name, place in URGENT_PLACES:
        if scores[place]:
            signals[name] = _signal(reading, 1.6 * scores[place] - 3.6, place)
            signals["urgent"] = max(signals["urgent"], signals[name])
    if scores[DOUBTFUL]:
        doubt = _chance(1.1 * scores[DOUBTFUL] - 3.4)
        signals["facts_wrong"] = Signal(min(doubt, MOST_DOUBT), _spans(reading, DOUBTFUL))


def _sale(reading: Reading, signals: dict[str, Signal]) -> None:
    for name, place in (("before_sale", BEFORE), ("after_sale", AFTER)):
        if reading.scores[place]:
            signals[name] = _signal(reading, 1.5 * reading.scores[place] - 1.9, place)


def _answering(reading: Reading, text: str, audience: int, signals: dict[str, Signal]) -> None:
    """Whether a kind post is worth a reply, and whether a reply could add something."""
    bare = bare_thanks(text) if reading.words < 24 else False
    signals["thanks_only"] = Signal(0.97 if bare else 0.02)
    signals["worth_reply"] = Signal(_worth(reading, audience, signals, bare), _spans(reading, GOOD))
    asked = 1.6 if reading.questions else 0.0
    signals["can_add"] = _signal(reading, 1.3 * reading.scores[MORE] + asked - 1.6, MORE)


def _worth(reading: Reading, audience: int, signals: dict[str, Signal], bare: bool) -> float:
    if bare:
        return 0.08
    spoken_to = reading.addressed or reading.says_you
    logit = 2.6 * signals["praise"].p + (1.0 if spoken_to else 0.0) + (1.0 if reading.questions else 0.0) - 2.4
    return _chance(logit + (1.2 if audience >= WIDE_AUDIENCE else 0.0))


THANKS = _read_list("thanks")
LONGEST_THANKS = max(len(words) for words in THANKS)
SIGNS = {**single_words("faces"), **single_words("laughs")}


def bare_thanks(text: str) -> bool:
    """True when a text is thanks and nothing more: no case is opened or reopened for it. A question never is."""
    words = [word for word in tokens(text) if word[0] not in "@.,!…" and SIGNS.get(word, -1.0) < 0]
    said = place = 0
    while place < len(words):
        width = _thanks_at(words, place)
        if not width:
            return False
        said += THANKS[tuple(words[place : place + width])] > 0
        place += width
    return said > 0


def _thanks_at(words: list[str], place: int) -> int:
    """How many words from `place` on belong to a thanks; 0 when the next one does not."""
    for width in range(min(LONGEST_THANKS, len(words) - place), 0, -1):
        if tuple(words[place : place + width]) in THANKS:
            return width
    return 0
