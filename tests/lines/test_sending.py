import signal
from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from tellback.cases import answering
from tellback.cases.models import Case, Clock
from tellback.kit import secret
from tellback.kit.clock import now
from tellback.networks import delivery as deliveries
from tellback.networks.contract import Delivered, Refused, Unknown
from tellback.networks.models import Delivery
from tellback.networks.paper.adapter import SHEETS, Paper
from tellback.notices.models import Notice
from tellback.replies import sending
from tellback.replies.models import Approval, Reply
from tellback.replies.sending import CannotSend
from tellback.work.models import Job
from tellback.work.worker import run_all_due
from tests.processes import begin

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
WORDS = "I am Ines at Norrtel. 49 went back today."


@pytest.fixture
def sheet(world):
    world.hear("tove", TROUBLE)
    return SHEETS[world.workspace.name]


@pytest.fixture
def reply(world, sheet):
    return answering.answer(Case.objects.get(), text=WORDS, by=world.ines, at=now())


@pytest.fixture
def asked(world, sheet):
    """A reply that waits for a second person."""
    world.workspace.approval = True
    world.workspace.save()
    reply = answering.answer(Case.objects.get(), text=WORDS, by=world.ines, at=now())
    run_all_due()
    reply.refresh_from_db()
    assert reply.state == "asked"
    return reply


def now_due():
    Job.objects.filter(state="ready").update(run_at=now())
    return run_all_due()


def fresh(reply):
    return Reply.objects.select_related("to").get(pk=reply.pk)


def test_an_approval_lets_it_go_and_ones_own_does_not(world, asked, sheet):
    with pytest.raises(CannotSend, match="wrote this one yourself"):
        sending.approve(asked, by=world.ines, at=now())
    sending.approve(asked, by=world.jonah, at=now())
    with pytest.raises(CannotSend, match="any more"):
        sending.approve(fresh(asked), by=world.jonah, at=now())
    run_all_due()
    assert fresh(asked).state == "delivered"
    assert [out.text for out in sheet.written.values()] == [WORDS]


def test_an_approval_holds_for_the_words_that_were_read(world, asked, sheet):
    read = fresh(asked)
    sending.change_text(asked, "Other words, I am Ines at Norrtel", by=world.ines, at=now())
    with pytest.raises(CannotSend, match="changed while you read"):
        sending.approve(read, by=world.jonah, at=now())
    run_all_due()
    assert fresh(asked).state == "asked"
    assert not Approval.objects.exists()
    sending.approve(fresh(asked), by=world.jonah, at=now())
    run_all_due()
    assert fresh(asked).state == "delivered"
    with pytest.raises(CannotSend, match="gone out already"):
        sending.change_text(asked, "Too late", by=world.ines, at=now())


def test_who_changes_the_words_has_written_them(world, asked):
    sending.change_text(asked, "Words by Jonah at Norrtel", by=world.jonah, at=now())
    with pytest.raises(CannotSend, match="wrote this one yourself"):
        sending.approve(fresh(asked), by=world.jonah, at=now())
    sending.approve(fresh(asked), by=world.ines, at=now())


def test_an_approval_beside_a_job_that_still_runs_is_not_lost(world, asked):
    Job.objects.filter(task__endswith="send_out").update(state="running", lease_until=now() + timedelta(minutes=2))
    sending.approve(asked, by=world.jonah, at=now())
    run_all_due()
    assert fresh(asked).state == "delivered"


def test_what_is_withdrawn_never_goes(world, asked, sheet):
    assert sending.withdraw(asked)
    with pytest.raises(CannotSend):
        sending.approve(fresh(asked), by=world.jonah, at=now())
    now_due()
    assert sheet.written == {}


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write something"), ("  \r\n ", "Write something"), ("x" * 301, "1 too long")]
)
def test_what_cannot_go_is_said_before_it_is_sent(world, sheet, text, words):
    with pytest.raises(CannotSend, match=words):
        answering.answer(Case.objects.get(), text=text, by=world.ines, at=now())
    assert not Reply.objects.exists()


def test_retries_end_and_a_person_is_told(reply, sheet):
    sheet.answers = [Refused("busy", permanent=False)] * 20
    runs = 0
    while now_due():
        runs += 1
        assert runs < 30
    assert (fresh(reply).state, sheet.attempts) == ("failed", sending.RETRIES)
    assert "busy" in Notice.objects.get(key=f"reply:{reply.pk}").words
    assert Clock.objects.get().stopped_at is None


def test_refused_for_good_is_tried_once(reply, sheet):
    sheet.answers = [Refused("blocked", permanent=True)]
    while now_due():
        pass
    assert (fresh(reply).state, sheet.attempts) == ("failed", 1)


