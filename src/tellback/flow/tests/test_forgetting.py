"""A person is planted in every corner with a marker word, forgotten, and looked for in every column and file."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tellback.cases import answering, closing, holding
from tellback.cases.models import Case
from tellback.events.models import Fact
from tellback.flow.forgetting import FATES, ROOMS, export, forget
from tellback.kit.clock import now
from tellback.listen.editing import wipe
from tellback.listen.models import Attachment, Likeness, Post
from tellback.loop import asking
from tellback.loop.models import Ask, Telling
from tellback.networks.contract import Broken, Parcel, Refused
from tellback.networks.keeping import Arrival, keep, refuse
from tellback.networks.models import RawItem
from tellback.networks.paper.adapter import SHEETS
from tellback.notices.models import Notice, notify
from tellback.people.forgetting import gone_id, hide, same_as
from tellback.people.models import Handle, Joining, Person
from tellback.replies.models import Draft, Reply
from tellback.triage.models import Policy
from tellback.work.models import Job, Route
from tellback.work.worker import run_all_due

MARK = "quillonby"
HANDLE = f"tove.{MARK}"
TROUBLE = f"@norrtel you charged me twice for October, {MARK} Street is without internet and nobody answers"


def everywhere(word):
    """(table, column) of every place of the database that holds the word, whatever the column's type."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor, include_views=False):
            for column in connection.introspection.get_table_description(cursor, table):
                kind = "BLOB" if connection.vendor == "sqlite" else "TEXT"
                cursor.execute(f'SELECT CAST("{column.name}" AS {kind}) FROM "{table}"')
                values = [value for (value,) in cursor.fetchall() if value is not None]
                if any(word in plain(value).lower() for value in values):
                    found.append((table, column.name))
    return found


def plain(value):
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def files_with(word):
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]


@pytest.fixture
def tove(world, settings, tmp_path):
    """Tove, heard, answered, closed, asked, joined, noted, misread and quoted."""
    settings.MEDIA_ROOT = tmp_path / "files"
    first = world.hear(
        HANDLE,
        TROUBLE,
        name=f"Tove {MARK}",
        id=f"https://paper.example/@{HANDLE}/1",
        url=f"https://paper.example/@{HANDLE}/1",
    )
    world.hear(HANDLE, TROUBLE + " edited", id=first.external_id)
    case = Case.objects.get()
    person = case.person
    holding.take(case, by=world.ines, at=now())
    holding.note(case, text=f"{MARK} called again", by=world.ines, at=now())
    holding.rename(case, f"Double charge of {MARK}", by=world.ines, at=now())
    answering.answer(case, text=f"I am Ines at Norrtel, dear {MARK}: 49 went back.", by=world.ines, at=now())
    echo = world.hear("kwend", TROUBLE.replace(MARK, "Harbour"))
    world.hear("petra", f"RT {TROUBLE}", repost_of=first.external_id)
    world.hear(
        "bram",
        f"@norrtel @{HANDLE} has the same as I have, no internet and no answer, please help",
        answers=first.external_id,
    )
    world.hear("norrtel", f"@{HANDLE} I am Ines, 49 went back", answers=first.external_id, own=True, brand="Norrtel")
    run_all_due()
    closing.close(case, reason="told", words=f"{MARK} knows", by=world.ines, at=now())
    run_all_due()
    telling = Telling.objects.first()
    assert telling is None or telling.post_id == echo.pk
    Telling.objects.get_or_create(
        case=case,
        person=person,
        defaults={"workspace": world.workspace, "post": first, "text": MARK, "at": now(), "why_not": MARK},
    )
    asking.hear(Ask.objects.get(), helped=False, words=f"no, says {MARK}", at=now())
    SHEETS[world.workspace.name].answers = [Refused(f"{HANDLE} does not take letters", permanent=True)]
    answering.answer(case, text=f"Again, {MARK}", by=world.ines, at=now())
    run_all_due()
    Draft.objects.create(
        workspace=world.workspace,
        by=world.ines,
        brand=world.norrtel,
        person=person,
        network="Paper",
        thread=first.thread,
        text=MARK,
        at=now(),
    )
    Person.objects.filter(pk=person.pk).update(note=f"{MARK} is kind")
    away = Person.objects.create(workspace=world.workspace, name=f"T. {MARK}", note=MARK, made_at=now())
    Joining.objects.create(
        workspace=world.workspace, into=person, away=away, handles=[], why=f"{MARK} said so", by=world.ines, at=now()
    )
    policy = Policy.objects.in_force(world.workspace.pk)
    Policy.objects.filter(pk=policy.pk).update(examples=[*policy.examples, {"words": TROUBLE, "ends": "fix_and_tell"}])
    refuse(world.paper, [Broken(f"{HANDLE} is no date", "line 7", f"{HANDLE};{MARK}")], at=now())
    keep(
        [Arrival(world.paper, Parcel("unread", json.dumps({"by": HANDLE, "txt": MARK}), f"from @{HANDLE}"), now())],
        now(),
    )
    notify(world.workspace.pk, f"Tove {MARK} waits", key="x", at=now())
    notify(world.workspace.pk, "Nothing to see", key="y", at=now(), url=f"case:{case.pk}")
    job = Job.objects.first()
    Job.objects.filter(pk=job.pk).update(error=f"KeyError: {HANDLE}")
    plant_file(first)
    return person


