"""A look at the outline of an XML text before any parser sees it: bombs are refused here."""

import re

from tellback.networks.contract import Unreadable

DEEPEST = 200
MOST = 300_000  # tags
OPENING = re.compile(r"<!--|<!\[CDATA\[|<\?|<!|</|<(?=[^\W\d])")
CLOSING = {"<!--": "-->", "<![CDATA[": "]]>", "<?": "?>", "</": ">", "<": ">"}


def guard(text: str) -> str:
    """The text without its document type, or Unreadable when it declares entities, or is nested or filled to harm.

    One pass, in time with the length. It reads tags only roughly; what it counts too many, no honest feed has.
    """
    kept: list[str] = []
    begin = at = depth = tags = 0
    while found := OPENING.search(text, at):
        mark = found.group()
        if mark == "<!":
            kept.append(text[begin : found.start()])
            begin = at = _end_of_declaration(text, found.start())
            continue
        end = text.find(CLOSING[mark], found.end())
        if end < 0:
            break
        at = end + len(CLOSING[mark])
        tags += mark in {"<", "</"}
        depth = max(depth + _step(text, mark, end), 0)
        if depth > DEEPEST:
            raise Unreadable(f"The feed has elements nested over {DEEPEST} deep, as no honest feed has")
        if tags > MOST:
            raise Unreadable(f"The feed has over {MOST:,} tags")
    return "".join(kept) + text[begin:]


def _step(text: str, mark: str, end: int) -> int:
    if mark == "</":
        return -1
    return int(mark == "<" and text[end - 1] != "/")


def _end_of_declaration(text: str, begin: int) -> int:
    """Where a DOCTYPE ends. Only one that names a document type and declares nothing itself is let by."""
    end = text.find(">", begin)
    words = text[begin : end + 1]
    if end < 0 or "[" in words or not words[2:9].upper() == "DOCTYPE":
        raise Unreadable("The feed declares entities or a document type of its own, which can hide a bomb")
    return end + 1
