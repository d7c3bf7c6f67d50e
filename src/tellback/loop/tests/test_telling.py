"""Telling the others where a second person approves: one yes to the exact words holds for all who get them."""

import pytest

from tellback.cases import answering, closing
from tellback.cases.models import Case
from tellback.kit.clock import now
from tellback.loop import telling
from tellback.loop.models import Telling
from tellback.networks.paper.adapter import SHEETS
from tellback.replies import sending
from tellback.replies.models import Approval, Reply
from tellback.replies.sending import CannotSend
from tellback.work.worker import run_all_due
from tellback.workspace.models import Workspace

TROUBLE = "@norrtel the internet in the whole of Harbour Street is broken and has been down since six"
WORDS = "I am Ines at Norrtel. It runs again since 11:40."


@pytest.fixture
def case(world):
    """One was told, three others wait to be told, and the workspace demands a second person."""
    world.hear("tove.hallam", TROUBLE)
    for name, tail in (("kwend", "again"), ("ruben", "still"), ("mirre", "too")):
        world.hear(name, f"{TROUBLE} {tail}")
    case = Case.objects.get()
    answering.answer(case, text=WORDS, by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    Workspace.objects.update(approval=True)
    return case


def tell(world, by=None, text=""):
    rows = Telling.objects.untold().select_related("case", "post")
    return [telling.tell(row, by=by or world.ines, at=now(), text=text) for row in rows]


def heard_by():
    run_all_due()
    told = Telling.objects.filter(reply__state="delivered").select_related("person")
    return {row.post.author.name for row in told}


def test_nobody_is_told_before_a_second_person_said_yes_once(world, case):
    replies = tell(world)
    assert len(replies) == 3
    assert heard_by() == set()
    assert {reply.state for reply in Reply.objects.filter(telling__case=case)} == {"asked"}
    with pytest.raises(CannotSend, match="wrote this one yourself"):
        telling.approve(replies[0], by=world.ines, at=now())
    assert telling.approve(replies[1], by=world.jonah, at=now()) == 3
    assert heard_by() == {"kwend", "ruben", "mirre"}
    assert Approval.objects.filter(by=world.jonah).count() == 3


def test_the_yes_holds_for_those_who_are_told_later_in_these_words_alone(world, case):
    first, second, third = Telling.objects.order_by("id")
    reply = telling.tell(first, by=world.ines, at=now())
    telling.approve(reply, by=world.jonah, at=now())
    assert telling.tell(second, by=world.ines, at=now()).state == "queued"
    other = telling.tell(third, by=world.ines, at=now(), text=f"{WORDS} Sorry, Mirre.")
    assert other.state == "asked"
    assert len(heard_by()) == 2
    assert telling.approve(other, by=world.jonah, at=now()) == 1
    assert len(heard_by()) == 3


def test_nobody_sends_by_their_own_yes(world, case):
    first, second, _ = Telling.objects.order_by("id")
    telling.approve(telling.tell(first, by=world.ines, at=now()), by=world.jonah, at=now())
    assert telling.tell(second, by=world.jonah, at=now()).state == "asked"
    reply = Reply.objects.get(telling=second)
    with pytest.raises(CannotSend):
        sending.cover(reply, Approval.objects.first(), at=now())


def test_a_yes_to_the_first_reply_is_none_to_the_telling(world, case):
    Reply.objects.update(state="asked")
    own = Reply.objects.filter(automatic=False).get()
    assert telling.approve(own, by=world.jonah, at=now()) == 1
    assert {reply.state for reply in tell(world)} == {"asked"}


def test_what_was_withdrawn_leaves_them_untold(world, case):
    row = Telling.objects.order_by("id").first()
    reply = telling.tell(row, by=world.ines, at=now())
    assert telling.tell(row, by=world.ines, at=now()) == reply
    assert sending.withdraw(reply)
    assert Telling.objects.untold().count() == 3
    assert telling.tell(row, by=world.ines, at=now()) != reply


def test_without_approval_they_are_told_at_once(world, case):
    Workspace.objects.update(approval=False)
    tell(world)
    assert len(heard_by()) == 3
    assert len([out for out in SHEETS[world.workspace.name].written.values() if out.text == WORDS]) == 4


def test_on_the_page_one_press_asks_and_one_press_approves(world, case, client):
    address = f"/w/{world.workspace.slug}/cases/{case.pk}/"
    client.force_login(world.ines)
    said = client.post(f"{address}tellings/", follow=True).content.decode()
    assert "3 replies wait for a second person." in said
    assert "being told" not in said
    client.force_login(world.jonah)
    page = client.get(address).content.decode()
    assert page.count("Approve these words for all who are told") == 3
    reply = Reply.objects.filter(telling__case=case).first()
    digest = sending.text_digest(reply.text)
    said = client.post(f"/w/{world.workspace.slug}/replies/{reply.pk}/approval/", {"digest": digest}, follow=True)
    assert "Approved for 3 people." in said.content.decode()
    assert len(heard_by()) == 3


def test_the_name_of_the_first_is_not_said_to_the_others(world):
    world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    world.hear("ruben", f"{TROUBLE} still", name="Ruben Marsh")
    world.hear("kwend", f"{TROUBLE} again")
    case = Case.objects.get()
    answering.answer(case, text="Tove, it runs again. Sorry, Tove Hallam.", by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    ruben = Telling.objects.get(person__name="Ruben Marsh")
    assert ruben.text == "{name}, it runs again. Sorry, {name}."
    assert ruben.words == "Ruben, it runs again. Sorry, Ruben."
    with pytest.raises(CannotSend, match=r"\{name\} still stands in the text"):
        telling.tell(ruben, by=world.ines, at=now(), text="{name}, it runs again.")
    assert telling.tell(ruben, by=world.ines, at=now()).text == "Ruben, it runs again. Sorry, Ruben."
