"""A chart tried by its own examples: where each goes, and the same as counts for a drawing."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tellback.triage.chart import Chart, edge_key, load
from tellback.triage.examples import ExampleResult, load_examples, try_examples
from tellback.triage.layout import Counts
from tellback.triage.rules import RuleJudge


def tried(written: dict[str, Any]) -> tuple[Chart, list[ExampleResult]]:
    """The chart of a policy's JSON object and what became of each of its examples."""
    chart = load(written)
    return chart, try_examples(chart, load_examples(written), RuleJudge())


def edges_of(result: ExampleResult) -> list[str]:
    return [edge_key(step.node, step.answer) for step in result.walk.steps if step.answer is not None]


def counts_of(results: Sequence[ExampleResult]) -> Counts:
    """The examples as a day's posts."""
    edges = Counter(key for result in results for key in edges_of(result))
    waiting = Counter(result.walk.waits_at for result in results if result.walk.waits_at)
    return Counts(heard=len(results), edges=edges, waiting={str(node): count for node, count in waiting.items()})


def through(results: Sequence[ExampleResult], *, edge: str = "", node: str = "") -> list[ExampleResult]:
    """Those that went along an edge, or wait at a node; all of them where neither is named."""
    if edge:
        return [result for result in results if edge in edges_of(result)]
    return [result for result in results if not node or result.walk.waits_at == node]
