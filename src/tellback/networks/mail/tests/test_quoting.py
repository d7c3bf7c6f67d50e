import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.mail.quoting import shorten

OLD = "> We are on it.\n> Norrtel\n"


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Still down.", "Still down."),
        ("Still down.\n\n" + OLD, "Still down."),
        ("Still down.\n\nOn Mon, 4 May 2026, Norrtel <help@norrtel.example> wrote:\n\n" + OLD, "Still down."),
        (
            "Still down.\n\nOn Mon, 4 May 2026 at 10:00, Norrtel Support\n<help@norrtel.example> wrote:\n" + OLD,
            "Still down.",
        ),
        ("Geht nicht.\n\nAm 04.05.2026 um 10:00 schrieb Norrtel:\n" + OLD, "Geht nicht."),
        ("Toujours rien.\n\nLe lun. 4 mai 2026, Norrtel a écrit :\n" + OLD, "Toujours rien."),
        ("Still down.\n\n-----Original Message-----\nFrom: Norrtel\nSent: Monday\n\nWe are on it.", "Still down."),
        (
            "Still down.\n\n________________________________\nFrom: Norrtel\nSent: Monday\nTo: Ines\n\nold",
            "Still down.",
        ),
        ("Still down.\n\nFrom: Norrtel\nSent: Monday\nTo: Ines\nSubject: x\n\nold words", "Still down."),
        ("Still down.\n\nOn Monday, Norrtel wrote:\nWe are on it without marks.", "Still down."),
        ("On Monday, Norrtel wrote:\n> We are on it.\n\nNo, still down.", "No, still down."),
        (OLD + "\nNo, still down.", "No, still down."),
        ("> Is it up?\nNo.\n> Since when?\nMonday.", "> Is it up?\nNo.\n> Since when?\nMonday."),
        ("Still down.\n-- \nInes Aldermoor\nCorrin", "Still down."),
        ("Still down.\n\nSent from my telephone", "Still down."),
        ("-- \nInes", "--\nInes"),
        (OLD, OLD.strip()),
        ("I wrote to you:\nplease call me.", "I wrote to you:\nplease call me."),
        ("From: here to there the line is down", "From: here to there the line is down"),
        ("On Monday I saw what he wrote:\nnothing works", "On Monday I saw what he wrote:\nnothing works"),
        ("First\n\n\nsecond", "First\n\n\nsecond"),
        ("", ""),
    ],
)
def test_history_and_signature_are_cut(text, short):
    assert shorten(text) == short
    assert shorten(text.replace("\n", "\r\n")) == short


LINES = st.sampled_from(
    ["", "> old", "words", "-- ", "On Monday, X wrote:", "From: x", "Sent: y", "To: z", "Sent from my x"]
)


@given(st.lists(LINES | st.text(max_size=10), max_size=15))
def test_some_words_are_always_left(lines):
    text = "\n".join(lines)
    short = shorten(text)
    assert bool(short) == bool(text.replace("\r\n", "\n").strip())
    assert all(line.rstrip() in {one.strip() for one in "\n".join(lines).split("\n")} or line.strip() in text
               for line in short.split("\n"))  # fmt: skip
