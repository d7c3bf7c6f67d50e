"""A reply that was not delivered is tried again at a member's word, and never sent twice."""

import pytest

from tellback.cases import answering, closing
from tellback.cases.models import Case
from tellback.kit.clock import now
from tellback.listen.events import BounceHeard
from tellback.networks.contract import Refused, Unknown
from tellback.networks.models import Delivery
from tellback.networks.paper.adapter import SHEETS
from tellback.replies import sending
from tellback.replies.models import Reply
from tellback.replies.repeating import try_again
from tellback.replies.sending import CannotSend
from tellback.work.models import Job
from tellback.work.worker import run_all_due
from tellback.workspace.models import Workspace

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
WORDS = "I am Ines at Norrtel. 49 went back today."


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


@pytest.fixture
def sheet(world):
    world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    return SHEETS[world.workspace.name]


@pytest.fixture
def failed(world, sheet):
    """A reply that was refused for good, once."""
    return answered(world, sheet, Refused("not now", permanent=True))


def answered(world, sheet, *outcomes):
    sheet.answers = list(outcomes)
    reply = answering.answer(Case.objects.get(), text=WORDS, by=world.ines, at=now())
    while now_due():
        pass
    return fresh(reply)


def now_due():
    Job.objects.filter(state="ready").update(run_at=now())
    return run_all_due()


def fresh(reply):
    return Reply.objects.get(pk=reply.pk)


def page_of(ines, reply):
    case = reply.entries.get().case
    return ines.get(f"/w/{reply.workspace.slug}/cases/{case.pk}/").content.decode()


def press(ines, reply):
    address = f"/w/{reply.workspace.slug}/replies/{reply.pk}/attempts/"
    return ines.post(address, follow=True).content.decode()


def test_what_failed_goes_once_more_under_its_own_key(ines, failed, sheet):
    assert failed.state == "failed"
    assert "Try again" in page_of(ines, failed)
    assert "On its way." in press(ines, failed)
    now_due()
    assert fresh(failed).state == "delivered"
    assert list(sheet.written) == [failed.key]
    assert Delivery.objects.get().attempts == 2
    assert "does not wait to be tried again" in press(ines, failed)
    now_due()
    assert sheet.attempts == 2


def test_refused_again_it_waits_for_another_word(ines, failed, sheet):
    sheet.answers = [Refused("still not", permanent=True)]
    press(ines, failed)
    now_due()
    assert (fresh(failed).state, fresh(failed).why) == ("failed", "still not")
    press(ines, failed)
    now_due()
    assert fresh(failed).state == "delivered"


def test_after_all_tries_one_more_is_made(world, ines, sheet):
    reply = answered(world, sheet, *[Refused("busy", permanent=False)] * sending.RETRIES)
    assert (reply.state, sheet.attempts) == ("failed", sending.RETRIES)
    press(ines, reply)
    now_due()
    assert fresh(reply).state == "delivered"


def test_pressed_twice_it_goes_once(world, failed, sheet):
    try_again(failed, by=world.ines, at=now())
    with pytest.raises(CannotSend, match="does not wait"):
        try_again(failed, by=world.jonah, at=now())
    now_due()
    assert sheet.attempts == 2


def test_what_nobody_knows_of_is_looked_up_first(world, ines, sheet):
    reply = answered(world, sheet, Unknown("cut"))
    assert "Try again" not in page_of(ines, reply)
    assert "look there first" in press(ines, reply)
    now_due()
    assert (fresh(reply).state, sheet.attempts) == ("unknown", 1)


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_an_attempt_without_an_end_is_not_doubled(world, ines, failed, sheet, state):
    Delivery.objects.update(state=state)
    assert "what became of the last attempt" in press(ines, failed)
    now_due()
    assert (fresh(failed).state, sheet.attempts) == ("failed", 1)


def test_what_came_back_is_not_sent_there_again(world, ines, sheet):
    reply = answered(world, sheet)
    of = Delivery.objects.get().external_id
    sending.bounced([BounceHeard(workspace=world.workspace.pk, subject=1, at=now(), connection=world.paper.pk, of=of)])
    page = page_of(ines, reply)
    assert "It came back undelivered" in page
    assert "Try again" not in page
    assert "Write it again" in page
    assert "Write to them elsewhere" in press(ines, reply)
    assert fresh(reply).state == "failed"


def test_where_replies_are_approved_it_asks_unless_these_words_were(world, ines, failed):
    Workspace.objects.update(approval=True)
    assert "waits for a second person" in press(ines, failed)
    now_due()
    assert fresh(failed).state == "asked"
    sending.approve(fresh(failed), by=world.jonah, at=now())
    now_due()
    assert fresh(failed).state == "delivered"


def test_an_approved_one_that_failed_needs_no_second_approval(world, ines, sheet):
    Workspace.objects.update(approval=True)
    sheet.answers = [Refused("not now", permanent=True)]
    reply = answering.answer(Case.objects.get(), text=WORDS, by=world.ines, at=now())
    sending.approve(reply, by=world.jonah, at=now())
    now_due()
    assert fresh(reply).state == "failed"
    press(ines, reply)
    now_due()
    assert fresh(reply).state == "delivered"


def test_a_closed_case_is_opened_first(world, ines, failed, sheet):
    closing.close(Case.objects.get(), reason="let_stand", by=world.ines, at=now())
    assert "Open it again first" in press(ines, failed)
    assert fresh(failed).state == "failed"


def test_only_the_last_reply_has_the_key(world, ines, failed, sheet):
    answered(world, sheet, Refused("no", permanent=True))
    page = page_of(ines, failed)
    assert page.count("Try again") == 2
    assert page.count('data-key="s"') == 1
    assert page.index('data-key="s"') > page.rindex("entry-ours")
