from hypothesis import given
from hypothesis import strategies as st
from tests.processes import ROOT

from tellback.listen import alike

SAID = "the internet in the whole of Harbour Street is broken and has been down since six"
WORDS = st.lists(st.sampled_from([*SAID.split(), "bill", "Ω", "naïve"]), max_size=40)


@given(WORDS, WORDS)
def test_alikeness_is_a_share_and_goes_both_ways(one, other):
    a, b = alike.pairs(one), alike.pairs(other)
    assert 0.0 <= alike.alikeness(a, b) == alike.alikeness(b, a) <= 1.0
    assert alike.alikeness(a, a) == (1.0 if a else 0.0)


@given(WORDS.filter(lambda words: len(words) > 2), st.integers(1, 1 << 40))
def test_bands_fit_their_column_and_depend_on_the_words_and_the_workspace(words, space):
    found = alike.pairs(words)
    bands = alike.bands(found, space)
    assert len(bands) == alike.BANDS
    assert all(0 <= band < 1 << 63 for band in bands)
    assert bands == alike.bands(set(found), space)
    assert not set(bands) & set(alike.bands(found, space + 1))


def test_every_process_finds_the_same_bands():
    import subprocess
    import sys

    code = f"from tellback.listen import alike; print(alike.bands(alike.pairs(alike.words({SAID!r})), 7))"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert outputs == {str(alike.bands(alike.pairs(alike.words(SAID)), 7))}


def test_what_changes_between_copies_does_not_count():
    assert alike.words("RT @tove: Norrtel is down https://norrtel.example/x") == ["norrtel", "is", "down"]


def test_a_text_of_a_megabyte_is_compared_by_its_beginning():
    assert len(alike.words("word " * 250_000)) <= alike.LONGEST
