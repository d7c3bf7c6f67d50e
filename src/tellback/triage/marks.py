"""The marks of a drawn chart: curves, turns, heaps, and words that keep clear of each other. All in CSS px."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .fitting import HEAP_STEP, heap_rows
from .layout import INNER

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
LabelKind = Literal["heard", "question", "edge", "end", "note", "waits"]
SIZES = {"heard": 19.0, "question": 15.0, "edge": 13.0, "end": 15.0, "note": 13.5, "waits": 13.5}
STRETCH = 2.2
"""A long edge has turned after this many gaps and then runs straight."""


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of a question ("node"), of an action ("end"), or of all that was heard ("heard")."""

    of: str
    kind: Literal["heard", "node", "end"]
    x: float
    y: float
    width: float
    height: float
    chosen: bool = False
    words: str = ""

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """One edge: `d` is its SVG path, `key` names it in addresses ("node:yes"), `title` says it in words."""

    key: str
    d: str
    label: str
    count: int
    title: str
    spine: tuple[Point, ...]
    thick: float


@dataclass(frozen=True, slots=True)
class Heap:
    """The posts that wait at a node, as discs of `radius` around `discs` (at most 40; `count` says how many)."""

    node: str
    count: int
    discs: tuple[Point, ...]
    radius: float
    box: Box


@dataclass(frozen=True, slots=True)
class Thread:
    """The line from the chosen node down to the panel below the drawing."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a place: `x` with its anchor, each line with its own baseline. `told` follows the last line."""

    kind: LabelKind
    of: str
    x: float
    anchor: Anchor
    lines: tuple[Line, ...]
    box: Box
    told: str = ""


def label(
    kind: LabelKind, of: str, x: float, y: float, lines: Sequence[str], *, anchor: Anchor = "start", told: str = ""
) -> Label:
    """Words whose first baseline is y. The box leans to the wide side, since fonts differ."""
    size = SIZES[kind]
    step = 18.0
    words = [*lines[:-1], f"{lines[-1]} · {told}" if told and lines[-1] else lines[-1] or told]
    smaller = SIZES["note"] if kind == "heard" else size
    width = max(len(line) * (smaller if place else size) * 0.57 for place, line in enumerate(words))
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    box = Box(left, y - size * 0.8, left + width, y + step * (len(lines) - 1) + size * 0.25)
    placed = tuple(Line(round(y + step * place, 1), line) for place, line in enumerate(lines))
    return Label(kind, of, round(x, 1), anchor, placed, box, told)


def heap(node: str, count: int, x: float, floor: float) -> Heap:
    """Discs in rows standing on `floor`, from x to the right."""
    across, up = HEAP_STEP
    rows = heap_rows(count)
    discs = [
        (round(x + 4.2 + across * (place + (rows[0] - wide) / 2), 1), round(floor - 4.2 - up * row, 1))
        for row, wide in enumerate(rows)
        for place in range(wide)
    ]
    box = Box(x, floor - up * len(rows) - 2, x + across * rows[0], floor)
    return Heap(node, count, tuple(discs), 3.65, box)


def fall_path(x0: float, y0: float, left: float, bottom: float, thick: float) -> str:
    """Straight right, a quarter turn, straight down: the edge that leaves the trunk."""
    turn, outer = left - INNER, INNER + thick
    return (
        f"M{x0:.1f} {y0:.1f}H{turn:.1f}A{outer:.1f} {outer:.1f} 0 0 1 {left + thick:.1f} {y0 + outer:.1f}V{bottom:.1f}"
        f"H{left:.1f}V{y0 + outer:.1f}A{INNER:.1f} {INNER:.1f} 0 0 0 {turn:.1f} {y0 + thick:.1f}H{x0:.1f}Z"
    )


def fall_spine(x0: float, y0: float, left: float, bottom: float, thick: float) -> tuple[Point, ...]:
    middle = left + thick / 2
    return ((x0, y0 + thick / 2), (left - INNER, y0 + thick / 2), *_steps(middle, y0 + INNER + thick, bottom))


def _steps(x: float, top: float, bottom: float) -> list[Point]:
    return [(x, top + (bottom - top) * step / 24) for step in range(25)]


class Course(NamedTuple):
    """How a ribbon runs: from (x0, y0) to (x1, y1), upper edges, `thick` px; a curve takes `turn` px across.
    `low` above 0: it dips to that height in between."""

    x0: float
    y0: float
    x1: float
    y1: float
    thick: float
    turn: float
    low: float = 0.0


def course_path(course: Course) -> str:
    return _dip_path(course) if course.low else _curve_path(course)


