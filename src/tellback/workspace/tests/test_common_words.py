import pytest

from tellback.workspace.common_words import is_too_common, is_too_short


@pytest.mark.parametrize(
    ("text", "short", "common"),
    [
        ("a", True, True),
        ("X.", True, False),
        ("O2", False, False),
        ("The", False, True),
        ("in the", False, True),
        ("The Rail", False, False),
        ("\u864e", False, False),
        ("UND", False, True),
    ],
)
def test_what_tells_nobody_from_anybody(text, short, common):
    assert (is_too_short(text), is_too_common(text)) == (short, common)
