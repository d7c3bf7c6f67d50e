"""The drawn chart: everything in its place, in = out + waiting, no words upon words."""

import re
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tellback.triage.drawing import balance, draw
from tellback.triage.drawing_list import as_list
from tellback.triage.examples import SHIPPED, shipped
from tellback.triage.fitting import OVERHANG, heap_rows, text_width, wrapped
from tellback.triage.layout import Counts

from .test_chart import chart as chart_of
from .test_chart import node as node_of
from .test_chart import valid_charts

NUMBER = re.compile(r"-?\d+\.\d+")


def order(chart):
    """Nodes so that each comes after all that lead to it."""
    placed: list[str] = []
    while len(placed) < len(chart.nodes):
        for node in chart.nodes.values():
            led_by = {one.id for one in chart.nodes.values() if node.id in (one.yes.to, one.no.to)}
            if node.id not in placed and led_by <= set(placed):
                placed.append(node.id)
    return placed


def flow(chart, heard: int, shares: list[float]) -> Counts:
    """Counts that add up: at each node some wait and the rest part."""
    arrived, edges, waiting = {chart.start: heard}, {}, {}
    for place, name in enumerate(order(chart)):
        node, came = chart.nodes[name], arrived.get(name, 0)
        waiting[name] = int(came * shares[place % len(shares)] * 0.2)
        yes = int((came - waiting[name]) * shares[(place + 1) % len(shares)])
        for (key, edge), count in zip(node.edges(), (yes, came - waiting[name] - yes), strict=True):
            edges[key] = count
            arrived[edge.to] = arrived.get(edge.to, 0) + count
    return Counts(heard, edges, waiting, told={key: count // 2 for key, count in edges.items()})


def overlaps(drawing) -> list[tuple]:
    return [(one.lines, other.lines) for one, other in combinations(drawing.labels, 2) if one.box.meets(other.box)]


some_shares = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def asked(*steps: tuple[str, str, str]):
    """A chart of (question, yes, no) steps named n0, n1 ...; every target that is no step is an end."""
    nodes = [node_of(f"n{at}", yes, no, question=words) for at, (words, yes, no) in enumerate(steps)]
    led_to = {to for _, *both in steps for to in both}
    return chart_of("n0", nodes, sorted(led_to - {one.id for one in nodes}))


TOO_LONG = asked(("considerable considerable considerable Is Is Is Is Is?", "n1", "x0"), ("Is?", "x0", "x0"))
"""The ellipsis of a third line once reached into the next column."""

DIPS_DEEP = asked(
    ("considerable considerable?", "n1", "n8"),
    ("really ours really considerable to to?", "n2", "n3"),
    ("really really really it it it?", "n5", "n7"),
    ("ours it?", "n6", "n4"),
    ("Is ours?", "n7", "n6"),
    ("it really to ours considerable really ours?", "n9", "n7"),
    ("considerable considerable?", "n8", "n8"),
    ("really it Is?", "n8", "x0"),
    ("it considerable ours it?", "n9", "x1"),
    ("to it Is ours to?", "x1", "x2"),
)
"""An edge passes under the lowest question here, and once left the drawing."""


@settings(max_examples=150, deadline=None)
@given(valid_charts(), st.integers(0, 100_000), some_shares)
@example(TOO_LONG, 0, [0.0])
@example(DIPS_DEEP, 2, [1.0, 0.0])
def test_any_valid_chart_is_drawn_without_words_upon_words(chart, heard, shares):
    drawing = draw(chart, flow(chart, heard, shares))
    assert overlaps(drawing) == []
    assert drawing.faults == ()
    assert {ribbon.key for ribbon in drawing.ribbons} == {"", *[k for n in chart.nodes.values() for k, _ in n.edges()]}
    assert all(bar.y >= 0 and bar.y + bar.height <= drawing.height for bar in drawing.bars)
    assert all(label.box.top >= 0 and label.box.bottom <= drawing.height + 1 for label in drawing.labels)


@given(st.text("ab cd-", max_size=200), st.floats(60, 220))
def test_a_question_keeps_to_its_room(text, room):
    lines = wrapped(text, room, 15.0)
    assert len(lines) <= 3
    assert all(text_width(line, 15.0) <= room + OVERHANG for line in lines)
    assert " ".join(lines) == " ".join(text.split()) or any(line.endswith("…") for line in lines)


@settings(deadline=None)
@given(valid_charts(), some_shares)
def test_a_wrong_count_is_a_fault_at_its_node(chart, shares):
    counts = flow(chart, 500, shares)
    waiting = dict(counts.waiting) | {chart.start: counts.waiting[chart.start] + 1}
    (fault,) = balance(chart, Counts(500, counts.edges, waiting))
    assert fault.where == chart.start
    assert "does not add up: 500 came" in fault.words


@pytest.mark.parametrize("policy", SHIPPED)
@pytest.mark.parametrize("heard", [0, 1, 1064, 250_000])
def test_shipped_policies_are_drawn(policy, heard):
    chart, _ = shipped(policy)
    drawing = draw(chart, flow(chart, heard, [0.1, 0.8, 0.4]), chosen=chart.start)
    assert overlaps(drawing) == []
    assert drawing.width == 1384
    assert drawing.thread.bottom == drawing.height
    assert [bar.of for bar in drawing.bars if bar.chosen] == [chart.start]


def test_an_edge_is_as_thick_as_its_posts():
    chart, _ = shipped("union")
    drawing = draw(chart, flow(chart, 1000, [0.5]))
    for ribbon in drawing.ribbons:
        assert ribbon.thick == pytest.approx(max(1.5, 112 * ribbon.count / 1000))
        assert NUMBER.search(ribbon.d)
    assert drawing.sample_width == pytest.approx(112 * drawing.sample / 1000, abs=0.06)


def test_the_trunk_is_one_straight_line():
    chart, _ = shipped("union")
    drawing = draw(chart, flow(chart, 1000, [0.1, 0.3]))
    trunk = ["danger", "about", "seen", "incident", "true", "feeling"]
    assert len({bar.y for bar in drawing.bars if bar.of in trunk}) == 1


def test_what_was_told_is_said_apart():
    chart, _ = shipped("union")
    drawing = draw(chart, Counts(9, {"unhappy:yes": 4}, told={"unhappy:yes": 3}))
    (note,) = [label for label in drawing.labels if label.kind == "note" and label.of == "unhappy:yes"]
    assert (note.lines[0].words, note.told) == ("4 today", "3 told")


@pytest.mark.parametrize(
    ("count", "rows"),
    [(0, []), (1, [1]), (13, [5, 4, 3, 1]), (15, [5, 4, 3, 2, 1]), (17, [6, 5, 4, 2]), (20, [6, 5, 4, 3, 2])],
)
def test_heaps(count, rows):
    assert heap_rows(count) == rows


@given(st.integers(0, 100_000))
def test_a_heap_holds_forty_at_most(count):
    rows = heap_rows(count)
    assert sum(rows) == min(count, 40)
    assert len(rows) <= 8


@given(valid_charts(), some_shares)
def test_the_list_names_every_question_and_every_edge_that_ends(chart, shares):
    rows = as_list(chart, flow(chart, 300, shares))
    assert sorted(row.of for row in rows if row.kind == "question") == sorted(chart.nodes)
    ends = {key for node in chart.nodes.values() for key, edge in node.edges() if edge.to in chart.actions}
    assert {row.of for row in rows if row.kind == "end"} == ends
    assert all(0 <= row.wide <= 100 for row in rows)