def course_spine(course: Course) -> tuple[Point, ...]:
    """Points along the middle, for keeping words clear of it; the first 25 are those beside which words may stand."""
    return _dip_spine(course) if course.low else _curve_spine(course)


def _curve_path(course: Course) -> str:
    """A cubic that leaves and arrives level, the same curve `thick` lower, closed; straight on after the turn."""
    x0, y0, x1, y1, thick, turn, _ = course
    bend = min(x1, x0 + turn)
    c = (x0 + bend) / 2
    return (
        f"M{x0:.1f} {y0:.1f}C{c:.1f} {y0:.1f} {c:.1f} {y1:.1f} {bend:.1f} {y1:.1f}H{x1:.1f}V{y1 + thick:.1f}"
        f"H{bend:.1f}C{c:.1f} {y1 + thick:.1f} {c:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )


def _curve_spine(course: Course) -> tuple[Point, ...]:
    x0, y0, x1, y1, thick, turn, _ = course
    bend = min(x1, x0 + turn)
    points = []
    for step in range(25):
        t = step / 24
        x = x0 + (bend - x0) * (1.5 * t - 1.5 * t * t + t**3)
        y = y0 + (y1 - y0) * (3 * t * t - 2 * t**3) + thick / 2
        points.append((x, y))
    return (*points, *[(bend + (x1 - bend) * step / 12, y1 + thick / 2) for step in range(1, 13)])


def _dip_path(course: Course) -> str:
    """Down, along under what stands between, and up again: an edge that skips a question."""
    x0, y0, x1, y1, thick, turn, low = course
    a, b, left, right = x0 + turn / 2, x1 - turn / 2, x0 + turn, x1 - turn
    foot = low + thick
    return (
        f"M{x0:.1f} {y0:.1f}C{a:.1f} {y0:.1f} {a:.1f} {low:.1f} {left:.1f} {low:.1f}H{right:.1f}"
        f"C{b:.1f} {low:.1f} {b:.1f} {y1:.1f} {x1:.1f} {y1:.1f}V{y1 + thick:.1f}"
        f"C{b:.1f} {y1 + thick:.1f} {b:.1f} {foot:.1f} {right:.1f} {foot:.1f}H{left:.1f}"
        f"C{a:.1f} {foot:.1f} {a:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )


def _dip_spine(course: Course) -> tuple[Point, ...]:
    x0, y0, x1, y1, thick, turn, low = course
    return (
        *_level(x0 + turn, x1 - turn, low + thick / 2),
        *_curve_spine(Course(x0, y0, x0 + turn, low, thick, turn)),
        *_curve_spine(Course(x1 - turn, low, x1, y1, thick, turn)),
    )


def lowest(ribbon: Ribbon) -> float:
    """How far down a ribbon reaches; one that dips under questions may pass below all that was placed."""
    return max(y for _, y in ribbon.spine) + ribbon.thick / 2


def _level(left: float, right: float, y: float) -> list[Point]:
    return [(left + (right - left) * step / 24, y) for step in range(25)]


def edge_label(ribbon: Ribbon, taken: Sequence[Box], others: Sequence[Ribbon], foot: float) -> Label | None:
    """The words of an edge, above `foot`, where they meet nothing, or at least no other words; None without a place."""
    choices = [one for one in _choices(ribbon) if one.box.bottom <= foot]
    clear = [one for one in choices if not any(one.box.meets(box) for box in taken)]
    free = (one for one in clear if not any(_crosses(one.box, other) for other in others))
    return next(free, clear[0] if clear else None)


def _choices(ribbon: Ribbon) -> Iterable[Label]:
    words = (ribbon.label,)
    half = ribbon.thick / 2
    spine = ribbon.spine[:25]
    for place in (12, 9, 15, 7, 17, 5, 19):
        (x, y), (x2, y2) = spine[place], spine[place + 1]
        if abs(y2 - y) < 0.25 * abs(x2 - x):
            if ribbon.thick >= 26:
                yield label("edge", ribbon.key, x, y + 4.5, words, anchor="middle")
            yield label("edge", ribbon.key, x, y - half - 7, words, anchor="middle")
            yield label("edge", ribbon.key, x, y + half + 15, words, anchor="middle")
        else:
            beside = half * 1.4 + 10
            right = label("edge", ribbon.key, x + beside, y + (14 if y2 < y else -6), words, anchor="start")
            left = label("edge", ribbon.key, x - beside, y + (-6 if y2 < y else 20), words, anchor="end")
            yield from (right, left) if y2 < y else (left, right)


def _crosses(box: Box, ribbon: Ribbon) -> bool:
    half = ribbon.thick / 2 + 1
    return any(box.left - 2 < x < box.right + 2 and box.top - half < y < box.bottom + half for x, y in ribbon.spine)
