"""Joining and parting: handles move, and go back where they were."""

import pytest

from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.people import joining
from tellback.people.models import Handle, Person


@pytest.fixture
def pair(world):
    people = [
        Person.objects.create(workspace=world.workspace, name=name, made_at=now()) for name in ("Tove", "T. Hallam")
    ]
    for person, network in zip(people, ("Paper", "Mail"), strict=True):
        Handle.objects.create(
            workspace=world.workspace,
            person=person,
            network=network,
            name=f"tove@{network.lower()}.example",
            made_at=now(),
        )
    return people


def owners():
    return list(Handle.objects.order_by("id").values_list("person", flat=True))


def test_handles_move_and_go_back(world, pair):
    row = joining.join(*pair, why="She said so", by=world.ines, at=now())
    assert owners() == [pair[0].pk] * 2
    assert joining.part(row, by=world.ines, at=now())
    assert owners() == [pair[0].pk, pair[1].pk]
    assert not joining.part(row, by=world.ines, at=now())
    assert list(Fact.objects.filter(about="person").values_list("kind", flat=True)) == [
        "person.joined",
        "person.parted",
    ]


def test_an_inner_joining_undone_goes_back_from_the_outer(world, pair):
    third = Person.objects.create(workspace=world.workspace, name="Third", made_at=now())
    Handle.objects.create(workspace=world.workspace, person=third, network="Forum", name="third", made_at=now())
    inner = joining.join(pair[1], third, why="known", by=world.ines, at=now())
    joining.join(pair[0], pair[1], why="known", by=world.ines, at=now())
    assert set(owners()) == {pair[0].pk}
    joining.part(inner, by=world.ines, at=now())
    assert owners() == [pair[0].pk, pair[0].pk, third.pk]


def test_not_with_itself_not_across_not_without_a_word(world, other_world, pair):
    stranger = Person.objects.create(workspace=other_world.workspace, made_at=now())
    for into, away, why in ((pair[0], pair[0], "x"), (pair[0], stranger, "x"), (pair[0], pair[1], " ")):
        with pytest.raises(joining.CannotJoin):
            joining.join(into, away, why=why, by=world.ines, at=now())
    joining.join(*pair, why="known", by=world.ines, at=now())
    with pytest.raises(joining.CannotJoin, match="joined before"):
        joining.join(*pair, why="known", by=world.ines, at=now())


def test_found_by_the_beginning_of_a_handle_or_a_whole_name(world, other_world, pair):
    assert joining.find(world.workspace, "@TOVE@m") == [pair[1]]
    assert joining.find(world.workspace, "Tove") == pair
    assert joining.find(world.workspace, "tove", apart_from=pair[0].pk) == [pair[1]]
    assert joining.find(other_world.workspace, "tove") == []
    assert joining.find(world.workspace, " @ ") == []
