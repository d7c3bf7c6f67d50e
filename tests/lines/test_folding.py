from datetime import timedelta

import pytest

from tellback.cases.models import Case, Entry, Strand
from tellback.events.models import Fact
from tellback.kit import clock
from tellback.kit.clock import now
from tellback.listen.models import Echo, Mention, Post
from tellback.networks.models import Connection, RawItem
from tellback.work.worker import run_all_due
from tests.batches import arrive

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


def post(id):
    return Post.objects.get(external_id=id)


def held(word):
    """Where a word is still kept."""
    return [
        name
        for name, rows in {
            "post": Post.objects.filter(text__contains=word),
            "arrival": RawItem.objects.filter(payload__contains=word),
            "fact": Fact.objects.filter(body__icontains=word),
            "case": Case.objects.filter(title__contains=word),
        }.items()
        if rows.exists()
    ]


def test_the_same_post_twice_in_one_batch_is_one(world):
    assert arrive(world.paper, ("a", "tove", TROUBLE), ("a", "tove", TROUBLE))[1] == "repeated"
    assert (Post.objects.count(), RawItem.objects.count(), Case.objects.count()) == (1, 1, 1)


def test_the_same_words_in_another_payload_are_a_repetition(world):
    ends = arrive(world.paper, ("a", "tove", TROUBLE), ("a", "tove", TROUBLE, {"name": "Tove"}))
    assert ends[1] == "repeated"
    assert Post.objects.count() == 1


def test_an_edit_in_the_same_batch_is_what_is_judged(world):
    ends = arrive(world.paper, ("a", "tove", "a fine day"), ("a", "tove", TROUBLE))
    assert ends[1] == "edit"
    assert post("a").text == TROUBLE
    assert Case.objects.get().title.startswith("@norrtel you charged")
    assert not Fact.objects.filter(kind="post.edited").exists()


def test_an_edit_that_names_a_brand_at_last_goes_on_and_only_once(world):
    arrive(world.paper, ("a", "tove", "you charged me twice"))
    assert not Mention.objects.exists()
    arrive(world.paper, ("a", "tove", TROUBLE), ("a", "tove", TROUBLE + " now"))
    assert post("a").text == TROUBLE + " now"
    assert (Mention.objects.count(), Case.objects.count()) == (1, 1)


def test_after_an_edit_no_mark_points_into_the_wrong_words(world):
    arrive(world.paper, ("a", "tove", TROUBLE))
    assert Mention.objects.get().spans
    arrive(world.paper, ("a", "tove", "Oh. " + TROUBLE))
    assert Mention.objects.get().spans == []
    fact = Fact.objects.get(kind="post.edited")
    assert fact.body["before"] == TROUBLE
    assert fact.person_id == post("a").person_id


def test_only_its_author_edits_or_takes_back(world):
    arrive(world.paper, ("a", "tove", TROUBLE))
    assert arrive(world.paper, ("a", "kasimir", "@norrtel is wonderful")) == ["foreign"]
    assert arrive(world.paper, ("a", "kasimir", "", {"deleted": True})) == ["foreign"]
    assert post("a").text == TROUBLE


def test_a_deletion_in_the_same_batch(world):
    ends = arrive(
        world.paper,
        ("a", "tove", TROUBLE),
        ("a", "tove", TROUBLE + " October"),
        ("a", "tove", "", {"deleted": True}),
    )
    assert ends == ["deleted", "edit", "deleted"]
    assert held("October") == []
    assert post("a").deleted_at
    assert not Case.objects.exists()


def test_a_deletion_that_comes_before_its_post(world):
    arrive(world.paper, ("a", "tove", "", {"deleted": True}))
    assert post("a").deleted_at
    assert arrive(world.paper, ("a", "tove", TROUBLE)) == ["deleted"]
    assert held("October") == []
    assert not Case.objects.exists()


