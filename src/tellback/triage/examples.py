"""The examples that stand with a policy, and the trial of a policy by them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from .chart import Chart, ChartError, load
from .signals import Exhibit, Judge
from .walk import Walk, walk

SHIPPED = ("union", "air-force-2009", "social-media-triage")
"""Ids of the policies that come with Tellback; the first is the default."""


@dataclass(frozen=True, slots=True)
class Example:
    """An invented post and where it should go: to the action `ends`, or to wait at the node `waits`."""

    exhibit: Exhibit
    answers: Mapping[str, bool] = field(default_factory=dict, hash=False)
    ends: str = ""
    waits: str = ""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example tried. `words` says in plain words where it went, and where it should have gone."""

    example: Example
    walk: Walk
    held: bool
    words: str


def shipped(policy: str) -> tuple[Chart, list[Example]]:
    """A policy that comes with Tellback, by id, with its examples. KeyError when there is none of that name."""
    if policy not in SHIPPED:
        raise KeyError(policy)
    written = json.loads(files(__package__).joinpath("policies", f"{policy}.json").read_text(encoding="utf-8"))
    return load(written), load_examples(written)


def load_examples(written: Mapping[str, Any]) -> list[Example]:
    """The examples of a policy's JSON object. Raises ChartError that names the one that cannot be read."""
    return [_example(place, row) for place, row in enumerate(written.get("examples", []), 1)]


def try_examples(chart: Chart, examples: Sequence[Example], judge: Judge) -> list[ExampleResult]:
    """Send each example through the chart, all in one batch to the judge; results in the same order."""
    judged = judge.signals([example.exhibit for example in examples])
    return [
        _result(chart, example, walk(chart, signals, example.answers))
        for example, signals in zip(examples, judged, strict=True)
    ]


def _result(chart: Chart, example: Example, way: Walk) -> ExampleResult:
    held = way.action == example.ends if example.ends else way.waits_at == example.waits
    words = _place(chart, way.action, way.waits_at)
    if not held:
        words += f", should be: {_place(chart, example.ends or None, example.waits or None)}"
    return ExampleResult(example, way, held, words)


def _place(chart: Chart, action: str | None, node: str | None) -> str:
    if action:
        return chart.actions[action].words if action in chart.actions else action
    return f"waits at “{chart.nodes[node].question}”" if node and node in chart.nodes else f"waits at {node}"


def _example(place: int, row: Mapping[str, Any]) -> Example:
    words = row.get("words")
    if not isinstance(words, str) or bool(row.get("ends")) == bool(row.get("waits")):
        raise ChartError(f'Example {place}: it needs "words", and either "ends" or "waits".')
    exhibit = Exhibit(words, str(row.get("lang", "en")), int(row.get("audience", 0)), dict(row.get("facts", {})))
    return Example(exhibit, dict(row.get("answers", {})), str(row.get("ends", "")), str(row.get("waits", "")))