def test_pauses_grow_to_half_an_hour():
    pauses = [sending.pause_before(n).total_seconds() for n in range(1, 12)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert max(pauses) == 1800


@pytest.mark.parametrize("arrived", [True, False])
def test_when_nobody_knows_a_person_looks(world, reply, sheet, arrived):
    sheet.answers = [Unknown("the line was cut")]
    now_due()
    assert fresh(reply).state == "unknown"
    assert now_due() == 0
    sending.decide(fresh(reply), arrived=arrived, by=world.ines, at=now())
    with pytest.raises(CannotSend, match="said so already"):
        sending.decide(fresh(reply), arrived=not arrived, by=world.jonah, at=now())
    now_due()
    assert fresh(reply).state == "delivered"
    assert (sheet.attempts, len(sheet.written)) == ((1, 0) if arrived else (2, 1))
    assert Clock.objects.get().why == "answered"


def test_an_adapter_that_raises_leaves_us_not_knowing(reply, monkeypatch):
    def deliver(self, settings, outgoing):
        raise RuntimeError("half way \x00")

    monkeypatch.setattr(Paper, "deliver", deliver)
    now_due()
    assert fresh(reply).state == "unknown"


def test_secrets_under_another_key_are_no_unknown(world, reply, sheet, settings):
    world.paper.secrets = secret.seal({"token": "x"})
    world.paper.save()
    key = django_settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 8
    now_due()
    assert Delivery.objects.get().state == "refused"
    settings.SECRET_KEY = key
    now_due()
    assert fresh(reply).state == "delivered"
    assert len(sheet.written) == 1


DIE_WHILE_SENDING = """
import os
from tellback.networks.{module} import adapter
from tellback.work.worker import run_all_due
kind = type(adapter.adapter) if hasattr(adapter, "adapter") else adapter.Mail
kind.deliver = lambda self, settings, outgoing: os.kill(os.getpid(), 9)
run_all_due()
"""


def killed_while_sending(module):
    process = begin(DIE_WHILE_SENDING.format(module=module))
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("sending", 1)
    assert now_due() == 0  # its lease still runs
    past = now() - timedelta(seconds=1)
    Job.objects.filter(state="running").update(lease_until=past)
    Delivery.objects.update(lease_until=past)


@pytest.mark.django_db(transaction=True)
def test_killed_while_sending_where_the_network_can_tell_it_goes_once(reply, sheet):
    killed_while_sending("paper")
    now_due()
    assert fresh(reply).state == "delivered"
    assert (Delivery.objects.get().attempts, len(sheet.written)) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_killed_after_it_was_taken_it_is_found_and_not_sent_again(reply, sheet):
    killed_while_sending("paper")
    sheet.written[reply.key] = None  # it had arrived
    now_due()
    assert fresh(reply).state == "delivered"
    assert sheet.attempts == 0


@pytest.mark.django_db(transaction=True)
def test_killed_while_sending_mail_a_person_is_asked(world, reply):
    world.paper.network = "mail"
    world.paper.settings = {
        "address": "help@norrtel.example", "imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "plain",
        "user": "x", "password": "x",
    }  # fmt: skip
    world.paper.save()
    killed_while_sending("mail")
    now_due()
    assert fresh(reply).state == "unknown"
    assert "Look there" in Notice.objects.get(key=f"reply:{reply.pk}").words


def test_of_two_attempts_that_overlapped_delivered_is_true(world, reply, sheet):
    at = now()
    early, ours, again = deliveries.begin(world.paper, reply.key, at=at)
    assert (ours, again) == (True, False)
    assert deliveries.begin(world.paper, reply.key, at=at)[1] is False
    later, ours, again = deliveries.begin(world.paper, reply.key, at=at + timedelta(minutes=3))
    assert (ours, again) == (True, True)
    deliveries.settle(early, Refused("late word", permanent=True), at=at)
    assert Delivery.objects.get().state == "sending"
    deliveries.settle(later, Unknown("cut"), at=at)
    deliveries.settle(early, Delivered("id", at), at=at)
    assert Delivery.objects.get().state == "delivered"


def test_killed_between_arriving_and_its_consequences(reply, monkeypatch):
    from tellback.flow import outgoing

    def killed(replies, at):
        raise SystemExit

    real = outgoing.LINE.steps
    monkeypatch.setattr(outgoing.LINE, "steps", (*real[:3], killed))
    with pytest.raises(SystemExit):
        outgoing.send_out.func(reply.pk)
    assert fresh(reply).state == "delivered"
    assert Clock.objects.get().stopped_at is None
    monkeypatch.setattr(outgoing.LINE, "steps", real)
    outgoing.send_out.func(reply.pk)
    assert Clock.objects.get().why == "answered"


def test_a_job_that_runs_again_stops_no_later_clock(world, reply):
    run_all_due()
    world.hear("tove", "no, it is still broken", answers="note-1")
    clock = Clock.objects.get(stopped_at=None)
    from tellback.flow.outgoing import send_out

    send_out.func(reply.pk)
    clock.refresh_from_db()
    assert clock.stopped_at is None
    assert clock.kind == "next"
