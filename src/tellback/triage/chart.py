"""The triage chart as data: questions, yes/no edges, and the actions they end in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

How = Literal["rule", "signal", "person"]
Urgency = Literal["now", "soon", "calm", "none"]


@dataclass(frozen=True, slots=True)
class Edge:
    """Where one answer leads: `to` is the id of a node or of an action, `words` the label of the edge."""

    to: str
    words: str


@dataclass(frozen=True, slots=True)
class Node:
    """One question of the chart.

    `how` says who answers: a "rule" (a fact that Tellback knows), a "signal" (what a judge read in the words),
    or a "person". `asks` names the facts or signals that speak for yes; the strongest of them counts. `turned`
    means that they speak for no ("Is it true?" is answered by `facts_wrong`).

    The doubt band: with p the chance of yes, p >= `high` is yes, p <= `low` is no, and anything between is
    unsure, so the mention waits for a person. `low` equal to `high` leaves no room for doubt.
    """

    id: str
    question: str
    how: How
    yes: Edge
    no: Edge
    asks: tuple[str, ...] = ()
    turned: bool = False
    low: float = 0.5
    high: float = 0.5

    def edge(self, answer: bool) -> Edge:
        return self.yes if answer else self.no

    def edges(self) -> Iterator[tuple[str, Edge]]:
        """Both edges with their keys, "node:yes" first."""
        yield edge_key(self.id, True), self.yes
        yield edge_key(self.id, False), self.no


@dataclass(frozen=True, slots=True)
class Action:
    """An end of the chart. `words` name it, `todo` tells a person what to do, `needs_case` opens a case."""

    id: str
    words: str
    todo: str
    needs_case: bool
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole policy. `nodes` and `actions` keep the order they were written in."""

    id: str
    name: str
    start: str
    nodes: Mapping[str, Node] = field(hash=False)
    actions: Mapping[str, Action] = field(hash=False)
    source: str = ""


class ChartError(ValueError):
    """A chart's text has not the shape of a chart; the message names the place."""


def edge_key(node: str, answer: bool) -> str:
    return f"{node}:yes" if answer else f"{node}:no"


def load(written: Mapping[str, Any]) -> Chart:
    """A chart from its JSON object. Raises ChartError where a part is missing or of the wrong kind.

    What is well-formed may still be a bad chart: `faults.validate` says that.
    """
    nodes = [_node(place, row) for place, row in enumerate(_rows(written, "nodes"), 1)]
    actions = [_action(place, row) for place, row in enumerate(_rows(written, "actions"), 1)]
    _refuse_twins([*[node.id for node in nodes], *[action.id for action in actions]])
    return Chart(
        id=_text(written, "id", "The chart"),
        name=_text(written, "name", "The chart"),
        start=_text(written, "start", "The chart"),
        nodes={node.id: node for node in nodes},
        actions={action.id: action for action in actions},
        source=str(written.get("source", "")),
    )


def dump(chart: Chart) -> dict[str, Any]:
    """The JSON object of a chart; `load(dump(chart)) == chart`."""
    return {
        "id": chart.id,
        "name": chart.name,
        "source": chart.source,
        "start": chart.start,
        "nodes": [_dump_node(node) for node in chart.nodes.values()],
        "actions": [_dump_action(action) for action in chart.actions.values()],
    }


def _dump_node(node: Node) -> dict[str, Any]:
    row: dict[str, Any] = {"id": node.id, "question": node.question, "how": node.how}
    if node.how != "person" or node.asks or (node.low, node.high) != (0.5, 0.5):
        row |= {"asks": list(node.asks), "turned": node.turned, "low": node.low, "high": node.high}
    return row | {name: {"to": edge.to, "words": edge.words} for name, edge in (("yes", node.yes), ("no", node.no))}


def _dump_action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "words": action.words,
        "todo": action.todo,
        "needs_case": action.needs_case,
        "urgency": action.urgency,
    }


def _node(place: int, row: Mapping[str, Any]) -> Node:
    name = f"Node {row.get('id') or place}"
    return Node(
        id=_text(row, "id", name),
        question=_text(row, "question", name),
        how=_one_of(row, "how", get_args(How), name),
        yes=_edge(row, "yes", name),
        no=_edge(row, "no", name),
        asks=_names(row, name),
        turned=row.get("turned") is True,
        low=_number(row, "low", name),
        high=_number(row, "high", name),
    )


def _action(place: int, row: Mapping[str, Any]) -> Action:
    name = f"Action {row.get('id') or place}"
    return Action(
        id=_text(row, "id", name),
        words=_text(row, "words", name),
        todo=_text(row, "todo", name),
        needs_case=row.get("needs_case") is True,
        urgency=_one_of(row, "urgency", get_args(Urgency), name),
    )


def _edge(row: Mapping[str, Any], answer: str, name: str) -> Edge:
    """A missing edge is kept as an empty one, so that `validate` can say which is missing."""
    written = row.get(answer)
    if written is None:
        return Edge("", answer)
    if not isinstance(written, Mapping):
        raise ChartError(f'{name}: "{answer}" must say where it leads, as {{"to": "...", "words": "..."}}.')
    return Edge(str(written.get("to", "")), str(written.get("words") or answer))


def _rows(written: Mapping[str, Any], part: str) -> list[Mapping[str, Any]]:
    rows = written.get(part)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise ChartError(f'The chart: "{part}" must be a list of objects.')
    return rows


def _text(row: Mapping[str, Any], key: str, name: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ChartError(f'{name}: "{key}" is missing.')
    return value


def _one_of(row: Mapping[str, Any], key: str, allowed: tuple[str, ...], name: str) -> Any:
    value = row.get(key)
    if value not in allowed:
        raise ChartError(f'{name}: "{key}" must be one of {", ".join(allowed)}.')
    return value


def _names(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    asks = row.get("asks", [])
    if not isinstance(asks, list) or not all(isinstance(ask, str) for ask in asks):
        raise ChartError(f'{name}: "asks" must be a list of signal names.')
    return tuple(asks)


def _number(row: Mapping[str, Any], key: str, name: str) -> float:
    value = row.get(key, 0.5)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ChartError(f'{name}: "{key}" must be a number between 0 and 1.')
    return float(value)


def _refuse_twins(ids: list[str]) -> None:
    twins = sorted({one for one in ids if ids.count(one) > 1})
    if twins:
        raise ChartError(f"The chart: two parts have the same id: {', '.join(twins)}.")
