"""What a brand says itself in a file answers its customer's case, in whatever order the rows stand."""

from itertools import permutations

import pytest

from tellback.cases.answering import last_post
from tellback.cases.models import Case, Clock, Entry
from tellback.desk.timeline import timeline
from tellback.events.models import Fact
from tellback.flow import replay
from tellback.flow.incoming import take_in
from tellback.kit.clock import now
from tellback.networks.file import adapter as file
from tellback.networks.keeping import Arrival

HEAD = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
ASKED = (
    "3,7001,True,Tue Oct 31 22:08:27 +0000 2017,@NorrtelCare you charged me twice and nobody answers. Fix it please,1,"
)
SAID = '1,NorrtelCare,False,Tue Oct 31 22:10:47 +0000 2017,@7001 We look into it.,"2,5",3'
MORE = "2,7001,True,Tue Oct 31 22:11:45 +0000 2017,@NorrtelCare it is still wrong and I am still waiting,,1"


@pytest.fixture
def played(db, tmp_path):
    """A function that plays rows of the twcs layout, all at once or one by one."""

    def play(*rows, singly=False):
        path = tmp_path / "twcs.csv"
        path.write_text("\n".join([HEAD, *rows]) + "\n")
        connection = replay.prepare(str(path), "twcs")
        if not singly:
            return replay.play(connection, replay.Speed())
        for batch in file.batches(file.reader(connection.settings), {}):
            for parcel in batch.parcels:
                take_in([Arrival(connection, parcel, now())])
        return None

    return play


@pytest.mark.parametrize("singly", [False, True])
@pytest.mark.parametrize("rows", [(ASKED, SAID), (SAID, ASKED)])
def test_the_brands_own_answer_stands_in_the_case_and_stops_the_clock(played, rows, singly):
    played(*rows, singly=singly)
    case = Case.objects.get()
    entries = list(Entry.objects.filter(case=case, post__isnull=False).order_by("at", "id"))
    assert [(entry.kind, entry.post.external_id) for entry in entries] == [("post", "3"), ("reply", "1")]
    clock = Clock.objects.get(case=case)
    assert (clock.kind, clock.why) == ("first", "answered elsewhere")
    assert clock.stopped_at >= clock.started_at
    assert case.waiting_since is None
    assert case.answered_at == clock.stopped_at
    fact = Fact.objects.get(kind="case.answered")
    assert (fact.subject, fact.body["reply"], fact.body["first"]) == (case.pk, 0, True)


@pytest.mark.parametrize("rows", list(permutations((ASKED, SAID, MORE))))
def test_who_writes_again_waits_again(played, rows):
    played(*rows)
    case = Case.objects.get()
    assert set(Entry.objects.filter(case=case, post__isnull=False).values_list("kind", "post__external_id")) == {
        ("post", "3"), ("reply", "1"), ("post", "2"),
    }  # fmt: skip
    assert case.answered_at


def test_after_the_answer_the_next_clock_runs(played):
    played(ASKED, SAID, MORE, singly=True)
    case = Case.objects.get()
    assert case.waiting_since
    assert list(Clock.objects.filter(case=case).order_by("id").values_list("kind", "why")) == [
        ("first", "answered elsewhere"), ("next", ""),
    ]  # fmt: skip
    assert last_post(case).external_id == "2"


def test_played_twice_it_is_there_once(played):
    played(ASKED, SAID)
    played(ASKED, SAID)
    assert Entry.objects.filter(kind="reply").count() == 1
    assert Fact.objects.filter(kind="case.answered").count() == 1


def test_another_brand_answers_nothing(played):
    played(
        ASKED,
        "8,NorrtelCare,False,Tue Oct 31 22:00:00 +0000 2017,Good evening,,",
        "9,SkylarkHelp,False,Tue Oct 31 22:10:47 +0000 2017,@7001 Not us.,,3",
    )
    case = Case.objects.get(brand__name="NorrtelCare")
    assert not Entry.objects.filter(case=case, kind="reply").exists()
    assert case.waiting_since


def test_in_the_timeline_it_is_our_answer(played):
    played(ASKED, SAID)
    asked, said = (moment for moment in timeline(Case.objects.get())[0] if moment.entry.post_id)
    assert (asked.mark, said.mark) == ("spoke", "told")
