"""The case page: what happened, and every verb, without a script."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from tellback.cases import answering, holding
from tellback.cases.models import Case, Closure, Entry
from tellback.kit.clock import now
from tellback.listen.models import Attachment
from tellback.loop.models import Telling
from tellback.networks.contract import Refused, Unknown
from tellback.networks.paper.adapter import SHEETS
from tellback.replies.models import Canned, Draft, Reply
from tellback.replies.sending import text_digest
from tellback.work.worker import run_all_due
from tellback.workspace.founding import add_member
from tellback.workspace.models import User

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
ANSWER = "I am Ines at Norrtel. 49 went back today."


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


def test_the_page_tells_the_whole_story(world, ines, case, at):
    world.hear("ruben", "same here in June, took them five weeks", answers="note-1")
    ines.post(at(case, "notes/"), {"text": "The bank says <b>two</b> bookings."})
    ines.post(at(case, "replies/"), {"text": ANSWER})
    run_all_due()
    page = ines.get(at(case)).content.decode()
    for words in (
        "Tove Hallam", "charged me twice", "Judged <b>fix it and tell them</b>", "&lt;b&gt;two&lt;/b&gt; bookings",
        "49 went back today", "Delivered ", "same here in June", "Ines Aldermoor has it", "Open a case",
    ):  # fmt: skip
        assert words in page, words


def test_send_and_close_closes_once_it_has_arrived_and_not_before(world, ines, case, at):
    ines.post(at(case, "replies/"), {"text": ANSWER, "close": "told"})
    case.refresh_from_db()
    assert case.is_open
    run_all_due()
    case.refresh_from_db()
    closure = Closure.objects.get(case=case)
    assert not case.is_open
    assert (closure.reason, closure.by, closure.reply) == (
        "told",
        world.ines,
        Reply.objects.filter(automatic=False).get(),
    )


def test_send_and_close_never_closes_untold(world, ines, case, at):
    SHEETS[world.workspace.name].answers = [Refused("no", permanent=True)]
    ines.post(at(case, "replies/"), {"text": ANSWER, "close": "told"})
    run_all_due()
    case.refresh_from_db()
    assert case.is_open
    page = ines.get(at(case)).content.decode()
    assert "Not delivered" in page
    again = Reply.objects.get()
    assert ANSWER in ines.get(at(case, f"?again={again.pk}")).content.decode().split("<textarea")[1]


def test_send_and_close_stays_open_when_they_spoke_meanwhile(world, ines, case, at):
    ines.post(at(case, "replies/"), {"text": ANSWER, "close": "told"})
    world.hear("tove.hallam", "and now the line is dead too", answers="note-1")
    run_all_due()
    case.refresh_from_db()
    assert case.is_open


def test_nobody_knows_then_a_person_looked_and_the_wish_holds(world, ines, case, at):
    SHEETS[world.workspace.name].answers = [Unknown("cut")]
    ines.post(at(case, "replies/"), {"text": ANSWER, "close": "told"})
    run_all_due()
    reply = Reply.objects.get()
    assert "Nobody knows whether it arrived" in ines.get(at(case)).content.decode()
    ines.post(f"/w/{world.workspace.slug}/replies/{reply.pk}/decision/", {"arrived": "yes"})
    run_all_due()
    case.refresh_from_db()
    assert not case.is_open


def test_a_reply_that_is_too_long_comes_back_with_its_text(ines, case, at):
    response = ines.post(at(case, "replies/"), {"text": "ö" * 301})
    page = response.content.decode()
    assert response.status_code == 422
    assert "1 too long" in page
    assert "ö" * 301 in page
    assert not Reply.objects.exists()
    assert "Write something first" in ines.post(at(case, "replies/"), {"text": " "}).content.decode()


def test_closing_needs_a_reply_or_a_reason(ines, case, at):
    said = ines.post(at(case, "closure/"), {"reason": "told"}, follow=True).content.decode()
    assert "Nobody has told them yet" in said
    said = ines.post(at(case, "closure/"), {"reason": "elsewhere"}, follow=True).content.decode()
    assert "Say where they were told" in said
    ines.post(at(case, "closure/"), {"reason": "let_stand"})
    case.refresh_from_db()
    assert not case.is_open
    page = ines.get(at(case)).content.decode()
    assert "Closed by Ines Aldermoor: let stand" in page
    ines.post(at(case, "closure/"), {"_method": "delete"})
    case.refresh_from_db()
    assert case.is_open
    ines.post(at(case, "closure/"), {"reason": "not_ours"})
    ines.delete(at(case, "closure/"))
    case.refresh_from_db()
    assert case.is_open


def test_undo_takes_back_the_last_act_and_then_the_one_before(world, ines, case, at):
    ines.post(at(case, "holding/"))
    ines.post(at(case, "snooze/"), {"choice": "hour"})
    page = ines.post(at(case, "closure/"), {"reason": "let_stand"}, follow=True).content.decode()
    undo = f"/w/{world.workspace.slug}/undo/?case={case.pk}"
    assert undo in page
    since = case.waiting_since
    ines.post(undo)
    case.refresh_from_db()
    assert case.is_open
    assert case.waiting_since == since
    assert case.clocks.count() == 1
    ines.post(undo)
    ines.post(undo)
    case.refresh_from_db()
    assert (case.snoozed_until, case.holder) == (None, None)
    assert "nothing to take back" in ines.post(undo, follow=True).content.decode()


def test_holding_goes_to_me_to_another_and_to_nobody(world, ines, case, at):
    ines.post(at(case, "holding/"))
    jonah = world.member(world.jonah)
    ines.post(at(case, "holding/"), {"to": jonah.pk})
    case.refresh_from_db()
    assert case.holder == world.jonah
    ines.post(at(case, "holding/"), {"_method": "delete"})
    case.refresh_from_db()
    assert case.holder is None
    assert ines.post(at(case, "holding/"), {"to": "999999"}).status_code == 404


def test_snooze_by_name_by_moment_and_never_into_the_past(ines, case, at):
    for choice in ("hour", "tomorrow", "monday"):
        ines.post(at(case, "snooze/"), {"choice": choice})
        case.refresh_from_db()
        assert case.snoozed_until > now()
    until = (now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    ines.post(at(case, "snooze/"), {"until": until})
    case.refresh_from_db()
    assert case.snoozed_until.strftime("%Y-%m-%dT%H:%M") == until
    said = ines.post(at(case, "snooze/"), {"until": "2001-01-01T10:00"}, follow=True).content.decode()
    assert "still to come" in said
    assert "a day and an hour" in ines.post(at(case, "snooze/"), {"until": "soon"}, follow=True).content.decode()
    ines.post(at(case, "snooze/"), {"_method": "delete"})
    case.refresh_from_db()
    assert case.snoozed_until is None


def test_tags_names_and_notes(ines, case, at):
    ines.post(at(case, "tags/"), {"tag": " Billing  Error"})
    assert [tag.name for tag in case.tags.all()] == ["billing error"]
    ines.post(at(case, "tags/"), {"tag": "billing error", "_method": "delete"})
    assert not case.tags.exists()
    ines.post(at(case, "title/"), {"title": "Charged twice"})
    ines.post(at(case, "title/"), {"title": " "})
    case.refresh_from_db()
    assert case.title == "Charged twice"
    assert "Write the note first" in ines.post(at(case, "notes/"), {"text": ""}, follow=True).content.decode()


def test_a_draft_is_kept_for_each_writer_and_weighed(world, ines, case, at, client):
    part = ines.post(at(case, "draft/"), {"text": "YOU SHOULD WAIT!!"}, headers={"HX-Request": "true"}).content.decode()
    assert "Loud" in part
    assert "Draft kept" in part
    assert "<html" not in part
    assert "YOU SHOULD WAIT" in ines.get(at(case)).content.decode()
    client.force_login(world.jonah)
    assert "YOU SHOULD WAIT" not in client.get(at(case)).content.decode()
    client.force_login(world.ines)
    client.post(at(case, "draft/"), {"text": ""}, headers={"HX-Request": "true"})
    assert not Draft.objects.exists()


def test_a_canned_reply_is_filled_in(world, ines, case, at):
    row = Canned.objects.create(
        workspace=world.workspace, title="Twice", text="Hello {name}, I am {agent} at {brand}. {amount}", at=now()
    )
    page = ines.get(at(case, f"?canned={row.pk}")).content.decode()
    assert "Hello Tove, I am Ines at Norrtel. {amount}" in page.split("<textarea")[1]


def test_an_approval_is_another_persons_and_for_these_words(world, ines, case, at, client):
    world.workspace.approval = True
    world.workspace.save()
    ines.post(at(case, "replies/"), {"text": ANSWER})
    reply = Reply.objects.get()
    assert reply.state == "asked"
    address = f"/w/{world.workspace.slug}/replies/{reply.pk}/"
    said = ines.post(address + "approval/", {"digest": text_digest(ANSWER)}, follow=True).content.decode()
    assert "you wrote this one yourself" in said
    assert len(ines.get(f"/w/{world.workspace.slug}/?queue=approvals").context["rows"]) == 1
    ines.post(address + "text/", {"text": ANSWER + " Sorry."})
    client.force_login(world.jonah)
    said = client.post(address + "approval/", {"digest": text_digest(ANSWER)}, follow=True).content.decode()
    assert "Read them again" in said
    client.post(address + "approval/", {"digest": text_digest(ANSWER + " Sorry.")})
    run_all_due()
    reply.refresh_from_db()
    assert reply.state == "delivered"
    said = client.post(address + "withdrawal/", follow=True).content.decode()
    assert "gone out already" in said


def test_others_with_the_same_trouble_are_told(world, ines, at):
    text = "@norrtel the internet in the whole of Harbour Street is broken and has been down since six"
    world.hear("tove.hallam", text)
    world.hear("kwend", text + " again")
    case = Case.objects.get()
    ines.post(at(case, "replies/"), {"text": ANSWER, "close": "told"})
    run_all_due()
    assert Telling.objects.filter(reply=None).count() == 1
    assert "1 other had the same trouble" in ines.get(at(case)).content.decode()
    said = ines.post(at(case, "tellings/"), follow=True).content.decode()
    assert "1 other person is being told" in said
    assert not Telling.objects.filter(reply=None).exists()


def test_a_reader_may_do_nothing(world, case, client, at):
    reader = User.objects.create_user("petra@harbour.example", "a long password", name="Petra Loomis")
    add_member(world.workspace, reader, role="reader", at=now())
    client.force_login(reader)
    assert "You read here" in client.get(at(case)).content.decode()
    for tail in (
        "holding/",
        "closure/",
        "snooze/",
        "notes/",
        "tags/",
        "title/",
        "strands/",
        "draft/",
        "replies/",
        "tellings/",
    ):
        assert client.post(at(case, tail), {"text": "x", "tag": "x"}).status_code == 403, tail


def test_another_workspaces_member_finds_nothing(world, other_world, case, client):
    client.force_login(other_world.ines)
    for tail in (
        "holding/",
        "closure/",
        "snooze/",
        "notes/",
        "tags/",
        "title/",
        "strands/",
        "draft/",
        "replies/",
        "tellings/",
    ):
        assert client.post(f"/w/{other_world.workspace.slug}/cases/{case.pk}/{tail}").status_code == 404, tail
        assert client.post(f"/w/{world.workspace.slug}/cases/{case.pk}/{tail}").status_code == 404, tail


def test_a_form_leads_back_only_within_the_house(ines, case, at):
    for away in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert ines.post(at(case, "holding/"), {"stay": away, "back": away}).url == at(case)
    assert ines.post(at(case, "closure/"), {"reason": "let_stand", "back": "/w/x/"}).url == "/w/x/"


def test_a_file_is_given_to_members_only_and_never_run(world, other_world, ines, case, client, settings):
    from pathlib import Path

    folder = Path(settings.MEDIA_ROOT) / str(world.workspace.pk)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.png").write_bytes(ContentFile(b"\x89PNG").read())
    row = Attachment.objects.create(
        workspace=world.workspace, post=Entry.objects.get(case=case, kind="post").post, name='bill".png',
        media_type="image/png", path=f"{world.workspace.pk}/a.png", alt="A bill", width=4, height=4, at=now(),
    )  # fmt: skip
    address = f"/w/{world.workspace.slug}/attachments/{row.pk}/"
    answer = ines.get(address)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == b"\x89PNG"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert 'alt="A bill"' in ines.get(f"/w/{world.workspace.slug}/cases/{case.pk}/").content.decode()
    Attachment.objects.filter(pk=row.pk).update(path="../secret.key")
    assert ines.get(address).status_code == 404
    client.force_login(other_world.ines)
    assert client.get(address).status_code == 404
    assert client.get(f"/w/{other_world.workspace.slug}/attachments/{row.pk}/").status_code == 404


def test_the_questions_to_the_database_do_not_grow_with_the_entries(
    world, ines, case, at, django_assert_max_num_queries
):
    for number in range(30):
        world.hear("tove.hallam", f"and another thing, number {number}, is wrong with the bill", answers="note-1")
        holding.note(case, text=f"note {number}", by=world.ines, at=now())
    with django_assert_max_num_queries(65):
        page = ines.get(at(case)).content.decode()
    assert page.count("entry-note") == 30


def test_the_timeline_pages_backward(ines, case, at, world):
    for number in range(130):
        holding.note(case, text=f"note {number:03}", by=world.ines, at=now())
    response = ines.get(at(case))
    assert "note 129" in response.content.decode()
    assert "note 000" not in response.content.decode()
    earlier = ines.get(at(case, f"?before={response.context['earlier']}")).content.decode()
    assert "note 000" in earlier
    assert "note 129" not in earlier


def test_a_form_that_comes_twice_makes_one_reply(world, ines, case, at):
    key = ines.get(at(case)).context["composer"].key
    first = ines.post(at(case, "replies/"), {"text": ANSWER, "key": key, "close": "told"})
    run_all_due()
    again = ines.post(at(case, "replies/"), {"text": ANSWER, "key": key, "close": "told"})
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"])
    assert Reply.objects.get(key=key).text == ANSWER
    assert Entry.objects.filter(kind=Entry.Kind.REPLY, case=case, reply__automatic=False).count() == 1


def test_the_composer_carries_its_key(world, ines, case, at):
    page = ines.get(at(case))
    assert f'name="key" value="{page.context["composer"].key}"' in page.content.decode()


def test_other_words_or_no_true_key_are_replies_of_their_own(world, ines, case, at):
    key = "0123456789abcdef" * 2
    for form in ({"text": ANSWER, "key": key}, {"text": "And more.", "key": key}, {"text": ANSWER, "key": "<x>"}):
        ines.post(at(case, "replies/"), form)
    assert Reply.objects.count() == 3
    assert Reply.objects.filter(key=key).count() == 1
    assert not Reply.objects.filter(key="<x>").exists()


def test_two_at_once_make_one_reply(world, case, monkeypatch):
    key, first = "ab" * 16, iter([None])
    kept = answering.answer(case, text=ANSWER, by=world.ines, at=now(), key=key)
    sees = answering.said_already
    monkeypatch.setattr(answering, "said_already", lambda *given: next(first, sees(*given)))
    assert answering.answer_once(case, key=key, text=ANSWER, by=world.ines, at=now()) == kept
