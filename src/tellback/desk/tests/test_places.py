"""Places of ready answers: what nothing fills in is not kept, and what is not filled in does not go out."""

import pytest

from tellback.cases.models import Case
from tellback.replies.models import Canned, Reply

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


def test_a_place_that_nothing_fills_in_is_refused_beside_the_field(world, ines):
    given = {"title": "Twice", "brand": "", "text": "Dear {nmae}, {brand} pays it back"}
    page = ines.post(f"/w/{world.workspace.slug}/canned/", given)
    words = page.content.decode()
    assert page.status_code == 422
    assert "{nmae} is no place that is filled in. Write {name}, {handle}, {brand} or {agent}." in words
    assert "Dear {nmae}, {brand} pays it back" in words
    assert not Canned.objects.exists()


def test_a_place_that_is_still_open_does_not_go_out(world, ines):
    world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    post = case.entries.get(kind="post").post_id
    address = f"/w/{world.workspace.slug}/cases/{case.pk}/replies/"
    page = ines.post(address, {"text": "Dear {name}, we look into it", "post": post, "key": "k1"})
    assert page.status_code == 422
    assert "{name} is not filled in yet. Write what belongs there." in page.content.decode()
    assert "Dear {name}, we look into it" in page.content.decode()
    assert not Reply.objects.exists()
