"""Where the parts of a drawn chart stand: columns, the trunk, what falls, what rises. No marks yet.

Method: the column of a node is the longest path from the start. The trunk is the path that asks all posts; its
upper edge is one straight line, and an edge that ends leaves it downward. Where the trunk parts, each side is a
hanging tree: a chain of questions with a common upper edge, and below it what leaves, the deepest first, so that
nothing crosses. An edge into a question that hangs elsewhere is drawn across. All measures in CSS px.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .chart import Chart, Edge, Node, edge_key
from .fitting import LINE, heap_height, wrapped

FULL = 112.0
"""How thick all heard posts are."""
THINNEST = 1.5
BAR = 8.0
MARGIN = 24.0
TRUNK_TOP = 172.0
FALL = 274.0
"""From the trunk's upper edge down to where a falling edge ends."""
INNER = 14.0
"""Inner radius of a fall's turn."""
NARROWEST = 112.0
WIDTH = 1384.0
ENDS_WIDTH = 196.0
SLOT = 48.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Today's posts. `edges` and `told` by edge key ("node:yes"), `waiting` by node id; a missing one is 0.

    `notes` are the words under an action, by its id, in place of its count.
    """

    heard: int
    edges: Mapping[str, int] = field(default_factory=dict, hash=False)
    waiting: Mapping[str, int] = field(default_factory=dict, hash=False)
    told: Mapping[str, int] = field(default_factory=dict, hash=False)
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class End:
    """Where an edge ends in an action: the upper left corner of its bar's side, and whether it fell there."""

    key: str
    action: str
    x: float
    y: float
    falls: bool
    room: float


@dataclass(slots=True)
class Layout:
    """The places of one drawing. `tops` are upper edges of the nodes' bars, `xs` the left sides of the columns."""

    chart: Chart
    counts: Counts
    columns: dict[str, int]
    hangs_on: dict[str, str]
    trunk: list[str] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    tops: dict[str, float] = field(default_factory=dict)
    questions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ends: dict[str, End] = field(default_factory=dict)
    width: float = WIDTH
    height: float = 0.0
    fall_y: float = 0.0

    def thick(self, key: str) -> float:
        return max(THINNEST, self.scale * self.counts.edges.get(key, 0))

    @property
    def scale(self) -> float:
        """Pixels for one post."""
        return FULL / max(self.counts.heard, 1)

    def arrived(self, node: str) -> int:
        return sum(self.counts.edges.get(key, 0) for key in self.into(node)) + (
            self.counts.heard if node == self.chart.start else 0
        )

    def into(self, node: str) -> list[str]:
        return [key for other in self.chart.nodes.values() for key, edge in other.edges() if edge.to == node]

    def bar_height(self, node: str) -> float:
        out = sum(self.thick(key) for key, _ in self.chart.nodes[node].edges())
        into = sum(self.thick(key) for key in self.into(node))
        return max(self.scale * self.arrived(node), out, into) + 4.0

    def x(self, node: str) -> float:
        return self.xs[self.columns[node]]

    def gap(self, node: str) -> float:
        column = self.columns[node]
        return self.xs[column + 1] - self.xs[column]

    def parts(self) -> bool:
        """True when the trunk ends in a node both of whose edges go on to questions that hang on it."""
        return len(_hanging(self, self.chart.nodes[self.trunk[-1]])) == 2


def lay_out(chart: Chart, counts: Counts) -> Layout:
    """Places for every part of a valid chart."""
    columns = _columns(chart)
    layout = Layout(chart, counts, columns, _hangs_on(chart, columns))
    layout.trunk = _trunk(layout)
    layout.xs = _column_places(layout)
    layout.questions = {node: wrapped(chart.nodes[node].question, _room(layout, node), 15.0) for node in chart.nodes}
    _place_rows(layout)
    return layout


def _room(layout: Layout, node: str) -> float:
    """How wide a question may be: up to the next column, or under the first gap when the start parts at once."""
    if layout.trunk == [node] and layout.parts():
        return layout.xs[0] + BAR - MARGIN
    return layout.gap(node) - 14.0


def _columns(chart: Chart) -> dict[str, int]:
    columns = {chart.start: 0}
    for _ in chart.nodes:
        for node in chart.nodes.values():
            if node.id in columns:
                for _, edge in node.edges():
                    if edge.to in chart.nodes:
                        columns[edge.to] = max(columns.get(edge.to, 0), columns[node.id] + 1)
    return columns


def _hangs_on(chart: Chart, columns: dict[str, int]) -> dict[str, str]:
    """For each node the one it hangs on: a neighbour in the column before, the last written one."""
    hangs_on: dict[str, str] = {}
    for node in chart.nodes.values():
        for _, edge in node.edges():
            if edge.to in chart.nodes and columns[edge.to] == columns[node.id] + 1:
                hangs_on[edge.to] = node.id
    return hangs_on


def _hanging(layout: Layout, node: Node) -> list[tuple[str, str]]:
    """(edge key, target) of the questions that hang on a node, yes first."""
    return [
        (key, edge.to)
        for key, edge in node.edges()
        if layout.hangs_on.get(edge.to) == node.id and (edge.to != node.yes.to or key == edge_key(node.id, True))
    ]


def goes_on(layout: Layout, node: Node) -> str:
    """The key of the edge that runs straight on: to a question that hangs here, else to an action; or ""."""
    hanging = _hanging(layout, node)
    if hanging:
        return hanging[0][0]
    return next((key for key, edge in node.edges() if edge.to in layout.chart.actions), "")


