"""The other pages of the desk: post, person, search, notices, canned replies, a case by hand."""

import pytest

from tellback.cases.models import Case, Strand
from tellback.desk.marking import marked
from tellback.kit.clock import now
from tellback.notices.models import Notice, notify
from tellback.people.models import Handle, Person
from tellback.replies.models import Canned
from tellback.triage.models import Verdict
from tellback.work.worker import run_all_due
from tellback.workspace.founding import add_member
from tellback.workspace.models import User

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"


@pytest.fixture
def ines(client, world):
    client.force_login(world.ines)
    return client


@pytest.fixture
def url(world):
    return lambda tail: f"/w/{world.workspace.slug}/{tail}"


def test_a_posts_page_shows_its_route_its_way_and_what_was_marked(world, ines, url):
    post = world.hear("tove.hallam", TROUBLE + " <script>alert(1)</script>")
    page = ines.get(url(f"posts/{post.pk}/")).content.decode()
    assert "<script>alert" not in page
    assert '<mark class="matched">@norrtel</mark>' in page
    assert 'class="evidence' in page
    for words in (
        "Kept",
        "Matched",
        "Judged",
        "Unhappy customer?",
        "For Norrtel: Fix it and tell them",
        "It stands in the case",
    ):
        assert words in page, words


def test_a_post_that_names_nobody_says_why_and_can_become_a_case(world, ines, url):
    post = world.hear("mirre", "my phone is broken and nobody cares")
    page = ines.get(url(f"posts/{post.pk}/")).content.decode()
    assert "names none of the brands" in page
    answer = ines.post(url(f"posts/{post.pk}/case/"), {"brand": world.norrtel.pk})
    case = Case.objects.get()
    assert answer.url == url(f"cases/{case.pk}/")
    assert case.waiting_since == post.heard_at
    ines.post(url(f"posts/{post.pk}/case/"), {"brand": world.norrtel.pk})
    assert Case.objects.count() == 1


def test_a_person_overrules_the_chart(world, ines, url):
    post = world.hear("mirre", "@norrtel what a lovely day")
    mention = post.mentions.get()
    ines.post(url(f"posts/{post.pk}/verdict/"), {"mention": mention.pk, "action": "fix_and_tell"})
    run_all_due()
    assert Verdict.objects.standing().get(mention=mention).by == world.ines
    page = ines.get(url(f"posts/{post.pk}/")).content.decode()
    assert "decided by Ines Aldermoor" in page
    said = ines.post(url(f"posts/{post.pk}/verdict/"), {"mention": mention.pk, "action": "nonsense"}, follow=True)
    assert "one of the ends" in said.content.decode()


def test_words_taken_back_are_not_shown(world, ines, url):
    post = world.hear("tove.hallam", TROUBLE, id="a")
    world.hear("tove.hallam", "", id="a", deleted=True)
    run_all_due()
    assert "took the words back" in ines.get(url(f"posts/{post.pk}/")).content.decode()
    assert "October" not in ines.get(url(f"cases/{Case.objects.get().pk}/")).content.decode()


def test_two_handles_are_one_person_by_a_members_word_and_two_again(world, ines, url):
    world.hear("tove.hallam", TROUBLE)
    world.hear("tove.h", "@norrtel the line is dead since Monday, awful, fix it now")
    tove, other = Person.objects.order_by("id")
    page = ines.get(url(f"people/{tove.pk}/?q=tove.h")).content.decode()
    assert "is the same person" in page
    wrong = ines.post(url(f"people/{tove.pk}/joinings/"), {"away": other.pk, "why": ""})
    assert wrong.status_code == 422
    ines.post(url(f"people/{tove.pk}/joinings/"), {"away": other.pk, "why": "She said so on the phone"})
    run_all_due()
    assert set(Handle.objects.values_list("person", flat=True)) == {tove.pk}
    assert set(Strand.objects.values_list("person", flat=True)) == {tove.pk}
    world.hear("tove.h", "still dead", answers="note-2")
    assert Case.objects.count() == 2
    page = ines.get(url(f"people/{tove.pk}/")).content.decode()
    assert page.count("/cases/") >= 2
    joining = tove.joinings.get()
    ines.post(url(f"joinings/{joining.pk}/"), {"_method": "delete"})
    run_all_due()
    assert set(Handle.objects.values_list("person", flat=True)) == {tove.pk, other.pk}
    assert set(Strand.objects.values_list("person", flat=True)) == {tove.pk, other.pk}


def test_the_other_persons_conversation_comes_into_this_case(world, ines, url):
    world.hear("tove.hallam", TROUBLE)
    world.hear("tove.h", "@norrtel the line is dead since Monday, awful, fix it now")
    tove, other = Person.objects.order_by("id")
    ines.post(url(f"people/{tove.pk}/joinings/"), {"away": other.pk, "why": "She said so"})
    run_all_due()
    first, second = Case.objects.order_by("id")
    assert "bring it here" in ines.get(url(f"cases/{first.pk}/")).content.decode()
    waits = second.waiting_since
    ines.post(url(f"cases/{first.pk}/strands/"), {"from": second.pk})
    second.refresh_from_db()
    assert not second.is_open
    assert first.strands.count() == 2
    assert first.entries.filter(kind="post").count() == 2
    assert waits
    world.hear("tove.h", "still dead", answers="note-2")
    assert first.entries.filter(kind="post").count() == 3


