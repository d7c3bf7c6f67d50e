"""The policies that come with Tellback hold their own examples."""

import pytest

from tellback.triage.chart import ChartError, dump, load
from tellback.triage.examples import SHIPPED, load_examples, shipped, try_examples
from tellback.triage.faults import validate
from tellback.triage.rules import RuleJudge


@pytest.mark.parametrize("policy", SHIPPED)
def test_a_shipped_policy_is_sound_and_holds_its_examples(policy):
    chart, examples = shipped(policy)
    assert validate(chart) == []
    assert load(dump(chart)) == chart
    assert [result.words for result in try_examples(chart, examples, RuleJudge()) if not result.held] == []


def test_there_are_enough_examples_and_each_action_of_the_whole_chart_has_one():
    chart, examples = shipped("union")
    assert {example.ends for example in examples} - {""} == set(chart.actions)
    assert len(examples) >= 12
    assert all(len(shipped(policy)[1]) >= 8 for policy in SHIPPED)


def test_an_example_that_does_not_hold_says_where_it_went():
    chart, _ = shipped("union")
    row = {"words": "thanks!", "facts": {"about_us": 1, "seen_before": 0, "open_incident": 0}, "ends": "thank"}
    (result,) = try_examples(chart, load_examples({"examples": [row]}), RuleJudge())
    assert (result.held, result.words) == (False, "Let stand, should be: Thank")


def test_an_example_without_an_end_is_refused_by_its_number():
    with pytest.raises(ChartError, match="Example 1"):
        load_examples({"examples": [{"words": "hello"}]})


def test_a_policy_that_is_not_shipped():
    with pytest.raises(KeyError):
        shipped("../secrets")
