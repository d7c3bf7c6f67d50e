"""The chart as data: read, written, checked, and walked, for invented charts of any shape."""

import dataclasses
import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.triage.chart import Action, Chart, ChartError, Edge, Node, dump, load
from tellback.triage.faults import find_circle, validate
from tellback.triage.signals import FACTS, SIGNALS, Signal
from tellback.triage.walk import walk

ASKS = sorted(SIGNALS)


def node(name: str, yes: str, no: str, **more) -> Node:
    kept = {"question": f"{name}?", "how": "signal", "asks": ("complaint",), "low": 0.4, "high": 0.6} | more
    return Node(id=name, yes=Edge(yes, "yes"), no=Edge(no, "no"), **kept)


def action(name: str) -> Action:
    return Action(name, name, "Do it.", True, "soon")


def chart(start: str, nodes: list[Node], actions: list[str]) -> Chart:
    return Chart("c", "A chart", start, {one.id: one for one in nodes}, {one: action(one) for one in actions})


def small() -> Chart:
    return chart("a", [node("a", "b", "x"), node("b", "y", "z", how="person", asks=())], ["x", "y", "z"])


@st.composite
def any_charts(draw) -> Chart:
    """Charts of any shape: circles, loose ends, parts nobody reaches."""
    count = draw(st.integers(1, 8))
    ids = [f"n{place}" for place in range(count)]
    ends = [f"x{place}" for place in range(draw(st.integers(1, 4)))]
    targets = st.sampled_from([*ids, *ends, "nowhere", ""])
    nodes = [node(one, draw(targets), draw(targets), low=draw(st.floats(-0.2, 1.2)), high=0.9) for one in ids]
    return chart(draw(st.sampled_from([*ids, "nowhere"])), nodes, ends)


@st.composite
def valid_charts(draw, most: int = 10) -> Chart:
    """Charts without fault: each node is led to by an earlier one, and ends are made for what is left open."""
    count = draw(st.integers(1, most))
    slots = [[] for _ in range(count)]
    for place in range(1, count):
        open_slots = [earlier for earlier in range(place) if len(slots[earlier]) < 2]
        slots[draw(st.sampled_from(open_slots))].append(f"n{place}")
    ends: list[str] = []
    for place, taken in enumerate(slots):
        while len(taken) < 2:
            later = [f"n{one}" for one in range(place + 1, count)]
            reused = draw(st.sampled_from([*later, *ends, "new", "new"]))
            if reused == "new":
                ends.append(reused := f"x{len(ends)}")
            taken.append(reused)
    lows = st.sampled_from([0.1, 0.4, 0.5])
    words = st.lists(st.sampled_from(["Is", "it", "ours", "considerable", "really", "to"]), min_size=1, max_size=8)
    nodes = []
    for place, taken in enumerate(slots):
        yes, no = taken if draw(st.booleans()) else taken[::-1]
        how = draw(st.sampled_from(["signal", "person", "rule"]))
        asks = {"signal": (draw(st.sampled_from(ASKS)),), "rule": ("open_incident",), "person": ()}[how]
        question = " ".join(draw(words)) + "?"
        nodes.append(node(f"n{place}", yes, no, how=how, asks=asks, low=draw(lows), question=question))
    return chart("n0", nodes, ends)


def faults(broken: Chart) -> str:
    return " ".join(fault.words for fault in validate(broken))


def test_a_chart_comes_back_as_it_was_written():
    assert load(dump(small())) == small()


@given(valid_charts())
def test_any_chart_comes_back_as_it_was_written(some):
    assert load(dump(some)) == some


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda row: row.pop("nodes"), '"nodes" must be a list'),
        (lambda row: row["nodes"][0].update(how="dice"), 'Node a: "how" must be one of rule, signal, person'),
        (lambda row: row["nodes"][0].update(low="high"), 'Node a: "low" must be a number'),
        (lambda row: row["nodes"][0].update(yes="b"), 'Node a: "yes" must say where it leads'),
        (lambda row: row["nodes"][1].update(id="a"), "two parts have the same id: a"),
        (lambda row: row["actions"][0].pop("words"), 'Action x: "words" is missing'),
    ],
)
def test_what_is_no_chart_is_refused_with_its_place(spoil, words):
    row = dump(small())
    spoil(row)
    with pytest.raises(ChartError, match=words):
        load(row)


def test_a_sound_chart_has_no_faults():
    assert validate(small()) == []


