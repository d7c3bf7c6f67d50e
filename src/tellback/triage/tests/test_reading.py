"""What the rules read in a post."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.triage.lexicon import EVIDENCES, fold, read_list, terms, tokens
from tellback.triage.reading import read
from tellback.triage.rules import RuleJudge, bare_thanks
from tellback.triage.signals import SIGNALS, Exhibit, lane, polarity


def judged(text: str, **more):
    return RuleJudge().signals([Exhibit(text, "en", **more)])[0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I am not happy with Norrtel", "negative"),
        ("Never had a problem with Skylark", "positive"),
        ("The crew was sooooo goood, thank youuu", "positive"),
        ("Great job @skylark, delayed again", "negative"),
        ("Thanks for nothing", "negative"),
        ("thank you for finding my lost bag!", "positive"),
        ("Three hours on hold and then they hung up #fail", "negative"),
        ("they charged me twice", "negative"),
        ("No signal in Corrin since Monday, still nothing", "negative"),
        ("@skylark you guys rock 😍", "positive"),
        ("🙄😡", "negative"),
        ("Does the 06:40 leave from the north hall?", "neutral"),
        ("Skylark lands at Corrin", "neutral"),
        ("", "neutral"),
        ("A plan for a town", "neutral"),
    ],
)
def test_polarity(text, kind):
    assert polarity(judged(text)) == kind


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("I smell gas in the hall", "safety"),
        ("I want to die, I can't go on", "self_harm"),
        ("My lawyer will sue you", "legal"),
        ("I'm a journalist, on deadline", "press"),
    ],
)
def test_danger_is_urgent_and_says_why_and_where(text, signal):
    signals = judged(text)
    assert signals["urgent"] == signals[signal]
    assert signals["urgent"].p >= 0.5
    assert all(text[start:end] for start, end in signals["urgent"].spans)


def test_a_figure_of_speech_is_not_urgent():
    assert judged("This queue is killing me")["urgent"].p < 0.34


def test_evidence_is_where_the_words_are():
    text = "Hmm… MY BAG? Lost my bag, soooo sad"
    spans = judged(text)["complaint"].spans
    assert "Lost my" in {text[start:end] for start, end in spans}


def test_shouting_makes_a_word_stronger():
    assert judged("TERRIBLE")["complaint"].p > judged("terrible")["complaint"].p


def test_a_mark_ends_a_negation():
    assert polarity(judged("No, great service")) == "positive"


def test_words_alone_never_settle_that_a_claim_is_wrong():
    text = "I heard that they secretly sell your data, people are saying, rumour, conspiracy, leaked"
    assert 0.5 < judged(text)["facts_wrong"].p <= 0.8


@pytest.mark.parametrize(
    "text", ["thanks", "Thank you so much!", "ok thx 🙏", "@skylark thanks for your help", "Merci beaucoup", "TYSM!!"]
)
def test_bare_thanks(text):
    assert bare_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "thanks for nothing",
        "thanks, but it is still broken",
        "thanks?",
        "thanks 🙄",
        "no thanks",
        "thank you, where is my bag",
    ],
)
def test_thanks_with_more_is_not_bare(text):
    assert not bare_thanks(text)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("They lost my bag, worst airline", "Complaint"),
        ("How much is the fibre line for new customers?", "Before a sale"),
        ("Can I change my booking to Friday?", "After a sale"),
        ("What a wonderful crew, thank you", "Praise"),
        ("Where is the office in Corrin?", "Question"),
    ],
)
def test_lanes(text, where):
    assert lane(judged(text)) == where


def test_facts_go_through_as_signals():
    assert judged("hello", facts={"about_us": 0.9})["about_us"].p == 0.9


@given(st.text(max_size=300))
def test_no_text_breaks_the_judge_and_every_signal_is_answered(text):
    signals = judged(text)
    assert set(signals) == SIGNALS
    for signal in signals.values():
        assert 0.0 <= signal.p <= 1.0
        assert all(0 <= start < end <= len(text) for start, end in signal.spans)
    bare_thanks(text)


@given(st.text(max_size=100))
def test_folding_moves_nothing(text):
    assert len(fold(text)) == len(text)


def test_a_hundred_thousand_faces_are_read():
    assert polarity(judged("😀" * 100_000)) == "positive"


@pytest.mark.parametrize("name", [*EVIDENCES, "negators", "boosters", "faces", "laughs", "thanks"])
def test_every_list_is_read_and_every_term_can_be_met(name):
    for words in read_list(name):
        term = " ".join(words)
        lost = set(term) - set("".join(tokens(term))) - set(" -/")
        assert tokens(term), f"{term} in {name} can never match"
        assert not lost, f"{term} in {name} is cut to something else"


def test_phrases_are_met_longest_first():
    _, phrases = terms()
    assert read("thanks for the delay").scores[EVIDENCES.index("bad")] == 3.0
    assert all(len(phrase) > 1 for seconds in phrases.values() for same in seconds.values() for phrase, _ in same)


def test_a_batch_answers_in_order():
    first, second = RuleJudge().signals([Exhibit("awful"), Exhibit("lovely")])
    assert (polarity(first), polarity(second)) == ("negative", "positive")
