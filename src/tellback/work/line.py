"""A line: named steps that a batch of rows goes through, and the trail that it leaves.

A step is a function that takes a list of rows and the moment, and answers for each row, in the same order, with
Next (go on as these rows), Stop (it ends here, because) or Wait (it goes on when something is answered).
A line decides nothing and owns no transaction: its caller wraps a run in one, so that a batch is through or is not.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tellback.work import route


class Next:
    """Go on to the next step, as one row or as several."""

    __slots__ = ("rows", "why")
    outcome = "next"

    def __init__(self, *rows: Any, why: str = "") -> None:
        self.rows = rows
        self.why = why


@dataclass(frozen=True, slots=True)
class Stop:
    """The way ends here. `why` is a sentence for the person who asks; `kind` a word to count by."""

    why: str
    kind: str = ""
    outcome = "stop"
    rows = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """The way goes on when something is answered; a row of the step's room names what."""

    why: str
    kind: str = ""
    outcome = "wait"
    rows = ()


Outcome = Next | Stop | Wait
Step = Callable[[list[Any], datetime], Sequence[Outcome]]


@dataclass(slots=True)
class Trail:
    """The way of one subject: its steps, and where it stands."""

    subject: int | None = None
    workspace: int | None = None
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    ends: list[tuple[str, str]] = field(default_factory=list)  # (outcome, kind), one for each branch


class Line:
    """Steps in their order. From the step `in_turn` on, rows with the same `turn` go one after another, though they
    came in one batch: what the first of them leaves is there when the second is looked at.
    """

    def __init__(
        self, name: str, *steps: Step, in_turn: Step | None = None, turn: Callable[[Any], Hashable] | None = None
    ) -> None:
        self.name = name
        self.steps = steps
        self.in_turn = in_turn
        self.turn = turn
        self.names = [step.__name__ for step in steps]

    def run(
        self, rows: Sequence[Any], *, at: datetime, after: str = "", trails: list[Trail] | None = None
    ) -> list[Trail]:
        """Take rows through the steps (those behind `after`, if given), write their routes, return their trails."""
        first = self.names.index(after) + 1 if after else 0
        trails = trails or [Trail() for _ in rows]
        moving = list(zip(trails, rows, strict=True))
        self.go(self.steps[first:], moving, at)
        self.write(trails, at)
        return trails

    def go(self, steps: Sequence[Step], moving: list[tuple[Trail, Any]], at: datetime) -> None:
        """Take rows through these steps, in turns where the line asks for it."""
        for number, step in enumerate(steps):
            if not moving:
                return
            if step is self.in_turn and self.turn and len(rounds := in_rounds(moving, self.turn)) > 1:
                for part in rounds:
                    self.go(steps[number:], part, at)
                return
            moving = self.take(step, moving, at)
        for trail, _ in moving:
            trail.ends.append(("next", "through"))

    def take(self, step: Step, moving: list[tuple[Trail, Any]], at: datetime) -> list[tuple[Trail, Any]]:
        """One step for all rows that still move; returns those that move on."""
        outcomes = step([row for _, row in moving], at)
        onward: list[tuple[Trail, Any]] = []
        for (trail, _), outcome in zip(moving, outcomes, strict=True):
            trail.steps.append((step.__name__, outcome.outcome, outcome.why))
            if isinstance(outcome, Next):
                if trail.subject is None and outcome.rows:
                    # The first row that a thing becomes names it; later ones (its case) have names of their own.
                    trail.subject, trail.workspace = outcome.rows[0].route_subject, outcome.rows[0].workspace_id
                onward.extend((trail, row) for row in outcome.rows)
            else:
                trail.ends.append((outcome.outcome, outcome.kind))
        return onward

    def write(self, trails: Sequence[Trail], at: datetime) -> None:
        """One Route row for each subject. What stopped before it had a subject left nothing new to speak of."""
        runs = [
            (trail.subject, trail.workspace, trail.steps[-1][0], worst(trail.ends), trail.steps)
            for trail in trails
            if trail.subject is not None
        ]
        route.keep(self.name, runs, at)


def in_rounds(moving: Sequence[tuple[Trail, Any]], turn: Callable[[Any], Hashable]) -> list[list[tuple[Trail, Any]]]:
    """Rows in rounds: the first of each turn, then the second of each, and so on."""
    rounds: list[list[tuple[Trail, Any]]] = []
    seen: Counter[Hashable] = Counter()
    for each in moving:
        name = turn(each[1])
        if seen[name] == len(rounds):
            rounds.append([])
        rounds[seen[name]].append(each)
        seen[name] += 1
    return rounds


def worst(ends: Sequence[tuple[str, str]]) -> str:
    """Of several branches: waiting before through before stopped."""
    outcomes = {outcome for outcome, _ in ends}
    return next((word for word in ("wait", "next") if word in outcomes), "stop")
