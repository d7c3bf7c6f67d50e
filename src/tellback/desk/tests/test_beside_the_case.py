"""What stands around a case: who has it, who else spoke, ready answers of its brand, what they said when asked."""

import pytest

from tellback.cases import answering, closing, holding
from tellback.cases.models import Case, Entry
from tellback.kit.clock import now
from tellback.loop import asking
from tellback.loop.models import Ask
from tellback.replies.models import Canned
from tellback.work.worker import run_all_due
from tellback.workspace.models import Member

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


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
    return lambda tail="": f"/w/{world.workspace.slug}/{tail}"


def choice_of(page):
    return page.split('name="to"')[1].split("</select>")[0]


def test_where_nobody_has_it_nobody_is_chosen(world, ines, case, at):
    address = at(f"cases/{case.pk}/")
    assert '<option value="nobody" selected>Nobody</option>' in choice_of(ines.get(address).content.decode())
    entries = Entry.objects.count()
    ines.post(f"{address}holding/", {"to": "nobody"})
    assert Entry.objects.count() == entries
    holding.take(case, by=world.jonah, at=now())
    choice = choice_of(ines.get(address).content.decode())
    assert choice.count(" selected") == 1
    assert f'value="{world.member(world.jonah).pk}" selected' in choice
    ines.post(f"{address}holding/", {"to": "nobody"})
    case.refresh_from_db()
    assert case.holder is None


def test_a_holder_who_answers_no_more_is_still_named(world, ines, case, at):
    holding.take(case, by=world.jonah, at=now())
    Member.objects.filter(user=world.jonah).update(role="reader")
    choice = choice_of(ines.get(at(f"cases/{case.pk}/")).content.decode())
    assert '<option value="" selected disabled>Jonah Pell</option>' in choice
    assert choice.count(" selected") == 1


def test_who_has_a_case_of_their_own_is_linked_and_others_may_get_one(world, ines, case, at):
    world.hear("ruben", "same here in June, took them five weeks", answers="note-1")
    world.hear("mirre", "@norrtel charged me twice in October as well, awful, fix it", answers="note-1")
    theirs = Case.objects.exclude(pk=case.pk).get()
    page = ines.get(at(f"cases/{case.pk}/")).content.decode()
    assert page.count("Open a case") == 1
    assert f'<a href="{at(f"cases/{theirs.pk}/")}">Their case</a>' in page
    closing.close(theirs, reason="let_stand", by=world.ines, at=now())
    assert "Their case, closed</a>" in ines.get(at(f"cases/{case.pk}/")).content.decode()


def test_ready_answers_are_of_the_cases_brand_or_of_none(world, ines, case, at):
    for title, brand in (("Ours", world.norrtel), ("Theirs", world.skylark), ("All", None)):
        Canned.objects.create(workspace=world.workspace, brand=brand, title=title, text="Hello", at=now())
    shown = ines.get(at(f"cases/{case.pk}/")).context["composer"].canned
    assert [row.title for row, _ in shown] == ["All", "Ours"]
    listed = ines.get(at("canned/")).content.decode()
    assert "Skylark</span>" in listed


def test_a_ready_answer_has_an_end_and_a_brand_of_this_workspace(world, other_world, ines, at):
    said = {"title": "Long", "text": "x" * 5001, "brand": world.norrtel.pk}
    response = ines.post(at("canned/"), said)
    assert response.status_code == 422
    assert "5000" in str(response.context["form"].errors["text"])
    assert "x" * 5001 in response.content.decode()
    response = ines.post(at("canned/"), said | {"text": "x" * 5000, "brand": other_world.norrtel.pk})
    assert "brand" in response.context["form"].errors
    assert "composer of Norrtel" in ines.post(at("canned/"), said | {"text": "x" * 5000}, follow=True).content.decode()
    assert Canned.objects.get().brand == world.norrtel
    ines.post(at(f"canned/{Canned.objects.get().pk}/"), {"title": "Long", "text": "x", "brand": ""})
    assert Canned.objects.get().brand is None


@pytest.mark.parametrize("helped", [True, False])
def test_what_they_said_when_asked_stands_in_the_timeline(world, ines, case, at, helped):
    answering.answer(case, text="I am Ines at Norrtel. It is mended.", by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    assert asking.hear(Ask.objects.get(), helped=helped, words=" Still charged <twice> ", at=now())
    part = ines.get(at(f"cases/{case.pk}/timeline/")).content.decode()
    assert "when we asked whether it helped" in part
    assert '<p class="said">Still charged &lt;twice&gt;</p>' in part
    assert ("They said that it helped" in part) is helped
    assert ("They said that it did not help" in part) is not helped


def test_a_bare_answer_makes_no_empty_entry(world, case):
    answering.answer(case, text="I am Ines at Norrtel. It is mended.", by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    asking.hear(Ask.objects.get(), helped=False, words="  ", at=now())
    assert not Entry.objects.filter(kind=Entry.Kind.HEARD).exists()
