"""What is wrong with a chart, in plain words, before it may judge a post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .chart import Chart, Edge, Node
from .signals import FACTS, SIGNALS


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `where` is the id of the node or action it stands at, empty for the whole chart."""

    where: str
    words: str


def validate(chart: Chart) -> list[Fault]:
    """Every fault of the chart; an empty list means that each walk ends in an action or waits for a person."""
    faults = [*_edge_faults(chart), *_answer_faults(chart), *_start_faults(chart)]
    circle = find_circle(chart)
    if circle:
        faults.append(Fault(circle[0], f"The chart goes in a circle: {_path(chart, circle)}."))
    return [*faults, *_reach_faults(chart)]


def find_circle(chart: Chart) -> list[str]:
    """Node ids along one circle, the first repeated at the end; empty when there is none. Depth first, no recursion."""
    done: set[str] = set()
    for root in chart.nodes:
        trail: list[str] = []
        stack: list[tuple[str, bool]] = [(root, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                done.add(trail.pop())
            elif node in trail:
                return [*trail[trail.index(node) :], node]
            elif node not in done:
                trail.append(node)
                stack.append((node, True))
                stack.extend((target, False) for target in _next_nodes(chart, node))
    return []


def _next_nodes(chart: Chart, node: str) -> list[str]:
    return [edge.to for _, edge in chart.nodes[node].edges() if edge.to in chart.nodes]


def _edge_faults(chart: Chart) -> Iterator[Fault]:
    for node in chart.nodes.values():
        for answer, edge in (("yes", node.yes), ("no", node.no)):
            words = _edge_fault(chart, node, answer, edge)
            if words:
                yield Fault(node.id, words)


def _edge_fault(chart: Chart, node: Node, answer: str, edge: Edge) -> str:
    if not edge.to:
        return f"“{node.question}” has no edge for {answer}. Say where a {answer} leads."
    if edge.to not in chart.nodes and edge.to not in chart.actions:
        return f"“{node.question}” leads to “{edge.to}” on {answer}, which is neither a question nor an action."
    return ""


def _answer_faults(chart: Chart) -> Iterator[Fault]:
    for node in chart.nodes.values():
        if not 0 <= node.low <= 1 or not 0 <= node.high <= 1:
            yield Fault(node.id, f"“{node.question}” has a threshold outside 0 to 1.")
        elif node.low > node.high:
            yield Fault(node.id, f"“{node.question}” has its lower threshold above the upper one.")
        yield from _ask_faults(node)


def _ask_faults(node: Node) -> Iterator[Fault]:
    if node.how == "person":
        return
    if not node.asks:
        yield Fault(node.id, f"“{node.question}” does not say which {node.how} answers it.")
    known = FACTS if node.how == "rule" else FACTS | SIGNALS
    for ask in node.asks:
        if ask not in known:
            yield Fault(node.id, f"“{node.question}” asks for “{ask}”, which is no {node.how} that Tellback knows.")


def _start_faults(chart: Chart) -> Iterator[Fault]:
    if chart.start not in chart.nodes:
        yield Fault("", f"The chart starts at “{chart.start}”, which is no question of it.")
    led_to = {edge.to for node in chart.nodes.values() for _, edge in node.edges()}
    for node in chart.nodes.values():
        if node.id != chart.start and node.id not in led_to:
            yield Fault(node.id, f"The chart has a second start: nothing leads to “{node.question}”.")


def _reach_faults(chart: Chart) -> Iterator[Fault]:
    reached = _reached(chart)
    for node in chart.nodes.values():
        if node.id not in reached:
            yield Fault(node.id, f"No post can reach “{node.question}” from the start.")
    for action in chart.actions.values():
        if action.id not in reached:
            yield Fault(action.id, f"No post can reach the action “{action.words}”.")
    if not any(action in reached for action in chart.actions):
        yield Fault("", "No path of the chart ends in an action.")


def _reached(chart: Chart) -> set[str]:
    reached: set[str] = set()
    stack = [chart.start]
    while stack:
        place = stack.pop()
        if place not in reached:
            reached.add(place)
            node = chart.nodes.get(place)
            stack.extend(edge.to for _, edge in node.edges()) if node else None
    return reached


def _path(chart: Chart, ids: list[str]) -> str:
    return " → ".join(f"“{chart.nodes[one].question}”" for one in ids)
