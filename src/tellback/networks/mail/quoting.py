"""What a person wrote now, without the history under it and the signature.

One pass over the lines. Nothing is lost: who shows the short text keeps the full one beside it.
"""

import re
from collections.abc import Sequence

LONGEST_LINE = 400  # a line of attribution is shorter
ATTRIBUTION = re.compile(
    r"^(?:"
    r"on\b.{4,300}\bwrote|am\b.{4,300}\bschrieb.{0,120}|le\b.{4,300}\ba écrit|el\b.{4,300}\bescribió|"
    r"il\b.{4,300}\bha scritto|op\b.{4,300}\bschreef.{0,120}|em\b.{4,300}\bescreveu|.{4,300}\bskrev.{0,120}"
    r")\s*:$",
    re.IGNORECASE,
)
RULE = re.compile(
    r"^-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|"
    r"messaggio originale|oorspronkelijk bericht)\s*-{2,}$|^_{20,}$",
    re.IGNORECASE,
)
HEADER = re.compile(
    r"^\*?(?:from|sent|to|cc|subject|date|von|gesendet|an|betreff|de|envoyé|à|objet|enviado|para|asunto)\s*:\*?\s", re.I
)
FROM = re.compile(r"^\*?(?:from|von|de|da|van)\s*:\*?\s", re.IGNORECASE)
DEVICE = re.compile(r"^(?:sent from my|gesendet von|envoyé de mon|enviado desde mi|get outlook for)\b.{0,80}$", re.I)


def shorten(text: str) -> str:
    """The newest words of a mail. When nothing else would be left, the whole text."""
    whole = text.replace("\r\n", "\n")
    lines = [line.rstrip() for line in whole.split("\n")]
    short = "\n".join(_without_signature(_without_history(lines))).strip()
    return short or whole.strip()


def _without_history(lines: Sequence[str]) -> list[str]:
    kept = list(lines[: _history_begins(lines)])
    _drop_blank(kept)
    if kept and kept[-1].startswith(">"):
        while kept and (kept[-1].startswith(">") or not kept[-1]):
            kept.pop()
        _drop_attribution(kept)
    return _without_first_quote(kept)


def _history_begins(lines: Sequence[str]) -> int:
    """The line where everything behind is an older mail that is not marked by ">"."""
    for at, line in enumerate(lines):
        if RULE.match(line[:LONGEST_LINE]) and any(map(HEADER.match, lines[at + 1 : at + 4])):
            return at
        if FROM.match(line) and sum(1 for one in lines[at : at + 6] if HEADER.match(one)) >= 3:
            return at
        if _is_attribution(lines, at) and not _is_quoted_next(lines, at) and _has_words(lines[:at]):
            return at
    return len(lines)


def _is_attribution(lines: Sequence[str], at: int) -> bool:
    """One line, or two that a mail program broke."""
    line = lines[at]
    if not line or line.startswith(">"):
        return False
    both = f"{line} {lines[at + 1]}" if at + 1 < len(lines) else line
    return any(len(one) <= LONGEST_LINE and ATTRIBUTION.match(one) for one in (line, both))


def _is_quoted_next(lines: Sequence[str], at: int) -> bool:
    return any(line.startswith(">") for line in lines[at + 1 : at + 5])


def _has_words(lines: Sequence[str]) -> bool:
    return any(line and not line.startswith(">") for line in lines)


def _drop_blank(lines: list[str]) -> None:
    while lines and not lines[-1].strip():
        lines.pop()


def _drop_attribution(lines: list[str]) -> None:
    _drop_blank(lines)
    for size in (1, 2):
        if len(lines) >= size and ATTRIBUTION.match(" ".join(lines[-size:])[:LONGEST_LINE]):
            del lines[-size:]
            return


def _without_first_quote(lines: list[str]) -> list[str]:
    """Drop a quote that stands before all the words; quotes between words stay, as they say what is answered."""
    at = 0
    while at < len(lines):
        if _is_attribution(lines, at) and _is_quoted_next(lines, at):
            at = next(one for one in range(at, len(lines)) if lines[one].startswith(">"))
        elif lines[at] and not lines[at].startswith(">"):
            break
        at += 1
    rest = lines[at:]
    return lines if any(line.startswith(">") for line in rest) else rest


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if (line in {"--", "-- "} or DEVICE.match(line)) and _has_words(lines[:at]):
            return lines[:at]
    return lines