def test_search_finds_marks_and_pages(world, ines, url):
    for number in range(60):
        world.hear(
            f"someone{number}", f"@norrtel number {number} the router is slow & <b>old</b>, street {number * 31}"
        )
    world.hear("kwend", "@norrtel the ferry is late")
    page = ines.get(url("search/"), {"q": 'router "slow & <b>old" -ferry'})
    assert len(page.context["found"]) == 50
    assert "<b>old" not in page.content.decode().split("found")[1]
    assert '<mark class="hit">router</mark>' in page.content.decode()
    more = ines.get(url("search/"), {"q": "router", "before": page.context["last"]})
    assert len(more.context["found"]) == 10
    assert "Nobody said" in ines.get(url("search/"), {"q": "zeppelin"}).content.decode()
    assert "letters or figures" in ines.get(url("search/"), {"q": "!!!"}).content.decode()
    without = ines.get(url("search/"), {"q": "-norrtel"}).content.decode()
    assert "A word to look for is missing" in without
    assert "Nobody said" not in without


def test_search_stays_in_its_workspace(world, other_world, ines, url):
    other_world.hear("tove.hallam", TROUBLE)
    assert not ines.get(url("search/"), {"q": "October"}).context["found"]
    assert not ines.get(url("search/"), {"q": f"w{other_world.workspace.pk} October"}).context["found"]


def test_notices_lead_where_they_point_and_are_read(world, ines, url):
    world.hear("tove.hallam", TROUBLE)
    case = Case.objects.get()
    notify(world.workspace.pk, "Look <here>", key="a", at=now(), url=f"case:{case.pk}")
    notify(world.workspace.pk, "For Jonah", key="b", at=now(), to=world.jonah.pk)
    page = ines.get(url("notices/")).content.decode()
    assert "Look &lt;here&gt;" in page
    assert "For Jonah" not in page
    notice = Notice.objects.get(key="a")
    assert ines.post(url(f"notices/{notice.pk}/reading/"), {"go": "1"}).url == url(f"cases/{case.pk}/")
    assert "Nothing needs your eye" in ines.get(url("notices/")).content.decode()
    assert ines.post(url(f"notices/{Notice.objects.get(key='b').pk}/reading/")).status_code == 404


def test_canned_replies_are_added_changed_and_removed(world, ines, url):
    ines.post(url("canned/"), {"title": "Twice", "text": "Hello {name}"})
    row = Canned.objects.get()
    wrong = ines.post(url("canned/"), {"title": "Twice", "text": "kept words"})
    assert wrong.status_code == 422
    assert "kept words" in wrong.content.decode()
    assert "Another canned reply" in wrong.content.decode()
    ines.post(url(f"canned/{row.pk}/"), {"title": "Charged twice", "text": "Hello"})
    row.refresh_from_db()
    assert row.title == "Charged twice"
    ines.post(url(f"canned/{row.pk}/"), {"_method": "delete"})
    assert not Canned.objects.exists()


def test_a_case_by_hand_finds_who_is_known_by_a_handle(world, ines, url):
    world.hear("tove.hallam", TROUBLE)
    known = Person.objects.get()
    said = {"brand": world.norrtel.pk, "how": "phone", "who": "@Tove.Hallam", "text": "The invoice came twice"}
    page = ines.post(url("cases/new/"), said, follow=True).content.decode()
    assert "We knew them" in page
    case = Case.objects.get(by_hand="phone")
    assert (case.person, case.holder) == (known, world.ines)
    assert "The invoice came twice" in page
    assert "wrote down what they said by phone" in page
    ines.post(url("cases/new/"), {**said, "who": "Bram Tideswell"})
    assert Person.objects.filter(name="Bram Tideswell").count() == 1
    wrong = ines.post(url("cases/new/"), {**said, "text": ""})
    assert wrong.status_code == 422
    assert "@Tove.Hallam" in wrong.content.decode()
    assert ines.get(url("")).status_code == 200


def test_a_case_by_hand_is_closed_as_told_elsewhere(world, ines, url):
    ines.post(url("cases/new/"), {"brand": world.norrtel.pk, "how": "counter", "who": "Bram", "text": "No line"})
    case = Case.objects.get()
    page = ines.get(url(f"cases/{case.pk}/")).content.decode()
    assert "They have no address here" in page
    ines.post(url(f"cases/{case.pk}/closure/"), {"reason": "elsewhere", "words": "at the counter"})
    case.refresh_from_db()
    assert not case.is_open


def test_readers_look_and_others_do_not(world, other_world, client, url):
    post = world.hear("tove.hallam", TROUBLE)
    reader = User.objects.create_user("petra@harbour.example", "a long password", name="Petra Loomis")
    add_member(world.workspace, reader, role="reader", at=now())
    look = [f"posts/{post.pk}/", f"people/{post.author.person_id}/", "search/?q=October", "notices/", "canned/"]
    act = [
        f"posts/{post.pk}/verdict/",
        f"posts/{post.pk}/case/",
        f"people/{post.author.person_id}/joinings/",
        "cases/new/",
        "canned/",
        "undo/",
    ]
    client.force_login(reader)
    assert [client.get(url(page)).status_code for page in look] == [200] * len(look)
    assert [client.post(url(page)).status_code for page in act] == [403] * len(act)
    client.force_login(other_world.ines)
    assert [client.get(url(page)).status_code for page in look] == [404] * len(look)
    own = f"/w/{other_world.workspace.slug}/"
    assert [client.get(own + page).status_code for page in look[:2]] == [404] * 2


def test_marks_overlap_and_keep_the_text():
    assert (
        marked("a<b c", x=[(0, 3)], y=[(2, 99)])
        == '<mark class="x">a&lt;</mark><mark class="x y">b</mark><mark class="y"> c</mark>'
    )