def plant_file(post):
    from tellback.listen.attaching import keep as keep_file
    from tellback.networks.contract import Enclosed

    file = Enclosed(f"{MARK}.txt", "text/plain", MARK.encode(), alt=f"{MARK} smiles")
    row = keep_file(file, workspace=post.workspace_id, post=post.pk, at=now())
    row.save()


def test_after_forgetting_no_column_and_no_file_holds_the_person(world, tove, django_capture_on_commit_callbacks):
    before = everywhere(MARK)
    assert len(before) > 25, before
    assert files_with(MARK)
    counts = (Post.objects.count(), Case.objects.count(), Reply.objects.count(), RawItem.objects.count())
    with django_capture_on_commit_callbacks(execute=True):
        forget(tove, by=world.owner, at=now())
    run_all_due()
    assert everywhere(MARK) == []
    assert files_with(MARK) == []
    assert (Post.objects.count(), Case.objects.count(), Reply.objects.count(), RawItem.objects.count()) == counts
    assert Fact.objects.filter(kind="person.forgotten").count() == 2
    assert Post.objects.get(author__name="bram").text.startswith("@norrtel @·")
    assert not Likeness.objects.filter(post_id__in=Post.objects.filter(author__person=tove).values("pk")).exists()


def test_what_was_not_theirs_stays(world, tove):
    others = Post.objects.get(author__name="kwend")
    text = others.text
    Post.objects.filter(pk=others.pk).update(text="@norrtel tove.other has a say")
    forget(tove, by=world.owner, at=now())
    others.refresh_from_db()
    assert others.text == "@norrtel tove.other has a say"
    assert text
    assert Notice.objects.filter(words="Nothing to see").count() == 0
    assert Policy.objects.in_force(world.workspace.pk).examples


def test_what_a_network_still_shows_is_not_taken_in_again(world, tove):
    forget(tove, by=world.owner, at=now())
    people, raws = Person.objects.count(), RawItem.objects.count()
    world.hear(HANDLE, TROUBLE + " once more", id=f"https://paper.example/@{HANDLE}/1")
    assert (Person.objects.count(), RawItem.objects.count()) == (people, raws)
    assert RawItem.objects.filter(external_id=gone_id(f"https://paper.example/@{HANDLE}/1")).exists()


def test_forgetting_twice_is_forgetting_once(world, tove):
    forget(tove, by=world.owner, at=now())
    first = (
        list(Route.objects.order_by("id").values_list("trail", flat=True)),
        list(Handle.objects.order_by("id").values_list("name", flat=True)),
    )
    forget(tove, by=world.owner, at=now())
    assert (
        list(Route.objects.order_by("id").values_list("trail", flat=True)),
        list(Handle.objects.order_by("id").values_list("name", flat=True)),
    ) == first


