"""One post's way through a chart: which questions were asked, how each was answered, and where it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .chart import Chart, Node
from .signals import Signal, Span

_new_step = tuple.__new__


class Step(NamedTuple):
    """One question on the way. `answer` is None where the post waits.

    `p` is the chance of yes, 0 to 1, or None where nothing could be read; `asked` is how sure the answer
    had to be; `evidence` are character spans of the post's text.
    """

    node: str
    answer: bool | None
    how: str
    p: float | None
    asked: float
    evidence: tuple[Span, ...]


class Walk(NamedTuple):
    """A whole way. Either `action` or `waits_at` is set.

    `confidence` is that of the weakest answer on the way (a chain is as sure as its weakest link; the answers
    are not independent, so their product would say too little). An answer of a person counts as 1.
    """

    steps: tuple[Step, ...]
    action: str | None
    waits_at: str | None
    confidence: float


def walk(chart: Chart, signals: Mapping[str, Signal], answers: Mapping[str, bool]) -> Walk:
    """Take one post from the start to an action, or to the first node that nobody could answer.

    `answers` holds what persons said, by node id; they go before any rule or signal, so a waiting post is
    resumed by walking again. Ends for every chart, also for one with a circle (KeyError says that the chart
    was not validated).
    """
    nodes = chart.nodes
    steps: list[Step] = []
    here = chart.start
    confidence = 1.0
    for _ in range(len(nodes)):
        node = nodes[here]
        if here in answers:
            step = _said(node, answers[here])
        elif node.how == "person":
            step = Step(here, None, "person", None, node.high, ())
        else:
            step = _read(node, signals)
        steps.append(step)
        answer, p = step[1], step[3]
        sure = 0.5 if p is None else p if answer or (answer is None and p > 0.5) else 1.0 - p
        confidence = min(confidence, sure)
        if answer is None:
            return Walk(tuple(steps), None, here, confidence)
        here = (node.yes if answer else node.no).to
        if here not in nodes:
            return Walk(tuple(steps), chart.actions[here].id, None, confidence)
    raise KeyError(f"the chart {chart.id} goes in a circle")


def _said(node: Node, answer: bool) -> Step:
    return Step(node.id, answer, "person", float(answer), node.high, ())


def _read(node: Node, signals: Mapping[str, Signal]) -> Step:
    """The strongest of the node's signals answers; where one is missing, only a sure other one can."""
    strongest: Signal | None = None
    missing = False
    for ask in node.asks:
        signal = signals.get(ask)
        if signal is None:
            missing = True
        elif strongest is None or signal[0] > strongest[0]:
            strongest = signal
    if strongest is None:
        return Step(node.id, None, node.how, None, node.high, ())
    p, spans = strongest
    if node.turned:
        p = 1.0 - p
    answer = True if p >= node.high else False if p <= node.low else None
    if missing and answer is node.turned:
        answer = None
    # the plain constructor of a named tuple costs twice as much, and this line runs ten times a post
    return _new_step(Step, (node.id, answer, node.how, p, node.high, spans))
