"""What one version of a chart has that another has not, in sentences."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from tellback.triage.chart import Action, Chart, Edge, Node


@dataclass(frozen=True, slots=True)
class Difference:
    """One change from the older chart to the newer."""

    kind: Literal["added", "removed", "changed"]
    words: str


def differences(old: Chart, new: Chart) -> list[Difference]:
    """Every difference that changes where a post goes or what people read; empty when the charts do the same."""
    return [*start_changes(old, new), *node_changes(old, new), *action_changes(old, new)]


def start_changes(old: Chart, new: Chart) -> Iterator[Difference]:
    if old.name != new.name:
        yield Difference(
            "changed", _("The chart is called “%(new)s”, before “%(old)s”.") % {"new": new.name, "old": old.name}
        )
    if old.start != new.start:
        first = new.nodes[new.start].question
        yield Difference("changed", _("It starts with “%(question)s”.") % {"question": first})


def node_changes(old: Chart, new: Chart) -> Iterator[Difference]:
    for node in new.nodes.values():
        if node.id not in old.nodes:
            said = {"question": node.question, "yes": place(new, node.yes), "no": place(new, node.no)}
            yield Difference("added", _("Question “%(question)s”: yes leads to %(yes)s, no to %(no)s.") % said)
        else:
            yield from one_node(old, new, old.nodes[node.id], node)
    for node in old.nodes.values():
        if node.id not in new.nodes:
            yield Difference("removed", _("Question “%(question)s”.") % {"question": node.question})


def one_node(old: Chart, new: Chart, before: Node, now: Node) -> Iterator[Difference]:
    if before.question != now.question:
        yield Difference(
            "changed", _("“%(old)s” is asked as “%(new)s”.") % {"old": before.question, "new": now.question}
        )
    for answer, was, edge in (("yes", before.yes, now.yes), ("no", before.no, now.no)):
        if was.to != edge.to:
            said = {"question": now.question, "answer": answer, "new": place(new, edge), "old": place(old, was)}
            yield Difference("changed", _("“%(question)s” %(answer)s leads to %(new)s, before to %(old)s.") % said)
        elif was.words != edge.words:
            said = {"question": now.question, "answer": answer, "new": edge.words, "old": was.words}
            yield Difference("changed", _("“%(question)s” says “%(new)s” for %(answer)s, before “%(old)s”.") % said)
    if reading(before) != reading(now):
        said = {"question": now.question, "new": reading(now), "old": reading(before)}
        yield Difference("changed", _("“%(question)s” is answered by %(new)s, before by %(old)s.") % said)


def action_changes(old: Chart, new: Chart) -> Iterator[Difference]:
    for action in new.actions.values():
        before = old.actions.get(action.id)
        if before is None:
            yield Difference("added", _("Action “%(words)s”: %(todo)s") % {"words": action.words, "todo": action.todo})
        else:
            yield from one_action(before, action)
    for action in old.actions.values():
        if action.id not in new.actions:
            yield Difference("removed", _("Action “%(words)s”.") % {"words": action.words})


def one_action(before: Action, now: Action) -> Iterator[Difference]:
    if before.words != now.words:
        yield Difference(
            "changed", _("Action “%(old)s” is called “%(new)s”.") % {"old": before.words, "new": now.words}
        )
    if before.todo != now.todo:
        yield Difference("changed", _("“%(words)s” tells people: %(todo)s") % {"words": now.words, "todo": now.todo})
    if before.needs_case != now.needs_case:
        opens = _("“%(words)s” opens a case now.") if now.needs_case else _("“%(words)s” opens no case any more.")
        yield Difference("changed", opens % {"words": now.words})
    if before.urgency != now.urgency:
        said = {"words": now.words, "new": now.urgency, "old": before.urgency}
        yield Difference("changed", _("“%(words)s” is as urgent as “%(new)s”, before “%(old)s”.") % said)


def place(chart: Chart, edge: Edge) -> str:
    if edge.to in chart.actions:
        return f"“{chart.actions[edge.to].words}”"
    return f"“{chart.nodes[edge.to].question}”"


def reading(node: Node) -> str:
    """How a node is answered, with its band of doubt."""
    if node.how == "person":
        return _("a person")
    said = {"how": node.how, "asks": ", ".join(node.asks), "low": percent(node.low), "high": percent(node.high)}
    if node.turned:
        return _("the %(how)s against %(asks)s, no up to %(low)s, yes from %(high)s") % said
    return _("the %(how)s of %(asks)s, no up to %(low)s, yes from %(high)s") % said


def percent(share: float) -> str:
    return f"{round(100 * share)}%"
