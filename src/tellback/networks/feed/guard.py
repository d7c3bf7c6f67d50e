"""An XML text written anew before any parser sees it: tags and words only. Bombs are refused here.

What a parser makes of declarations, comments and processing instructions is the parser's affair and differs from one
to the next; so none of these is left, and a `<` in what comes out begins a whole tag, whatever stood beside it.
"""

import re
from collections.abc import Iterator

from tellback.networks.contract import Unreadable

DEEPEST = 200
MOST = 300_000  # tags
LONGEST = 20_000_000  # characters as written anew
MOST_INHERITED = 100_000_000  # characters that xml:base and xml:lang may lend to what stands below them
OPENING = re.compile(r"<!--|<!\[CDATA\[|<\?|<!|</?(?=[^\W\d])|<")
CLOSING = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>"}
# First as the standard has it, where a value in quotes may hold a ">"; else up to what ends it for all.
TAG = re.compile(r"""</?[^\W\d](?:[^<>"']+|"[^"<]*"|'[^'<]*')*+>|</?[^<>]*>?""")
INHERITED = re.compile(r"""\b(base|lang)\s*=\s*("[^"]*"|'[^']*'|[^\s>]*)""", re.IGNORECASE)
ABSOLUTE = re.compile(r"""["']?\s*[a-z][a-z0-9+.-]*://""", re.IGNORECASE)
ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)\b", re.IGNORECASE)
# The parser compares each with each.
CATEGORY = re.compile(r"<(?:[\w.-]+:)?(?:category|subject|keywords|tags)\b", re.IGNORECASE)
MOST_CATEGORIES = 500  # of one entry
LEFT = re.compile(r"<(?!/?[^\W\d])")


def guard(text: str) -> str:
    """The text with its tags and words alone, or Unreadable when it declares entities, or is filled to harm.

    One pass, in time with the length. It reads tags only roughly; what it counts too many, no honest feed has. A
    document type becomes a blank, CDATA becomes plain words, and a sign that opens nothing is written as `&lt;`.
    """
    outline = Outline(text)
    written = "".join(outline.pieces())
    if LEFT.search(written):
        raise Unreadable("The feed still declares something after its declarations were taken out")
    outline.weigh_inherited()
    return written


class Outline:
    """One pass through a text, and what was counted on the way."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = self.tags = self.size = self.categories = 0
        self.unclosed: set[str] = set()
        self.longest = self.joined = 0

    def pieces(self) -> Iterator[str]:
        at = 0
        while found := OPENING.search(self.text, at):
            piece, end = self.piece(found.group(), found.start())
            self.tags += 1
            self.weigh(found.start() - at + len(piece))
            yield self.text[at : found.start()]
            yield piece
            at = end
        self.weigh(len(self.text) - at)
        yield self.text[at:]

    def weigh(self, more: int) -> None:
        self.size += more
        if self.depth > DEEPEST:
            raise Unreadable(f"The feed has elements nested over {DEEPEST} deep, as no honest feed has")
        if self.tags > MOST:
            raise Unreadable(f"The feed has over {MOST:,} tags")
        if self.size > LONGEST:
            raise Unreadable(f"The feed has over {LONGEST:,} characters when it is written out")

    def piece(self, mark: str, begin: int) -> tuple[str, int]:
        """What is written for that which opens here, and where it ends."""
        if mark in CLOSING:
            return self.section(mark, begin)
        if mark == "<!":
            return " ", _end_of_declaration(self.text, begin)
        return ("&lt;", begin + 1) if LEFT.match(self.text, begin) else self.tag(begin)

    def section(self, mark: str, begin: int) -> tuple[str, int]:
        inside = begin + len(mark)
        # Where one end was missing, none comes later: no second search, which would take quadratic time.
        end = -1 if mark in self.unclosed else self.text.find(CLOSING[mark], inside)
        if end < 0 and mark != "<![CDATA[":
            self.unclosed.add(mark)
            return "&lt;" + mark[1:], inside
        end = len(self.text) if end < 0 else end
        return self.words(inside, end) if mark == "<![CDATA[" else "", end + 3 - (mark == "<?")

    def words(self, begin: int, end: int) -> str:
        # Weighed before it is written: five signs may come of one.
        self.weigh(4 * sum(self.text.count(sign, begin, end) for sign in "&<>"))
        return self.text[begin:end].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    def tag(self, begin: int) -> tuple[str, int]:
        found = TAG.match(self.text, begin)
        tag = found.group() if found else "<"
        end = begin + len(tag)
        if not tag.endswith(">"):
            return "&lt;" + tag[1:], end
        if tag.startswith("</"):
            self.depth = max(self.depth - 1, 0)
        elif not tag.endswith("/>"):
            self.depth += 1
        self.inherit(tag)
        self.categorise(tag, end)
        return tag, end

    def categorise(self, tag: str, end: int) -> None:
        if ENTRY.match(tag):
            self.categories = 0
        elif CATEGORY.match(tag):
            inside = self.text.find("<", end)
            self.categories += 1 + self.text.count(",", end, inside if inside >= 0 else len(self.text))
        if self.categories > MOST_CATEGORIES:
            raise Unreadable(f"An entry of the feed has over {MOST_CATEGORIES} categories, as no honest feed has")

    def inherit(self, tag: str) -> None:
        for name, value in INHERITED.findall(tag):
            if name.lower() == "lang" or ABSOLUTE.match(value):
                self.longest = max(self.longest, len(value))
            else:
                self.joined += len(value)

    def weigh_inherited(self) -> None:
        """A base is put before every link below it, and relative ones are joined to each other."""
        places = self.text.count("<") + self.text.count("&")
        if (self.longest + self.joined) * places > MOST_INHERITED:
            raise Unreadable("The feed has an xml:base or xml:lang so long that its links would fill the memory")


def _end_of_declaration(text: str, begin: int) -> int:
    """Where a DOCTYPE ends. Only one that names a document type and declares nothing itself is let by."""
    end = text.find(">", begin)
    words = text[begin : end + 1]
    if end < 0 or "[" in words or "<" in words[1:] or not words[2:9].upper() == "DOCTYPE":
        raise Unreadable("The feed declares entities or a document type of its own, which can hide a bomb")
    return end + 1
