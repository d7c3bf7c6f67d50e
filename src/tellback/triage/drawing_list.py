"""The chart as a list from top to bottom, for a narrow screen and for whoever reads rather than looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .chart import Chart, Node
from .layout import Counts


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line. A "question" says how many came; an "end" how many left by an edge; a "jump" leads to a question
    that stands elsewhere in the list. `wide` is the bar, 0 to 100, in hundredths of all posts heard."""

    kind: Literal["question", "end", "jump"]
    of: str
    words: str
    edge: str
    count: int
    wide: float
    waiting: int = 0
    told: int | None = None
    depth: int = 0


def as_list(chart: Chart, counts: Counts) -> list[ListRow]:
    """Rows in reading order: a question, what ends there, then where it goes on. Each question stands once."""
    rows: list[ListRow] = []
    seen: set[str] = set()
    waits: list[tuple[str, str, int]] = [(chart.start, "", 0)]
    while waits:
        node, came_by, depth = waits.pop()
        if node in seen:
            continue
        seen.add(node)
        onward = _node_rows(chart, counts, chart.nodes[node], (came_by, depth), rows)
        deeper = depth + (len(onward) > 1)
        waits.extend((to, words, deeper) for to, words in reversed(onward))
    return rows


def _node_rows(
    chart: Chart, counts: Counts, node: Node, at: tuple[str, int], rows: list[ListRow]
) -> list[tuple[str, str]]:
    """Append a question and its ends; returns the questions that follow, with the words of the edges."""
    onward: list[tuple[str, str]] = []
    came_by, depth = at
    came = counts.waiting.get(node.id, 0) + sum(counts.edges.get(key, 0) for key, _ in node.edges())
    share = 100.0 / max(counts.heard, 1)
    waiting = counts.waiting.get(node.id, 0)
    rows.append(
        ListRow("question", node.id, node.question, came_by, came, round(came * share, 1), waiting, None, depth)
    )
    for key, edge in node.edges():
        count = counts.edges.get(key, 0)
        wide = round(count * share, 1)
        if edge.to in chart.actions:
            told = counts.told.get(key)
            rows.append(ListRow("end", key, chart.actions[edge.to].words, edge.words, count, wide, 0, told, depth))
        elif any(row.of == edge.to for row in rows) or any(to == edge.to for to, _ in onward):
            rows.append(ListRow("jump", key, chart.nodes[edge.to].question, edge.words, count, wide, 0, None, depth))
        else:
            onward.append((edge.to, edge.words))
    return onward