def test_what_comes_again_after_a_deletion_leaves_no_words(world):
    arrive(world.paper, ("a", "tove", TROUBLE))
    arrive(world.paper, ("a", "tove", "", {"deleted": True}))
    arrive(world.paper, ("a", "tove", TROUBLE), ("a", "tove", TROUBLE + " edited"))
    run_all_due()
    assert held("October") == []


def test_a_deletion_empties_what_other_connections_brought(world):
    second = Connection.objects.create(
        workspace=world.workspace, network="paper", label="Paper", name="Second", settings={"sheet": "x"}, made_at=now()
    )
    arrive(world.paper, ("a", "tove", TROUBLE))
    assert arrive(second, ("a", "tove", TROUBLE)) == ["repeated"]
    arrive(second, ("a", "tove", "", {"deleted": True}))
    run_all_due()
    assert held("October") == []


def test_a_network_may_say_that_a_post_is_gone_without_saying_whose_it_was(world):
    arrive(world.paper, ("a", "tove", TROUBLE))
    assert arrive(world.paper, ("a", "", "", {"deleted": True})) == ["deleted"]
    assert post("a").text == ""
    assert arrive(world.paper, ("b", "", "", {"deleted": True})) == ["deleted"]
    assert arrive(world.paper, ("c", " @ ", "words")) == ["refused"]


def test_a_repost_is_an_echo_where_its_original_is_known(world):
    ends = arrive(
        world.paper,
        ("a", "tove", TROUBLE),
        ("b", "kasimir", TROUBLE, {"repost_of": "a"}),
        ("c", "bram", "@norrtel is down again, what a terrible network", {"repost_of": "unknown"}),
        ("d", "petra", "@norrtel nothing works", {"repost_of": "d"}),
    )
    assert ends[1] == "echo"
    assert (Echo.objects.get().of, Echo.objects.get().kind) == (post("a"), "repost")
    assert set(Mention.objects.values_list("post__external_id", flat=True)) == {"a", "c", "d"}
    arrive(world.paper, ("a", "tove", "", {"deleted": True}))
    run_all_due()
    assert held("October") == []


def test_a_case_loses_only_a_name_that_came_from_what_was_taken_back(world):
    arrive(world.paper, ("a", "tove", TROUBLE), ("b", "tove", "my October bill", {"answers": "a"}))
    title = Case.objects.get().title
    arrive(world.paper, ("b", "tove", "", {"deleted": True}))
    run_all_due()
    assert Case.objects.get().title == title
    arrive(world.paper, ("a", "tove", "", {"deleted": True}))
    run_all_due()
    assert Case.objects.get().title == "Words taken back"


SAID = "@norrtel the internet in the whole of Harbour Street is broken and has been down since six"


@pytest.fixture
def days(monkeypatch):
    """Move the clock by days."""
    real = now()

    def move(count):
        monkeypatch.setattr("tellback.flow.incoming.clock.now", lambda: real + timedelta(days=count))

    return move


def echo_of(id):
    found = Echo.objects.filter(post__external_id=id).first()
    return found.of.external_id if found else None


def test_nearly_the_same_counts_for_seven_days(world, days):
    days(0)
    arrive(world.paper, ("a", "tove", SAID))
    days(6.9)
    arrive(world.paper, ("b", "kasimir", SAID + " today"))
    days(14.1)
    arrive(world.paper, ("c", "bram", SAID + " again"))
    assert (echo_of("b"), echo_of("c")) == ("a", None)


def test_what_is_said_again_and_again_stays_an_echo_of_the_first(world, days):
    for number, id in enumerate("abcd"):
        days(number * 5)
        arrive(world.paper, (id, f"customer{number}", SAID + f" {id}"))
    assert [echo_of(id) for id in "abcd"] == [None, "a", "a", "a"]


def test_within_one_batch_too(world):
    arrive(world.paper, ("a", "tove", SAID), ("b", "kasimir", SAID + " again"))
    assert echo_of("b") == "a"


def test_the_same_words_about_another_brand_are_another_trouble(world):
    arrive(world.paper, ("a", "tove", "@norrtel my parcel with the new box never came, who can help me"))
    arrive(world.paper, ("b", "bram", "@skylark my parcel with the new box never came, who can help me"))
    assert echo_of("b") == "a"
    assert set(Case.objects.values_list("brand__name", flat=True)) == {"Norrtel", "Skylark"}


