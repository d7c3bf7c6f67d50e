"""Writing: the small fields beside the text, what is refused, and drafts that come late."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tellback.cases.models import Case, Entry
from tellback.listen.models import Post
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


def test_who_takes_and_answers_took_it_first(ines, case, at):
    ines.post(at(case, "replies/"), {"text": "It is mended."})
    entries = list(Entry.objects.filter(case=case).order_by("at", "id"))
    assert [one.kind for one in entries][-2:] == ["change", "reply"]
    assert "Taken by Ines" in entries[-2].text


def test_what_cannot_go_takes_nothing(ines, case, at):
    ines.post(at(case, "replies/"), {"text": " "})
    case.refresh_from_db()
    assert case.holder is None


def test_on_its_way_is_tied_to_its_reply(ines, case, at):
    page = ines.post(at(case, "replies/"), {"text": "It is mended."}, follow=True).content.decode()
    reply = Reply.objects.get()
    assert f'data-until-it-went="reply-{reply.pk}"' in page
    assert f'data-reply="reply-{reply.pk}" data-state="{reply.state}"' in page


def test_a_tag_that_is_too_long_is_refused_and_kept_to_be_shortened(ines, case, at):
    long = "refund " * 8
    answer = ines.post(at(case, "tags/"), {"tag": long})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A tag has 40 letters at most; this one has 55. Shorten it." in page
    assert f'value="{long}" aria-invalid="true"' in page
    assert not case.tags.exists()


def test_undo_keeps_the_tag_as_it_stands_and_no_more_of_a_name_than_one_has(world, ines, case, at):
    ines.post(at(case, "tags/"), {"tag": "  REFUND   due "})
    Case.objects.filter(pk=case.pk).update(title="x" * 120)
    ines.post(at(case, "title/"), {"title": "y" * 300})
    acts = ines.session[f"undo:{world.workspace.pk}"]
    assert [act[1:] for act in acts] == [["tagged", "refund due"], ["named", "x" * 120]]
    case.refresh_from_db()
    assert len(case.title) <= 120


def test_a_post_of_another_day_says_its_day(world, ines, case, at):
    Post.objects.update(written_at=datetime(2024, 11, 3, 9, 10, tzinfo=UTC))
    pane = ines.get(at(case, "pane/"), headers={"HX-Request": "true"}).content.decode()
    assert "3 Nov 2024, " in pane


def test_cases_stand_before_or_since(world, ines, case, at):
    later = Case.objects.create(
        workspace=world.workspace, brand=world.norrtel, person=case.person, title="Again", lane="Complaint",
        opened_at=case.opened_at + timedelta(hours=1), last_at=case.last_at,
    )  # fmt: skip
    first, second = ines.get(at(case)).content.decode(), ines.get(at(later)).content.decode()
    assert ">Since</h3>" in first
    assert ">Before</h3>" not in first
    assert ">Before</h3>" in second
    assert ">Since</h3>" not in second


def test_the_words_of_customers_stand_alone(ines, case, at):
    Case.objects.filter(pk=case.pk).update(title="\u202eturned")
    page = ines.get(at(case)).content.decode()
    assert "<h1><bdi>\u202eturned</bdi>" in page
    assert "<title>\u2068\u202eturned\u2069 · Tellback</title>" in page


def test_settings_lead_to_the_ready_answers(world, client):
    client.force_login(world.owner)
    page = client.get(f"/w/{world.workspace.slug}/settings/").content.decode()
    assert f'href="/w/{world.workspace.slug}/canned/"' in page
