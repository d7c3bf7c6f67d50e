"""One row of what the doctor says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`look` is worth a look and nothing is broken; `wrong` needs somebody to act. `todo` says what to do."""

    topic: str
    state: State
    words: str
    todo: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(topic: str, words: str) -> Finding:
    return Finding(topic, "ok", words)


def look(topic: str, words: str, todo: str) -> Finding:
    return Finding(topic, "look", words, todo)


def wrong(topic: str, words: str, todo: str) -> Finding:
    return Finding(topic, "wrong", words, todo)


def run(checks: Iterable[tuple[str, Check]]) -> Iterator[Finding]:
    """All findings; a check that stumbles is itself one."""
    for topic, check in checks:
        try:
            yield from check()
        except Exception as fault:  # whatever is broken here, the other checks are still worth having
            words = f"{type(fault).__name__}: {(str(fault).strip().splitlines() or [''])[0]}"
            yield wrong(topic, f"This could not be looked at ({words}).", "The words in brackets say why.")


def table(findings: Iterable[Finding]) -> str:
    lines = []
    for row in findings:
        lines.append(f"{row.state:<6} {row.topic:<14} {row.words}")
        if row.todo:
            lines.append(f"{'':<22}{row.todo}")
    return "\n".join(lines)
