"""Words by which nobody is told from anybody: too short, too common, or an exclusion that shuts out the brand itself.

Pure: texts in, a judgement out.
"""

import re
from collections.abc import Iterable

WORD = re.compile(r"\w+")
# Words that stand in every second post, in the languages that the rules read or that people mix with them.
COMMON = frozenset(
    WORD.findall(
        """
    a an the this that these those and or but if so as at by for from in into of off on out over to up with without
    is am are was were be been being do does did has have had can could will would shall should may might must not no
    yes i me my you your he him his she her it its we us our they them their what when where which why how all any
    some each more most other than then there here just very also only about after again
    der die das ein eine und oder ist nicht ich du er sie es wir ihr zu von mit auf für im am den dem des
    le la les un une et ou est pas je tu il elle nous vous ils de du des en dans pour sur avec que qui
    el los las una y o es no yo de del en por para con que se lo su al
    i o il lo gli un uno e è non di da con su per che
    """
    )
)
WHOLE_WORD_SIGNS = "\u2e80"  # from here on one sign may be a whole word, as in Chinese


def words_of(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def is_too_short(text: str) -> bool:
    """One letter or figure alone."""
    signs = [sign for sign in text if sign.isalnum()]
    return len(signs) < 2 and all(sign < WHOLE_WORD_SIGNS for sign in signs)


def is_too_common(text: str) -> bool:
    """Nothing but words that stand everywhere."""
    words = words_of(text)
    return bool(words) and all(word in COMMON for word in words)


def shut_out(names: Iterable[str], exclusion: str) -> str:
    """The first of the names that can never be found beside this exclusion, since it holds its words; else ""."""
    shut = words_of(exclusion)
    return next((name for name in names if shut and holds(words_of(name), shut)), "")


def holds(words: list[str], part: list[str]) -> bool:
    """Do these words stand in a row among those?"""
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
