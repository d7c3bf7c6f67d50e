"""The customer's page: did it help? By a link, without an account, once."""

import re

import pytest
from django.test import Client

from tellback.cases import answering, closing
from tellback.cases.models import Case
from tellback.kit.clock import now
from tellback.loop.models import Ask
from tellback.networks.paper.adapter import SHEETS
from tellback.work.worker import run_all_due


@pytest.fixture
def address(world):
    world.hear("tove.hallam", "@norrtel you charged me twice for October and nobody answers, fix it please")
    case = Case.objects.get()
    answering.answer(case, text="I am Ines at Norrtel. 49 went back today.", by=world.ines, at=now())
    run_all_due()
    closing.close(case, reason="told", by=world.ines, at=now())
    run_all_due()
    text = list(SHEETS[world.workspace.name].written.values())[-1].text
    return re.search(r"(/asked/[\w-]+/)", text).group(1)


def test_opening_the_link_answers_nothing(client, address):
    for _ in range(2):
        page = client.get(address).content.decode()
    assert "Did it help?" in page
    assert "49 went back today" in page
    assert "Norrtel" in page
    assert Ask.objects.get().heard_at is None
    assert "sessionid" not in client.cookies
    assert set(client.cookies) <= {"csrftoken"}


def test_the_two_answers_are_alike(client, address):
    page = client.get(address).content.decode()
    buttons = re.findall(r'<button class="([^"]+)" type="submit" name="helped" value="(yes|no)">', page)
    assert buttons == [("button equal", "yes"), ("button equal", "no")]


def test_yes_is_thanked_and_the_case_stays_closed(client, address):
    page = client.post(address, {"helped": "yes", "words": "Quick, thank you"}, follow=True).content.decode()
    assert "Good that it helped" in page
    assert "Quick, thank you" not in page
    assert Ask.objects.get().words == "Quick, thank you"
    assert not Case.objects.get().is_open


def test_no_opens_it_again_and_says_so(client, address):
    page = client.post(address, {"helped": "no", "words": "Still charged"}, follow=True).content.decode()
    assert "It is open again; a person will look." in page
    assert Case.objects.get().is_open


def test_the_first_answer_counts(client, address):
    client.post(address, {"helped": "no"})
    page = client.post(address, {"helped": "yes"}, follow=True).content.decode()
    assert "open again" in page
    assert Ask.objects.get().helped is False


@pytest.mark.parametrize("said", [{}, {"helped": "maybe"}, {"words": "only words"}])
def test_what_is_no_answer_asks_again(client, address, said):
    assert "Did it help?" in client.post(address, said).content.decode()
    assert Ask.objects.get().heard_at is None


def test_many_words_are_cut(client, address):
    client.post(address, {"helped": "yes", "words": "x" * 5000})
    assert len(Ask.objects.get().words) == 2000


def test_an_answer_from_another_page_is_refused(address):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"helped": "no"}).status_code == 403
    assert Ask.objects.get().heard_at is None


def test_a_link_that_is_not_known_is_said_kindly(client, address):
    answer = client.get(address[:-3] + "/")
    assert answer.status_code == 404
    assert "copy it whole" in answer.content.decode()
    assert client.post("/asked/nothing/", {"helped": "no"}).status_code == 404
