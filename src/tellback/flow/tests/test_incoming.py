from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import OperationalError
from tests.batches import arrive, note
from tests.processes import begin, together

from tellback.cases.models import Case, Entry
from tellback.flow import incoming
from tellback.flow.incoming import pick_up, read_again, route_of
from tellback.listen import matching, reading
from tellback.listen.models import Mention, Post
from tellback.networks.contract import Author, Said
from tellback.networks.keeping import keep_for_later
from tellback.networks.models import RawItem
from tellback.networks.paper.adapter import Paper
from tellback.people.models import Handle, Person

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


@pytest.fixture
def stumbling(monkeypatch):
    """A step that raises for any batch with the word in it."""
    real = matching.Speaking.own_brand

    def own_brand(self, post):
        if "stumble" in post.text:
            raise ZeroDivisionError("a secret of the house")
        return real(self, post)

    monkeypatch.setattr(matching.Speaking, "own_brand", own_brand)
    return lambda: monkeypatch.setattr(matching.Speaking, "own_brand", real)


def test_a_row_at_fault_stops_alone_and_is_kept_with_its_reason(world, stumbling):
    ends = arrive(world.paper, ("a", "tove", TROUBLE), ("b", "bram", "stumble " + TROUBLE), ("c", "petra", TROUBLE))
    assert ends[1] == "fault"
    assert set(Post.objects.values_list("external_id", flat=True)) == {"a", "c"}
    raw = RawItem.objects.get(external_id="b")
    assert "stumble" in raw.payload
    (route,) = route_of(raw.pk)
    assert route.outcome == "stop"
    assert "ZeroDivisionError" in route.trail[-1][2]
    assert "secret" not in route.trail[-1][2]
    assert arrive(world.paper, ("b", "bram", "stumble " + TROUBLE)) == ["repeated"]
    stumbling()
    read_again(raw)
    assert Mention.objects.filter(post__external_id="b").exists()
    assert RawItem.objects.filter(through_at=None).count() == 0


def test_what_was_kept_and_not_read_is_picked_up(world):
    keep_for_later([note(world.paper, "a", "tove", TROUBLE), note(world.paper, "b", "bram", "hello")])
    assert pick_up() == 0  # whoever kept it may still be at it
    assert pick_up(older_than=timedelta(0)) == 2
    assert pick_up(older_than=timedelta(0)) == 0
    assert (Post.objects.count(), Case.objects.count()) == (2, 1)


