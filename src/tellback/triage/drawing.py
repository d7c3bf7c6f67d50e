"""The drawn chart: a layout and today's counts made into bars, ribbons, heaps and labels for a template.

Edges are as thick as their posts, linear, so that areas compare. Every node keeps in = out + waiting; where the
counts do not, the drawing says so in `faults`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .chart import Chart, Node
from .faults import Fault
from .fitting import text_width, wrapped
from .layout import BAR, FULL, MARGIN, THINNEST, Counts, End, Layout, edge_of, goes_on, lay_out
from .marks import (
    SIZES,
    STRETCH,
    Bar,
    Box,
    Course,
    Heap,
    Label,
    Ribbon,
    Thread,
    course_path,
    course_spine,
    edge_label,
    fall_path,
    fall_spine,
    heap,
    label,
    lowest,
)

SWATCH = 16.0  # px; the legend's ribbon stands in a line of words


@dataclass(frozen=True, slots=True)
class Words:
    """The few words of a drawing that are not the chart's own; a page hands them in translated."""

    heard: str = "heard today"
    today: str = "{} today"
    told: str = "{} told"
    waits: str = "{} wait"


@dataclass(frozen=True, slots=True)
class Drawing:
    """All marks of one chart, in CSS px. `sample` posts are `sample_width` px thick, for the legend; 0 for none."""

    width: float
    height: float
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]
    heaps: tuple[Heap, ...]
    labels: tuple[Label, ...]
    thread: Thread | None
    sample: int
    sample_width: float
    faults: tuple[Fault, ...]


def draw(chart: Chart, counts: Counts, chosen: str = "", words: Words | None = None) -> Drawing:
    """Draw a valid chart with its counts; `chosen` is the node whose question hangs into the panel below."""
    words = words or Words()
    layout = lay_out(chart, counts)
    ribbons = tuple(_ribbons(layout))
    layout.height = max(layout.height, max(lowest(ribbon) for ribbon in ribbons) + 8.0)
    bars = tuple(_bars(layout, chosen))
    heaps = tuple(_heaps(layout))
    labels = [_heard_label(layout, words), *_question_labels(layout, words), *_end_labels(layout, words, chosen)]
    taken = [*[bar.box for bar in bars], *[one.box for one in heaps], *[one.box for one in labels]]
    labels += _edge_labels(layout, ribbons, taken)
    sample = _sample(counts.heard)
    return Drawing(
        width=round(layout.width),
        height=round(layout.height),
        bars=bars,
        ribbons=ribbons,
        heaps=heaps,
        labels=tuple(labels),
        thread=_thread(layout, chosen),
        sample=sample,
        sample_width=round(layout.scale * sample, 1),
        faults=tuple(balance(chart, counts)),
    )


def balance(chart: Chart, counts: Counts) -> list[Fault]:
    """A fault for each node where in is not out and waiting together."""
    faults = []
    arrived = dict.fromkeys(chart.nodes, 0) | {chart.start: counts.heard}
    for node in chart.nodes.values():
        for key, edge in node.edges():
            if edge.to in arrived:
                arrived[edge.to] += counts.edges.get(key, 0)
    for node in chart.nodes.values():
        out = sum(counts.edges.get(key, 0) for key, _ in node.edges())
        waiting = counts.waiting.get(node.id, 0)
        if arrived[node.id] != out + waiting:
            said = f"{arrived[node.id]:,} came, {out:,} went on and {waiting:,} wait"
            faults.append(Fault(node.id, f"“{node.question}” does not add up: {said}."))
    return faults


def _sample(heard: int) -> int:
    """The largest of 1, 2, 5, 10 ... whose ribbon fits into a line of words; 0 where even one post is thicker."""
    sample = 0
    for power in range(len(str(heard))):
        sample = max([sample, *[step * 10**power for step in (1, 2, 5) if step * 10**power * FULL <= SWATCH * heard]])
    return sample


def _ribbons(layout: Layout) -> list[Ribbon]:
    heard = layout.counts.heard
    thick = max(THINNEST, FULL if heard else 0.0)
    top = layout.tops[layout.chart.start]
    x1 = layout.x(layout.chart.start)
    course = Course(MARGIN + BAR, top, x1, top, thick, x1)
    first = Ribbon("", course_path(course), "", heard, "", course_spine(course), thick)
    return [first, *[one for node in layout.chart.nodes.values() for one in _node_ribbons(layout, node)]]


