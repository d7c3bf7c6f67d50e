"""A brand out of use: nobody is heard about it, its history stays, and what had begun goes on."""

import pytest
from django.urls import reverse

from tellback.cases.models import Case, Entry
from tellback.events.models import Fact
from tellback.kit.clock import now
from tellback.listen.models import Mention
from tellback.networks.forms import ConnectionForm
from tellback.networks.models import Connection
from tellback.networks.paper.adapter import Paper
from tellback.workspace import branding
from tellback.workspace.models import Brand

TROUBLE = "@norrtel you charged me twice for October and nobody answers"


@pytest.fixture
def go(client, world):
    """A function that asks for a page of the settings by its name, or posts to it."""

    def ask(name, *args, said=None, as_user=None, follow=False):
        if as_user is not None:
            client.force_login(as_user)
        address = reverse(f"space:{name}", args=[world.workspace.slug, *args])
        return client.get(address) if said is None else client.post(address, said, follow=follow)

    return ask


@pytest.fixture
def ended(world):
    """Norrtel had a case, and is out of use since."""
    world.hear("tove.hallam", TROUBLE, id="first")
    branding.put_out_of_use(world.norrtel, by=world.member(world.jonah), at=now())
    return world.norrtel


def test_it_is_found_by_no_word_and_no_door(world, ended):
    Connection.objects.filter(pk=world.paper.pk).update(brand=ended)
    world.paper.refresh_from_db()
    for text in (TROUBLE + " again", "Norrtel is down", "#norrtelfail", "nothing of anybody"):
        assert not world.hear("kwend", text).mentions.exists()
    assert world.hear("petra", "@skylark where is my bag").mentions.get().brand == world.skylark


def test_its_history_stays_and_its_conversations_go_on(world, ended):
    case = Case.objects.get()
    assert Mention.objects.filter(brand=ended).count() == 1
    world.hear("tove.hallam", "and nobody has called me back", answers="first")
    assert Entry.objects.filter(case=case, kind="post").count() == 2


def test_what_it_says_itself_opens_no_conversation(world, ended):
    own = world.hear("norrtel", "We have a new price", id="news")
    assert not own.mentions.exists()
    assert not world.hear("kwend", "that is far too much, I want to leave", answers="news").mentions.exists()


def test_it_is_put_in_use_again(go, world, ended):
    assert "Put it in use again" in go("brand", ended.pk, as_user=world.jonah).content.decode()
    go("brand_disuse", ended.pk, said={"_method": "delete"})
    assert world.hear("kwend", TROUBLE + " again").mentions.get().brand == ended
    what = list(Fact.objects.filter(kind="brand.changed", subject=ended.pk).values_list("body__what", flat=True))
    assert what == ["made", "put out of use", "put in use again"]


def test_its_pages_say_so(go, world):
    go("brand_disuse", world.norrtel.pk, said={}, as_user=world.jonah)
    go("brand_disuse", world.norrtel.pk, said={})
    assert Fact.objects.filter(kind="brand.changed", body__what="put out of use").count() == 1
    said = go("brands").content.decode()
    assert "Out of use: heard no more" in said
    assert "1 brand of ours." in said
    assert list(Brand.objects.ours().filter(workspace=world.workspace)) == [world.skylark]


def test_it_is_offered_as_nobodys_door(world, ended):
    fresh = ConnectionForm(None, adapter=Paper(), workspace=world.workspace)
    assert ended not in fresh.fields["brand"].queryset
    Connection.objects.filter(pk=world.paper.pk).update(brand=ended)
    world.paper.refresh_from_db()
    standing = ConnectionForm(None, adapter=Paper(), workspace=world.workspace, row=world.paper)
    assert ended in standing.fields["brand"].queryset