def test_who_says_it_again_is_heard_in_their_case(world):
    arrive(world.paper, ("a", "tove", SAID))
    arrive(world.paper, ("b", "tove", SAID + " still"))
    case = Case.objects.get()
    assert post("b").thread == "a"
    assert Entry.objects.filter(case=case, kind="post").count() == 2
    arrive(world.paper, ("c", "tove", "no, nothing", {"answers": "b"}))
    assert Entry.objects.filter(case=case, kind="post").count() == 3


def test_two_workspaces_never_mix(world, other_world):
    arrive(world.paper, ("a", "tove", SAID), ("b", "tove", "still", {"answers": "a"}))
    arrive(other_world.paper, ("c", "kasimir", SAID + " again"), ("b", "bram", "@norrtel is down", {"answers": "x"}))
    assert echo_of("c") is None
    assert {row.person.workspace_id for row in Strand.objects.filter(workspace=other_world.workspace)} == {
        other_world.workspace.pk
    }
    arrive(other_world.paper, ("x", "tove", "@norrtel help", {"answers": "y"}))
    assert set(Post.objects.filter(workspace=world.workspace).values_list("thread", flat=True)) == {"a"}
    assert Post.objects.filter(author__name="tove").values("author").distinct().count() == 2


def test_one_batch_of_two_workspaces(world, other_world):
    from tellback.flow.incoming import take_in
    from tests.batches import note

    take_in(
        [
            note(world.paper, "child", "tove", "@norrtel is broken", answers="p"),
            note(other_world.paper, "child", "tove", "@norrtel is broken", answers="p"),
            note(world.paper, "p", "bram", "@norrtel the line is dead", answers="root"),
        ]
    )
    threads = dict(Post.objects.filter(external_id="child").values_list("workspace", "thread"))
    assert threads == {world.workspace.pk: "root", other_world.workspace.pk: "p"}
    assert Strand.objects.get(workspace=other_world.workspace).thread == "p"


@pytest.mark.parametrize("together", [True, False])
def test_a_conversation_that_comes_backwards_is_one(world, together):
    notes = [
        ("d", "tove", "and no answer", {"answers": "c"}),
        ("c", "tove", "since six", {"answers": "b"}),
        ("b", "tove", TROUBLE, {"answers": "a"}),
        ("a", "bram", "What a morning", {"answers": "root"}),
        ("e", "tove", "no, still broken", {"answers": "d"}),
    ]
    for batch in [notes] if together else [[each] for each in notes]:
        arrive(world.paper, *batch)
    assert set(Post.objects.values_list("thread", flat=True)) == {"root"}
    strand = Strand.objects.get()
    assert strand.thread == "root"
    assert Entry.objects.filter(case=strand.case, post__external_id="e").exists()


def test_threads_in_a_circle_end(world):
    arrive(world.paper, ("a", "x", "one", {"answers": "b"}), ("b", "y", "two", {"answers": "a"}))
    arrive(world.paper, ("c", "x", "one", {"answers": "c"}))
    assert len(set(Post.objects.filter(external_id__in="ab").values_list("thread", flat=True))) == 1


def test_a_network_that_names_another_start_is_told_better(world):
    """The second complaint goes on in the first one's thread; answers that name the second as start follow it."""
    arrive(world.paper, ("a", "tove", SAID))
    arrive(world.paper, ("b", "tove", SAID + " still"))
    arrive(world.paper, ("c", "tove", "no", {"answers": "b", "thread": "b"}))
    assert post("c").thread == "a"


def test_markup_stays_text(world):
    text = "@norrtel <script>alert(1)</script> <b>bill</b> &amp; {{ settings.SECRET_KEY }}"
    arrive(world.paper, ("a", "tove", text))
    assert post("a").text == text
    assert clock.now() - post("a").heard_at < timedelta(minutes=1)