def _node_ribbons(layout: Layout, node: Node) -> list[Ribbon]:
    """The two edges of a node, stacked at its right side without a gap in the order of where they go."""
    y = layout.tops[node.id]
    ribbons = []
    for key in _stacked(layout, node):
        ribbons.append(_ribbon(layout, node, key, y))
        y += layout.thick(key)
    return ribbons


def _stacked(layout: Layout, node: Node) -> list[str]:
    straight = goes_on(layout, node)

    def order(key: str) -> tuple[bool, float]:
        end = layout.ends.get(key)
        if end is not None:
            return (end.falls, layout.tops[node.id] if key == straight else end.y)
        return (False, layout.tops[edge_of(layout, key).to] + (1.0 if key != straight else 0.0))

    return sorted((key for key, _ in node.edges()), key=order)


def _ribbon(layout: Layout, node: Node, key: str, y: float) -> Ribbon:
    edge, count, thick = edge_of(layout, key), layout.counts.edges.get(key, 0), layout.thick(key)
    said = f"{edge.words} {count:,}"
    title = f"{node.question} {said}"
    x0, end = layout.x(node.id) + BAR, layout.ends.get(key)
    if end is not None and end.falls:
        path = fall_path(x0, y, end.x, end.y, thick)
        return Ribbon(key, path, said, count, title, fall_spine(x0, y, end.x, end.y, thick), thick)
    course = _course(layout, node, key, y)
    return Ribbon(key, course_path(course), said, count, title, course_spine(course), thick)


def _course(layout: Layout, node: Node, key: str, y: float) -> Course:
    x0, thick, end = layout.x(node.id) + BAR, layout.thick(key), layout.ends.get(key)
    if end is not None:
        return Course(x0, y, end.x, end.y, thick, STRETCH * layout.gap(node.id))
    to = edge_of(layout, key).to
    x1, y1 = layout.x(to), layout.tops[to] + _arrival(layout, key, to)
    low = _low(layout, node, to)
    return Course(x0, y, x1, y1, thick, 0.6 * layout.gap(node.id) if low else x1 - x0, low)


def _low(layout: Layout, node: Node, to: str) -> float:
    """How low an edge must dip to pass under the questions between; 0 when it need not."""
    top, columns = layout.tops[node.id], layout.columns
    if columns[to] - columns[node.id] < 2 or abs(layout.tops[to] - top) > 40:
        return 0.0
    between = [
        other
        for other in layout.chart.nodes
        if columns[node.id] <= columns[other] < columns[to] and abs(layout.tops[other] - top) < 40
    ]
    return max(layout.tops[other] + layout.bar_height(other) for other in between) + 10.0


def _arrival(layout: Layout, key: str, node: str) -> float:
    """How far below the node's upper edge an edge arrives: what hangs there first, then by where it comes from."""

    def order(other: str) -> tuple[bool, float]:
        origin = other.rpartition(":")[0]
        main = layout.hangs_on.get(node) == origin and goes_on(layout, layout.chart.nodes[origin]) == other
        return (not main, layout.tops[origin])

    above = 0.0
    for other in sorted(layout.into(node), key=order):
        if other == key:
            break
        above += layout.thick(other)
    return above


def _bars(layout: Layout, chosen: str) -> list[Bar]:
    start = layout.chart.start
    heard = Bar("", "heard", MARGIN, layout.tops[start] - 2, BAR, round(layout.bar_height(start), 1))
    nodes = [_node_bar(layout, node, node.id == chosen) for node in layout.chart.nodes.values()]
    return [heard, *nodes, *[_end_bar(layout, end) for end in layout.ends.values()]]


def _node_bar(layout: Layout, node: Node, chosen: bool) -> Bar:
    x, y, height = layout.x(node.id), layout.tops[node.id] - 2, layout.bar_height(node.id)
    return Bar(node.id, "node", round(x, 1), round(y, 1), BAR, round(height, 1), chosen, node.question)


