"""Writing: the small fields beside the text, what is refused, and drafts that come late."""

import re

import pytest

from tellback.cases.models import Case
from tellback.replies.models import Draft, Reply

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
KEY = "0123456789abcdef" * 2


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


@pytest.fixture
def case(world):
    world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    return Case.objects.get()


@pytest.fixture
def at(world):
    return lambda case, tail="": f"/w/{world.workspace.slug}/cases/{case.pk}/{tail}"


def test_the_small_fields_belong_to_forms_of_their_own(ines, case, at):
    page = ines.get(at(case)).content.decode()
    assert re.search(rf'name="until" form="until-{case.pk}"', page)
    assert re.search(rf'name="words" maxlength="300" form="elsewhere-{case.pk}"', page)
    assert f'id="until-{case.pk}" method="post" action="{at(case, "snooze/")}"' in page
    assert f'id="elsewhere-{case.pk}" method="post" action="{at(case, "closure/")}"' in page


def test_a_refused_text_has_the_focus(ines, case, at):
    page = ines.post(at(case, "replies/"), {"text": "  "}).content.decode()
    assert re.search(r"<textarea[^>]* autofocus aria-invalid", page)


def test_a_draft_that_comes_after_its_reply_is_not_kept(ines, case, at):
    ines.post(at(case, "replies/"), {"text": "It is mended.", "key": KEY})
    late = ines.post(at(case, "draft/"), {"text": "It is men", "key": KEY}, headers={"HX-Request": "true"})
    assert not Draft.objects.exists()
    assert Reply.objects.get().text == "It is mended."
    fresh = re.search(r'name="key" value="(\w+)" hx-swap-oob', late.content.decode())[1]
    ines.post(at(case, "draft/"), {"text": "One more thing", "key": fresh})
    assert Draft.objects.get().text == "One more thing"