def test_what_the_database_cannot_take_now_waits_for_a_better_moment(world, monkeypatch):
    def locked(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr(incoming, "PAUSES", (0.0,))
    with monkeypatch.context() as context:
        context.setattr(incoming.LINE, "go", locked)
        assert arrive(world.paper, ("a", "tove", TROUBLE)) == ["later"]
    assert RawItem.objects.get().through_at is None
    pick_up(older_than=timedelta(0))
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parcels_that_two_processes_bring_at_once_come_once(world):
    code = f"""
from tellback.networks.models import Connection
from tests.batches import arrive
paper = Connection.objects.get(pk={world.paper.pk})
def note(n):
    text = f"@norrtel you charged me {{n}} times, house {{n * 31}}"
    return f"n{{n}}", f"customer{{n % 30}}", text, {{"answers": f"n{{n % 30}}"}} if n >= 30 else {{}}
for start in range(0, 120, 20):
    arrive(paper, *[note(n) for n in range(start, start + 40)])
"""
    together(code, code, code, within=120)
    assert Post.objects.count() == RawItem.objects.count() == 140
    assert not RawItem.objects.filter(through_at=None).exists()
    assert Handle.objects.count() == Person.objects.count() == 30
    assert Entry.objects.filter(kind="post").count() == Mention.objects.count() == 140
    assert Case.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_pick_up_take_each_parcel_once(world):
    keep_for_later([note(world.paper, f"n{n}", f"c{n}", f"@norrtel you charged me {n} times") for n in range(40)])
    code = (
        "from datetime import timedelta; from tellback.flow.incoming import pick_up; pick_up(older_than=timedelta(0))"
    )
    together(code, code)
    assert Post.objects.count() == Case.objects.count() == 40
    assert all(len(route_of(raw)) == 1 for raw in RawItem.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_between_keeping_and_reading(world):
    code = f"""
import os
from tellback.flow import incoming
from tellback.networks.models import Connection
from tests.batches import arrive
def stumble(*_):
    raise ValueError
def die(raw):
    os.kill(os.getpid(), 9)
incoming.LINE.go = stumble  # so that the batch is kept first
incoming.through = die
arrive(Connection.objects.get(pk={world.paper.pk}), ("a", "tove", {TROUBLE!r}))
"""
    process = begin(code)
    process.communicate(timeout=60)
    assert process.returncode == -9
    if not RawItem.objects.exists():
        pytest.fail("nothing was kept")
    assert not Post.objects.exists()
    assert pick_up(older_than=timedelta(0)) == 1
    assert Case.objects.count() == 1


HARD = {
    "emoji": "😡🏳️‍🌈" * 10_000,
    "nul": "@norrtel a\x00b",
    "half": "@norrtel \ud83d half \udc00",
    "markup": "<script>alert(1)</script>@norrtel<img src=x onerror=y>",
    "long": "@norrtel " + "word " * 2_000_000,
    "one word": "x" * 1_000_000,
    "dots": "@norrtel " + "a." * 200_000,
    "blank": "   \n\t ",
    "marks": "\u0301\u0489" * 1000 + "\u202e@norrtel",
}


@pytest.mark.parametrize("name", HARD)
def test_texts_that_are_hard_to_take(world, name):
    begun = datetime.now(UTC)
    assert arrive(world.paper, ("a", "tove", HARD[name]), ("b", "bram", TROUBLE)) != ["fault", "through"]
    post = Post.objects.get(external_id="a")
    assert len(post.text) <= 200_000
    post.text.encode()
    assert "\x00" not in post.text
    if name == "markup":
        assert post.text == HARD[name]
    assert Case.objects.filter(person__name="bram").exists()
    assert datetime.now(UTC) - begun < timedelta(seconds=20)


@pytest.mark.parametrize(
    "written",
    [
        "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1989-12-31T00:00:00+00:00", "2026-01-01T00:00:00",
        "2090-01-01T00:00:00+00:00",
    ],
)  # fmt: skip
def test_dates_that_no_post_can_have_are_none(world, written):
    arrive(world.paper, ("a", "tove", TROUBLE, {"at": written}))
    assert Post.objects.get().written_at is None


def test_a_date_that_can_be_is_kept():
    at = datetime(2020, 5, 4, 3, 2, tzinfo=timezone(timedelta(hours=5)))
    assert reading.sensible(at) == at


@pytest.mark.parametrize(
    ("handle", "kept"),
    [
        ("  @Tove.Hallam ", "tove.hallam"),
        ("a" * 400, "a" * 254),
        ("tove\x00hallam", "tove\N{REPLACEMENT CHARACTER}hallam"),
        ("half \ud83d", "half ?"),
        ("O'Brien\"; DROP TABLE people_handle; --", "o'brien\"; drop table people_handle; --"),
        ("名前@例え.example", "名前@例え.example"),
        ("<b>x</b>", "<b>x</b>"),
    ],
)
def test_handles_with_odd_characters(world, handle, kept):
    arrive(world.paper, ("a", handle, TROUBLE, {"audience": -5}), ("b", handle, "and still", {"answers": "a"}))
    assert Handle.objects.get().name == kept
    assert Entry.objects.filter(kind="post").count() == 2


@pytest.mark.parametrize("handle", ["", " ", "@", " @@ "])
def test_a_post_without_an_author_is_refused_and_kept(world, handle):
    assert arrive(world.paper, ("a", handle, TROUBLE), ("b", "tove", TROUBLE)) == ["refused", "through"]
    assert RawItem.objects.count() == 2


def test_fields_that_fit_no_column_do_not_stop_the_row(world, monkeypatch):
    def parse(self, payload, settings):
        return Said(
            external_id="x" * 5000, author=Author("tove", "n" * 5000, 1 << 80), text=TROUBLE, kind="something new",
            title="t\x00" * 5000, url="u\x00" * 5000, lang="\x00" * 99, automatic="", thread="y" * 5000,
        )  # fmt: skip

    monkeypatch.setattr(Paper, "parse", parse)
    world.paper.label = "A network with a very long name"
    world.paper.save()
    assert arrive(world.paper, ("p" * 5000, "tove", "x")) == ["through"]
    assert Post.objects.get().network == "A network with a ver"


def test_two_ids_with_the_same_beginning_are_two(world):
    arrive(world.paper, ("z" * 300 + "1", "tove", TROUBLE), ("z" * 300 + "2", "tove", "other words"))
    assert Post.objects.count() == 2


def test_a_batch_says_the_same_as_its_rows_one_by_one(world, other_world):
    notes = [
        ("a", "tove", TROUBLE),
        ("b", "tove", "no, still broken", {"answers": "a"}),
        ("c", "bram", "hm", {"answers": "a"}),
        ("d", "tove", "thanks", {"answers": "b"}),
        ("e", "petra", "@skylark where is my bag, it has been three days"),
        ("f", "petra", "hello?", {"answers": "e"}),
    ]
    arrive(world.paper, *notes)
    for each in notes:
        arrive(other_world.paper, each)

    def of(world):
        cases = Case.objects.filter(workspace=world.workspace)
        return (
            sorted(
                Mention.objects.filter(workspace=world.workspace).values_list(
                    "post__external_id", "brand__name", "how", "verdicts__action"
                )
            ),
            sorted(
                cases.filter(entries__kind="post").values_list("person__name", "title", "entries__post__external_id")
            ),
        )

    assert of(world) == of(other_world)
    assert "b" in [row[2] for row in of(world)[1]]
