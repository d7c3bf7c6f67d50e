"""What no sheet of paper would say is refused, and nothing else happens."""

import pytest

from tellback.networks.contract import Unreadable
from tellback.networks.paper.adapter import Paper


@pytest.mark.parametrize("payload", ["", "[]", "7", "{", '{"id": "1"}', "[" * 100_000], ids=lambda text: text[:12])
def test_no_note(payload):
    with pytest.raises(Unreadable, match="not a note on paper"):
        Paper().parse(payload, {})
