from tellback.flow.clock import CLOCK


def test_every_entry_of_the_clock_has_a_name_of_its_own_and_words():
    assert len({entry.name for entry in CLOCK}) == len(CLOCK)
    assert all(entry.words.endswith(".") and len(entry.name) <= 60 for entry in CLOCK)
