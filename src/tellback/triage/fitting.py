"""How much room words and heaps take, in CSS px, before anything is placed."""

LINE = 18.0
HEAP_STEP = (8.9, 7.5)
HEAP_MOST = 40
MOST_LINES = 3
OVERHANG = 12.0
"""Less than what every room leaves free on its right."""


def wrapped(text: str, room: float, size: float) -> tuple[str, ...]:
    """The text in lines no wider than `room`, three at most; what does not fit is cut with an ellipsis.

    A word alone on its line may reach up to OVERHANG px past the room, so that few words are cut.
    """
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], _ended(lines[MOST_LINES - 1], room, size)]
    return tuple(_cut(line, room + OVERHANG, size) for line in lines)


def _ended(line: str, room: float, size: float) -> str:
    """The line with an ellipsis behind it, in place of its last words where they leave no room for it."""
    while " " in line and text_width(f"{line} …", size) > room:
        line = line.rpartition(" ")[0]
    return f"{line} …"


def _cut(line: str, room: float, size: float) -> str:
    if text_width(line, size) <= room:
        return line
    kept = max(int(room / text_width("m", size)) - 1, 1)
    return line[:kept].rstrip(" …") + "…"


def text_width(text: str, size: float) -> float:
    """About how wide a text is, in px; system fonts differ, so this leans to the wide side."""
    return len(text) * size * 0.57


def heap_rows(count: int) -> list[int]:
    """How many discs lie in each row of a heap, from below: 6, 5, 4 ... (5, 4 ... under 16), 40 discs at most."""
    left, row = min(count, HEAP_MOST), 5 if count < 16 else 6
    while 5 * row - 10 < left and row * (row + 1) // 2 < left:
        row += 1
    rows = []
    while left > 0:
        rows.append(min(row, left))
        left -= rows[-1]
        row = max(row - 1, 1)
    return rows


def heap_height(count: int) -> float:
    """A heap with its number above it, in px."""
    return len(heap_rows(count)) * HEAP_STEP[1] + LINE + 4.0 if count else 0.0