def test_an_unsent_reply_never_goes(world):
    world.hear(HANDLE, TROUBLE)
    case = Case.objects.get()
    answering.answer(case, text="I am Ines at Norrtel.", by=world.ines, at=now())
    forget(case.person, by=None, at=now())
    run_all_due()
    assert Reply.objects.get().state == "withdrawn"
    assert not SHEETS[world.workspace.name].written


def test_the_export_holds_what_is_kept_and_is_plain(world, tove):
    text = json.dumps(export(tove))
    for said in (
        HANDLE,
        "charged me twice",
        "called again",
        "dear",
        "no, says",
        "is kind",
        "said so",
        f"{MARK}.txt",
        "is no date",
    ):
        assert said in text, said
    assert "has the same as I have" not in text
    kinds = {fact["kind"] for fact in export(tove)["people"][0]["events"]}
    assert {"case.opened", "reply.written", "case.closed"} <= kinds
    assert set(ROOMS) < set(export(tove)["people"][0])


def test_those_joined_are_one_until_that_is_undone(world, tove):
    assert len(same_as(tove)) == 2
    Joining.objects.update(undone_at=now())
    assert same_as(tove) == [tove]


def test_the_other_workspace_is_not_touched(world, other_world, tove):
    other_world.hear(HANDLE, TROUBLE)
    forget(tove, by=world.owner, at=now())
    assert Post.objects.get(workspace=other_world.workspace).text == TROUBLE


def test_a_post_taken_back_is_gone_with_those_who_passed_it_on(
    world, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path / "files"
    first = world.hear("tove.hallam", TROUBLE, id="a")
    world.hear("petra", f"RT {TROUBLE}", repost_of="a")
    plant_file(first)
    with django_capture_on_commit_callbacks(execute=True):
        wipe(first, at=now())
    run_all_due()
    assert set(Post.objects.values_list("text", flat=True)) == {""}
    assert not Attachment.objects.exists()
    assert files_with(MARK) == []


def test_a_post_taken_back_is_no_example_of_a_chart_any_more(world):
    """Also by the line itself, when the network says that it is gone; in every version, those out of force too."""
    world.hear("tove.hallam", TROUBLE, id="a")
    policy = Policy.objects.in_force(world.workspace.pk)
    others = [*policy.examples, {"words": "somebody else's words altogether", "ends": "let_stand"}]
    theirs = [{"words": TROUBLE, "ends": "fix_and_tell"}, {"words": TROUBLE[:60], "ends": "fix_and_tell"}]
    Policy.objects.filter(pk=policy.pk).update(examples=[*others, *theirs])
    older = Policy.objects.create(
        workspace=world.workspace, version=99, name="Old", chart=policy.chart, examples=theirs, at=now()
    )
    world.hear("tove.hallam", "", id="a", deleted=True)
    assert Post.objects.get(external_id="a").deleted_at
    policy.refresh_from_db()
    older.refresh_from_db()
    assert policy.examples == others
    assert older.examples == []
    run_all_due()
    assert {table for table, _ in everywhere(MARK)} <= {"listen_post_fts_data"}  # until its parts are merged


@pytest.mark.parametrize(
    ("text", "handles", "covered"),
    [
        ("ask @tove please", ["tove"], "ask @···· please"),
        ("ask @tovey please", ["tove"], "ask @tovey please"),
        ("tove of the hills", ["tove"], "tove of the hills"),
        ('{"by": "tove"}', ["tove"], '{"by": "····"}'),
        ("mail t@hallam.example now", ["t@hallam.example"], "mail ················ now"),
        ("@TOVE", ["tove"], "@····"),
        ("nothing", [], "nothing"),
    ],
)
def test_a_handle_is_covered_where_it_is_one(text, handles, covered):
    assert hide(text, handles) == covered


def test_every_table_has_a_fate():
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("tellback.")}
    assert ours == set(FATES), "Say in flow/forgetting.py what becomes of each table's rows when a person is forgotten."
