import pytest

from tellback.kit.trouble import without_number


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(-2, "Name or service not known"), "Name or service not known"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ValueError("failed to resolve host 'x': [Errno -2] Name unknown"), "failed to resolve host 'x': Name unknown"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_a_fault_is_said_without_the_systems_number(fault, words):
    assert without_number(fault) == words