@pytest.mark.parametrize(
    ("nodes", "start", "actions", "words"),
    [
        ([node("a", "b", "x"), node("b", "a", "x")], "a", ["x"], "goes in a circle: “a?” → “b?” → “a?”"),
        ([node("a", "", "x")], "a", ["x"], "“a?” has no edge for yes"),
        ([node("a", "gone", "x")], "a", ["x"], "leads to “gone” on yes"),
        ([node("a", "x", "x")], "q", ["x"], "starts at “q”"),
        ([node("a", "x", "x"), node("b", "x", "x")], "a", ["x"], "second start: nothing leads to “b?”"),
        ([node("a", "x", "x")], "a", ["x", "y"], "No post can reach the action “y”"),
        ([node("a", "x", "x", high=1.2)], "a", ["x"], "threshold outside 0 to 1"),
        ([node("a", "x", "x", low=0.9)], "a", ["x"], "lower threshold above the upper one"),
        ([node("a", "x", "x", asks=("moon",))], "a", ["x"], "asks for “moon”, which is no signal"),
        ([node("a", "x", "x", how="rule")], "a", ["x"], "asks for “complaint”, which is no rule"),
        ([node("a", "x", "x", asks=())], "a", ["x"], "does not say which signal answers it"),
        ([node("a", "a", "a")], "a", ["x"], "No path of the chart ends in an action"),
    ],
)
def test_each_fault_is_named(nodes, start, actions, words):
    assert words in faults(chart(start, nodes, actions))


@given(valid_charts())
def test_what_is_built_sound_has_no_faults(some):
    assert validate(some) == []


@given(any_charts(), st.dictionaries(st.sampled_from([f"n{n}" for n in range(8)]), st.booleans()), st.floats(0, 1))
def test_a_chart_without_faults_always_ends_or_waits(some, answers, p):
    if validate(some):
        return
    way = walk(some, {"complaint": Signal(p)}, answers)
    assert (way.action in some.actions) != (way.waits_at in some.nodes)


@given(any_charts())
def test_a_found_circle_is_one(some):
    circle = find_circle(some)
    for here, there in itertools.pairwise(circle):
        assert there in {some.nodes[here].yes.to, some.nodes[here].no.to}
    if circle:
        assert circle[0] == circle[-1]


@given(valid_charts(), st.data())
def test_every_walk_ends_once_persons_have_answered(some, data):
    signals = {name: Signal(data.draw(st.floats(0, 1))) for name in sorted(SIGNALS | FACTS)}
    answers: dict[str, bool] = {}
    for _ in range(len(some.nodes) + 1):
        way = walk(some, signals, answers)
        if way.action:
            break
        answers[way.waits_at] = data.draw(st.booleans())
    assert way.action in some.actions
    assert len(way.steps) == len({step.node for step in way.steps})


@pytest.mark.parametrize(
    ("p", "answer"), [(0.4, False), (0.41, None), (0.59, None), (0.6, True), (0.0, False), (1.0, True)]
)
def test_between_the_thresholds_a_post_waits(p, answer):
    step = walk(small(), {"complaint": Signal(p, ((0, 4),))}, {"b": True}).steps[0]
    assert (step.answer, step.p, step.evidence) == (answer, p, ((0, 4),))


def test_a_person_goes_before_a_signal():
    way = walk(small(), {"complaint": Signal(0.99)}, {"a": False})
    assert (way.action, way.steps[0].how, way.confidence) == ("x", "person", 1.0)


def test_a_persons_node_waits_until_answered():
    assert walk(small(), {"complaint": Signal(0.9)}, {}).waits_at == "b"
    assert walk(small(), {"complaint": Signal(0.9)}, {"b": False}).action == "z"


def test_a_turned_node_reads_its_signal_the_other_way():
    some = chart("a", [node("a", "x", "y", turned=True)], ["x", "y"])
    assert walk(some, {"complaint": Signal(0.9)}, {}).action == "y"


def test_of_several_signals_the_strongest_answers_and_a_missing_one_leaves_doubt():
    some = chart("a", [node("a", "x", "y", asks=("troll", "joke"))], ["x", "y"])
    assert walk(some, {"troll": Signal(0.1), "joke": Signal(0.9)}, {}).action == "x"
    assert walk(some, {"joke": Signal(0.9)}, {}).action == "x"
    assert walk(some, {"joke": Signal(0.1)}, {}).waits_at == "a"
    assert walk(some, {}, {}).waits_at == "a"


def test_confidence_is_that_of_the_weakest_answer():
    some = chart("a", [node("a", "b", "x"), node("b", "x", "y", asks=("troll",))], ["x", "y"])
    assert walk(some, {"complaint": Signal(0.95), "troll": Signal(0.3)}, {}).confidence == pytest.approx(0.7)


def test_a_circle_does_not_walk_for_ever():
    with pytest.raises(KeyError):
        walk(chart("a", [node("a", "a", "x")], ["x"]), {"complaint": Signal(1.0)}, {})


def test_walking_is_cheap():
    some = chart("n0", [node(f"n{n}", f"n{n + 1}", "x") for n in range(9)] + [node("n9", "x", "x")], ["x"])
    signals = {"complaint": Signal(0.9)}
    best = min(_seconds(lambda: walk(some, signals, {})) for _ in range(5))
    assert best < 100e-6, "ten times the aim, so that a busy machine does not fail it"


def _seconds(act) -> float:
    begun = time.perf_counter()
    for _ in range(500):
        act()
    return (time.perf_counter() - begun) / 500


def test_parts_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        small().nodes["a"].high = 0.1
