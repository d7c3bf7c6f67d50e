"""One search: posts, people by name and handle, notes, and a case by its number; in one workspace alone."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tellback.cases import holding
from tellback.cases import searching as cases
from tellback.cases.models import Case, Entry
from tellback.kit.clock import now
from tellback.people import joining
from tellback.people import searching as people
from tellback.people.models import Handle, Person

TROUBLE = "@norrtel you charged me twice for October and nobody answers, fix it please"
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SIGNS = st.text(st.sampled_from("ab zé*:^(){}\"'-+@#.,;%_\\\x00ANDORNT³ß中😀"), max_size=40)


@pytest.fixture
def case(world):
    world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    return Case.objects.get()


@pytest.fixture
def ask(client, world):
    client.force_login(world.ines)
    return lambda query, **more: client.get(f"/w/{world.workspace.slug}/search/", {"q": query, **more})


def names(world, query, **more):
    return [str(person) for person in people.search(world.workspace.pk, query, **more)]


@pytest.mark.parametrize(
    "query", ["tove", "HALLAM", "hallam tove", '"tove hallam"', "@tove.hallam", "tove.ha", "Tove -x"]
)
def test_people_are_found_by_name_and_handle(world, case, query):
    world.hear("kwend", TROUBLE, name="Kwend Tovesen")
    assert names(world, query) == ["Tove Hallam"]


@pytest.mark.parametrize("query", ["", "@", "-tove", "tov hallam", "tove -hallam", "w1", "!!", "\x00", "tove\x00"])
def test_what_names_nobody_finds_nobody(world, case, query):
    assert names(world, query) == [] or query == "tove\x00"


def test_who_has_exactly_this_handle_is_first(world):
    for handle in ("marek", "marekson", "marek.dunmore"):
        world.hear(handle, "@norrtel the line is dead", name=f"{handle} Vale")
    assert names(world, "marek")[0] == "marek Vale"
    assert len(names(world, "marek")) == 3
    assert len(names(world, "vale", limit=2)) == 2


def test_newest_first_and_never_anothers(world, other_world, case):
    other_world.hear("tove.hallam", TROUBLE, name="Tove Hallam")
    for number in range(60):
        Person.objects.create(workspace=other_world.workspace, name=f"Tove {number}", made_at=now())
    assert names(world, "tove") == ["Tove Hallam"]
    Person.objects.create(workspace=world.workspace, name="Tove the Second", made_at=now())
    assert names(world, "tove", limit=10) in (["Tove the Second", "Tove Hallam"], ["Tove Hallam", "Tove the Second"])


def test_another_name_is_found_and_the_old_one_is_not(world, case):
    Person.objects.filter(pk=case.person_id).update(name="Tova Lind")
    assert names(world, "lind") == ["Tova Lind"]
    assert names(world, '"tove hallam"') == []


def test_who_was_joined_is_found_as_the_one(world, case):
    away = Person.objects.create(workspace=world.workspace, name="T. Quillon", made_at=now())
    Handle.objects.create(
        workspace=world.workspace, person=away, network="Mail", name="tq@hallam.example", made_at=now()
    )
    joining.join(case.person, away, why="She said so", by=world.ines, at=now())
    assert names(world, "quillon") == names(world, "tq@hal") == ["Tove Hallam"]


def test_a_forgotten_one_is_not_found(world, case):
    Person.objects.filter(pk=case.person_id).update(forgotten_at=now())
    assert names(world, "tove") == names(world, "tove.hallam") == []


def test_notes_are_found_and_posts_and_changes_are_not_among_them(world, other_world, case):
    holding.note(case, text="The bank says two bookings, zeppelin", by=world.ines, at=now())
    by_hand = holding.open_by_hand(
        brand=world.norrtel,
        person=case.person,
        text="She called about the zeppelin",
        how="phone",
        by=world.ines,
        at=now(),
    )
    Entry.objects.create(case=case, kind="heard", text="zeppelin again", at=now())
    holding.rename(case, "zeppelin", by=world.ines, at=now())
    other_world.hear("tove.hallam", TROUBLE)
    other = Case.objects.get(workspace=other_world.workspace)
    holding.note(other, text="their zeppelin", by=other_world.ines, at=now())
    found = cases.notes(world.workspace.pk, "Zeppelin")
    assert [entry.text.split()[0] for entry in found] == ["zeppelin", "She", "The"]
    assert [entry.case for entry in found] == [case, by_hand, case]
    assert len(cases.notes(world.workspace.pk, "zeppelin", limit=2)) == 2
    assert cases.notes(world.workspace.pk, "zeppelin -bank -again") == [found[1]]
    assert cases.notes(world.workspace.pk, "October") == []


def test_a_note_that_was_changed_or_has_gone_is_not_found(world, case):
    entry = holding.note(case, text="zeppelin", by=world.ines, at=now())
    Entry.objects.filter(pk=entry.pk).update(text="ferry")
    assert cases.notes(world.workspace.pk, "zeppelin") == []
    assert cases.notes(world.workspace.pk, "ferry") == [entry]
    entry.delete()
    assert cases.notes(world.workspace.pk, "ferry") == []


def test_a_case_is_found_by_its_number_in_its_workspace(world, other_world, case):
    for query in (str(case.pk), f" #{case.pk} "):
        assert cases.by_number(world.workspace.pk, query) == case
        assert cases.by_number(other_world.workspace.pk, query) is None
    for query in ("", "#", "1 2", "²", "9" * 18, "9" * 40, "-1"):
        assert cases.by_number(world.workspace.pk, query) is None


@given(query=st.one_of(st.text(max_size=300), SIGNS))
@SETTINGS
def test_nothing_typed_breaks_it(world, query):
    assert isinstance(people.search(world.workspace.pk, query), list)
    assert isinstance(cases.notes(world.workspace.pk, query), list)
    cases.by_number(world.workspace.pk, query)


def test_the_page_has_a_part_for_each(world, case, ask):
    holding.note(case, text="The bank told Tove <b>two</b> bookings", by=world.ines, at=now())
    page = ask("tove").content.decode()
    assert page.index('id="found-people"') < page.index('id="found-cases"')
    assert '<mark class="hit">Tove</mark> &lt;b&gt;two' in page
    assert f"/people/{case.person_id}/" in page
    assert f"/cases/{case.pk}/#entry-" in page
    page = ask("charged").content.decode()
    assert "found-people" not in page
    assert '<mark class="hit">charged</mark>' in page
    assert f"Case {case.pk}</b> Tove Hallam" in ask(f"#{case.pk}").content.decode()
    assert "nobody goes by it" in ask("zeppelin").content.decode()
    assert "found-people" not in ask("tove", before=9).content.decode()


def test_the_page_asks_few_questions_however_much_is_found(world, case, ask, django_assert_max_num_queries):
    for number in range(30):
        world.hear(f"tove.{number}", f"Tove charged {number}", name=f"Tove {number}")
        holding.note(case, text=f"tove {number}", by=world.ines, at=now())
    with django_assert_max_num_queries(45):
        page = ask("tove")
    assert (len(page.context["people"]), len(page.context["notes"]), len(page.context["found"])) == (10, 10, 30)


@pytest.mark.only_sqlite
def test_a_handles_beginning_reads_its_index(world, case):
    plan = people.beginning(Handle.objects.filter(workspace=world.workspace), "tove")[:10].explain()
    assert "handles_by_name (workspace_id=? AND name>? AND name<?)" in plan


@pytest.mark.only_postgresql
def test_on_postgresql_a_handles_beginning_reads_its_index(world, case):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_handle (id, workspace_id, person_id, network, name, display, made_at) "
            "SELECT 1000000 + n, %s, %s, 'X', 'customer' || n, '', now() FROM generate_series(1, 20000) AS n",
            [world.workspace.pk, case.person_id],
        )
        cursor.execute("ANALYZE people_handle")
    plan = people.beginning(Handle.objects.filter(workspace=world.workspace), "tove")[:10].explain()
    assert "handles_by_name" in plan