def _end_bar(layout: Layout, end: End) -> Bar:
    thick = layout.thick(end.key) + 4.0
    words = layout.chart.actions[end.action].words
    if end.falls:
        return Bar(end.key, "end", round(end.x - 2, 1), end.y, round(thick, 1), 4.0, words=words)
    return Bar(end.key, "end", round(end.x, 1), round(end.y - 2, 1), 4.0, round(thick, 1), words=words)


def _heaps(layout: Layout) -> list[Heap]:
    waiting = layout.counts.waiting
    return [
        heap(node, waiting[node], layout.x(node) - 1.0, layout.tops[node] - 3.0)
        for node in layout.chart.nodes
        if waiting.get(node, 0)
    ]


def _heard_label(layout: Layout, words: Words) -> Label:
    lines = wrapped(words.heard, layout.xs[0] - MARGIN - 10.0, SIZES["note"])
    y = layout.tops[layout.chart.start] - 14.0 - 18.0 * len(lines)
    return label("heard", "", MARGIN - 3.0, y, (f"{layout.counts.heard:,}", *lines))


def _question_labels(layout: Layout, words: Words) -> list[Label]:
    labels = []
    for node in layout.chart.nodes:
        x, y = layout.x(node) - 4.0, layout.tops[node] - 13.0
        waiting = layout.counts.waiting.get(node, 0)
        if waiting:
            y = next(one.box.top for one in _heaps(layout) if one.node == node) - 8.0
            labels.append(label("waits", node, x, y, (words.waits.format(f"{waiting:,}"),)))
            y -= 20.0
        labels.append(_question_label(layout, node, x, y))
    return labels


def _question_label(layout: Layout, node: str, x: float, y: float) -> Label:
    """Over the bar; where the trunk parts, under it and to its left, since an edge rises on the right."""
    lines = layout.questions[node]
    if node == layout.trunk[-1] and layout.parts():
        below = layout.tops[node] + layout.bar_height(node) + 14.0
        return label("question", node, layout.x(node) + BAR, below, lines, anchor="end")
    return label("question", node, x, y - 18.0 * (len(lines) - 1), lines)


def _end_labels(layout: Layout, words: Words, chosen: str) -> list[Label]:
    thread = layout.x(chosen) if chosen in layout.chart.nodes else layout.width
    return [
        one
        for end in layout.ends.values()
        for one in _end_label(layout, end, words, min(end.room, thread - end.x - 2 if thread > end.x else end.room))
    ]


def _end_label(layout: Layout, end: End, words: Words, room: float) -> tuple[Label, Label]:
    """The action's name, and under it how many came and how many were told."""
    action, counts = layout.chart.actions[end.action], layout.counts
    note = counts.notes.get(end.action) or words.today.format(f"{counts.edges.get(end.key, 0):,}")
    told = words.told.format(f"{counts.told[end.key]:,}") if end.key in counts.told else ""
    x, y, lines = end.x - 2, end.y + 22, wrapped(action.words, room, SIZES["end"])
    if not end.falls:
        x, y, lines = end.x + 12, end.y + layout.thick(end.key) / 2 - 2, (action.words,)
    elif told and text_width(f"{note} · {told}", SIZES["note"]) > room:
        note = ""
    below = y + 18 * len(lines)
    return label("end", end.key, x, y, lines), label("note", end.key, x, below, (note,), told=told)


def _edge_labels(layout: Layout, ribbons: Sequence[Ribbon], taken: list[Box]) -> list[Label]:
    labels = []
    for ribbon in ribbons:
        end = layout.ends.get(ribbon.key)
        if not ribbon.key or (end is not None and not end.falls):
            continue
        if end is not None:
            fallen = label("edge", ribbon.key, end.x - 8, end.y - 18, (ribbon.label,), anchor="end")
            placed = None if any(fallen.box.meets(box) for box in taken) else fallen
        else:
            placed = edge_label(ribbon, taken, [other for other in ribbons if other is not ribbon], layout.height)
        if placed:
            labels.append(placed)
            taken.append(placed.box)
    return labels


def _thread(layout: Layout, chosen: str) -> Thread | None:
    if chosen not in layout.chart.nodes:
        return None
    top = layout.tops[chosen] + layout.bar_height(chosen) - 2
    return Thread(round(layout.x(chosen) + BAR / 2, 1), round(top, 1), round(layout.height))