def _trunk(layout: Layout) -> list[str]:
    trunk = [layout.chart.start]
    while len(hanging := _hanging(layout, layout.chart.nodes[trunk[-1]])) == 1:
        trunk.append(hanging[0][1])
    return trunk


def _fall(layout: Layout, node: Node) -> str:
    """The key of the edge that falls from a node of the trunk, or ""."""
    straight = goes_on(layout, node)
    ends = (key for key, edge in node.edges() if edge.to in layout.chart.actions and key != straight)
    return next(ends, "")


def _column_places(layout: Layout) -> list[float]:
    """Left sides of the columns, that of the ends last. A thick fall, and the parting of the trunk, ask for more."""
    last = max(layout.columns.values())
    extra = [0.0] * (last + 1)
    for node in layout.trunk:
        fall = _fall(layout, layout.chart.nodes[node])
        extra[layout.columns[node]] += layout.thick(fall) if fall else 0.0
    if len(layout.trunk) > 1 and layout.parts():
        extra[layout.columns[layout.trunk[-2]]] += 36.0
    gap = (WIDTH - MARGIN - ENDS_WIDTH - sum(extra)) / (last + 1.8)
    gap = min(max(gap, NARROWEST), 220.0)
    xs = [MARGIN + 0.8 * gap]
    for more in extra:
        xs.append(xs[-1] + gap + more)
    layout.width = max(WIDTH, xs[-1] + ENDS_WIDTH)
    return xs


def _head(layout: Layout, node: str) -> float:
    """How much room a node's words and heap take above its bar."""
    return len(layout.questions[node]) * LINE + heap_height(layout.counts.waiting.get(node, 0)) + 10.0


def _place_rows(layout: Layout) -> None:
    top = max(TRUNK_TOP, max(_head(layout, node) for node in layout.trunk) + 8.0)
    layout.height = top + FALL + 3 * LINE + 12.0
    if layout.parts():
        _place_sides(layout)
        if len(layout.trunk) == 1:
            first, second = (layout.tops[to] for _, to in _hanging(layout, layout.chart.nodes[layout.trunk[0]]))
            top = max(top, (first + second - layout.bar_height(layout.trunk[0])) / 2)
    layout.fall_y = top + FALL
    for node in layout.trunk:
        layout.tops[node] = top
        _place_trunk_ends(layout, layout.chart.nodes[node], top)
    _give_room(layout)


def _place_sides(layout: Layout) -> None:
    """Both sides of the parting, one above the other, with the room that is left shared around them."""
    (_, first), (_, second) = _hanging(layout, layout.chart.nodes[layout.trunk[-1]])
    high, low = _hang(layout, first, 0.0), _hang(layout, second, 0.0)
    layout.height = max(layout.height, high + low + 40.0)
    spare = layout.height - high - low
    _hang(layout, first, 0.25 * spare)
    _hang(layout, second, high + 0.75 * spare)


def _hang(layout: Layout, node: str, above: float) -> float:
    """Place a node and all that hangs on it below `above`; returns where it ends."""
    chain = _chain(layout, node)
    top = above + max(_head(layout, one) for one in chain)
    bottom = top + max(layout.bar_height(one) for one in chain) + 8.0
    for one in chain:
        layout.tops[one] = top
    straight = goes_on(layout, layout.chart.nodes[chain[-1]])
    if straight:
        _end(layout, straight, top)
        bottom = max(bottom, top + layout.thick(straight) / 2 + SLOT / 2)
    for one in reversed(chain):
        bottom = _hang_below(layout, layout.chart.nodes[one], bottom)
    return bottom


def _hang_below(layout: Layout, node: Node, bottom: float) -> float:
    straight = goes_on(layout, node)
    for key, edge in node.edges():
        if key == straight:
            continue
        if edge.to in layout.chart.actions:
            slot = max(SLOT, layout.thick(key) + 10.0)
            _end(layout, key, bottom + (slot - layout.thick(key)) / 2)
            bottom += slot
        elif (key, edge.to) in _hanging(layout, node):
            bottom = _hang(layout, edge.to, bottom + 4.0)
    return bottom


def _chain(layout: Layout, node: str) -> list[str]:
    chain = [node]
    while hanging := _hanging(layout, layout.chart.nodes[chain[-1]]):
        chain.append(hanging[0][1])
    return chain


def _end(layout: Layout, key: str, y: float) -> None:
    action = edge_of(layout, key).to
    layout.ends[key] = End(key, action, layout.xs[-1], y, False, layout.width - layout.xs[-1] - BAR)


def edge_of(layout: Layout, key: str) -> Edge:
    node, _, answer = key.rpartition(":")
    return layout.chart.nodes[node].edge(answer == "yes")


def _place_trunk_ends(layout: Layout, node: Node, top: float) -> None:
    straight, fall = goes_on(layout, node), _fall(layout, node)
    if straight and edge_of(layout, straight).to in layout.chart.actions:
        _end(layout, straight, top)
    if fall:
        run = max(0.42 * (layout.gap(node.id) - layout.thick(fall)), BAR + INNER + 4.0)
        x = layout.x(node.id) + run
        layout.ends[fall] = End(fall, edge_of(layout, fall).to, x, layout.fall_y, True, 0.0)


def _give_room(layout: Layout) -> None:
    """How wide the words under a fall may be: as far as the next fall, or into the open on the right."""
    falls = sorted((end for end in layout.ends.values() if end.falls), key=lambda end: end.x)
    for place, end in enumerate(falls, 1):
        room = falls[place].x - end.x - 12.0 if place < len(falls) else NARROWEST
        layout.ends[end.key] = End(end.key, end.action, end.x, end.y, True, room)
