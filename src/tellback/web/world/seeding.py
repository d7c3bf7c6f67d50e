"""Seeding: the made-up town, as it stands on the first day. Nothing is written past the rooms' own commands.

The story is told in its own time (kit.clock.standing_at): what was said nine days ago was judged, answered and
closed nine days ago, so that waits, tallies and timelines are what they would be had the desk run all along.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from tellback.cases import answering, closing, holding, snoozing
from tellback.cases.closing import CannotClose
from tellback.cases.models import Case
from tellback.flow.founding import found
from tellback.flow.incoming import take_in
from tellback.kit import clock
from tellback.listen.models import Mention
from tellback.loop import asking
from tellback.loop.models import Ask
from tellback.networks.keeping import Arrival
from tellback.networks.models import Connection
from tellback.replies.models import Canned
from tellback.triage import answering as deciding
from tellback.triage.models import Question
from tellback.web.world import cast
from tellback.web.world.cast import Act, Line
from tellback.work.worker import run_all_due
from tellback.workspace.founding import add_member, make_brand
from tellback.workspace.models import Calendar, Member, Role, User, Workspace

BEFORE_ALL = timedelta(days=14)


def standing() -> Workspace | None:
    """The made-up town, if it is there."""
    return Workspace.objects.filter(is_demo=True).order_by("id").first()


def seed(at: datetime) -> Workspace:
    """The made-up town with its last two weeks, up to `at`. Where it stands already, nothing is done.

    One transaction: whoever is killed half-way leaves no half of a town.
    """
    return standing() or build(at)


@transaction.atomic
def build(at: datetime) -> Workspace:
    with clock.standing_at(at - BEFORE_ALL):
        workspace = settle(at - BEFORE_ALL)
    Telling(workspace, at).tell()
    return workspace


def welcome(user: User) -> Member | None:
    """The first owner of the installation gets the keys of the made-up town too. None where it is gone."""
    workspace = standing()
    return add_member(workspace, user, role=Role.OWNER, at=clock.now()) if workspace else None


def settle(at: datetime) -> Workspace:
    """The desk before anybody has spoken: its people, brands, hours, doors and ready answers."""
    people = [member_of_the_cast(colleague) for colleague in cast.COLLEAGUES]
    workspace = found(cast.DESK, at=at, owner=people[0], is_demo=True)
    for user, colleague in zip(people, cast.COLLEAGUES, strict=True):
        add_member(workspace, user, role=colleague.role, at=at)
    for house in cast.HOUSES:
        open_house(workspace, house, at)
    for label in cast.NETWORKS:
        open_door(workspace, label, at)
    for title, text in cast.CANNED:
        Canned.objects.create(workspace=workspace, title=title, text=text, at=at)
    return workspace


def member_of_the_cast(colleague: cast.Colleague) -> User:
    """Nobody can sign in as them: they have no password."""
    known = User.objects.filter(email=colleague.email).first()
    return known or User.objects.create_user(colleague.email, None, name=colleague.name)


def open_house(workspace: Workspace, house: cast.House, at: datetime) -> None:
    brand = make_brand(workspace, house.name, terms=house.terms, at=at, is_rival=house.is_rival)
    brand.first_answer, brand.next_answer, brand.signature = house.first_answer, house.next_answer, house.signature
    if house.open_from is not None:
        week = [[[house.open_from, house.open_to]]] * 7
        brand.calendar = Calendar.objects.create(workspace=workspace, name=f"{house.name} hours", week=week)
    brand.save()


def open_door(workspace: Workspace, label: str, at: datetime) -> Connection:
    sheet = f"{workspace.slug}: {label}"
    made: Connection = Connection.objects.create(
        workspace=workspace, network="paper", label=label, name=f"{label}, made up", settings={"sheet": sheet},
        every=3600, made_at=at,
    )  # fmt: skip
    return made


def doors(workspace: Workspace) -> dict[str, Connection]:
    """label -> connection of the made-up networks."""
    return {door.label: door for door in Connection.objects.filter(workspace=workspace, network="paper")}


class Telling:
    """The past part of the story, told once: what was said goes down the line, what was done is done again."""

    def __init__(self, workspace: Workspace, at: datetime) -> None:
        self.workspace = workspace
        self.at = at
        self.doors = doors(workspace)
        members = {member.user.name: member.user for member in workspace.members.select_related("user")}
        self.users = {colleague.key: members[colleague.name] for colleague in cast.COLLEAGUES}

    def tell(self) -> None:
        """What is said between two acts comes as one batch."""
        for is_said, steps in groupby(self.steps(), key=lambda step: isinstance(step[1], Line)):
            if is_said:
                self.hear([(when, line) for when, line in steps if isinstance(line, Line)])
            else:
                for when, act in steps:
                    if isinstance(act, Act):
                        self.do(act, when)

    def steps(self) -> Iterator[tuple[datetime, Line | Act]]:
        told: list[tuple[datetime, Line | Act]] = [(self.at - line.ago, line) for line in cast.past() if line.ago]
        told += [(self.at - act.ago, act) for act in cast.acts() if act.ago is not None]
        # Of the same minute: the word comes before the deed.
        yield from sorted(told, key=lambda step: (step[0], isinstance(step[1], Act)))

    def hear(self, said: list[tuple[datetime, Line]]) -> None:
        with clock.standing_at(said[-1][0]):
            take_in([Arrival(self.doors[line.network], line.parcel(), when) for when, line in said])
            run_all_due()

    def do(self, act: Act, when: datetime) -> None:
        """A deed whose case or question never came is left out: the word lists grow, and a post takes another way."""
        with clock.standing_at(when):
            try:
                with transaction.atomic():
                    DEEDS[act.act](self, act, when)
            except (ObjectDoesNotExist, CannotClose):
                return
            run_all_due()

    def case(self, act: Act) -> Case:
        found: Case = Case.objects.select_related("workspace", "brand").get(
            workspace=self.workspace, entries__post__network=act.network, entries__post__external_id=act.about
        )
        return found

    def question(self, act: Act) -> Question:
        return Question.objects.get(
            workspace=self.workspace, mention__post__network=act.network, mention__post__external_id=act.about,
            answered_at=None,
        )  # fmt: skip


def take(telling: Telling, act: Act, at: datetime) -> None:
    holding.take(telling.case(act), by=telling.users[act.who], at=at)


def answer(telling: Telling, act: Act, at: datetime) -> None:
    case, by = telling.case(act), telling.users[act.who]
    if case.holder_id != by.pk:
        holding.take(case, by=by, at=at - timedelta(minutes=2))
    answering.answer(case, text=act.words, by=by, at=at)


def close(reason: str) -> Callable[[Telling, Act, datetime], None]:
    def deed(telling: Telling, act: Act, at: datetime) -> None:
        closing.close(telling.case(act), reason=reason, words=act.words, by=telling.users[act.who], at=at)

    return deed


def note(telling: Telling, act: Act, at: datetime) -> None:
    holding.note(telling.case(act), text=act.words, by=telling.users[act.who], at=at)


def snooze(telling: Telling, act: Act, at: datetime) -> None:
    snoozing.snooze(telling.case(act), until=telling.at + act.until, by=telling.users[act.who], at=at)


def override(telling: Telling, act: Act, at: datetime) -> None:
    """A member knows better than the chart; `words` is the action."""
    mention = Mention.objects.get(
        workspace=telling.workspace, post__network=act.network, post__external_id=act.about, brand__is_rival=False
    )
    deciding.override(mention, action=act.words, by=telling.users[act.who], at=at)


def say(yes: bool) -> Callable[[Telling, Act, datetime], None]:
    def deed(telling: Telling, act: Act, at: datetime) -> None:
        deciding.answer(telling.question(act), yes=yes, by=telling.users[act.who], at=at)

    return deed


def hear_back(helped: bool) -> Callable[[Telling, Act, datetime], None]:
    def deed(telling: Telling, act: Act, at: datetime) -> None:
        asked = Ask.objects.select_related("case").get(case=telling.case(act), heard_at=None)
        asking.hear(asked, helped=helped, words=act.words, at=at)

    return deed


DEEDS: dict[str, Callable[[Telling, Act, datetime], None]] = {
    "take": take,
    "answer": answer,
    "told": close("told"),
    "let stand": close("let_stand"),
    "not ours": close("not_ours"),
    "elsewhere": close("elsewhere"),
    "note": note,
    "snooze": snooze,
    "override": override,
    "yes": say(True),
    "no": say(False),
    "it helped": hear_back(True),
    "it did not help": hear_back(False),
}
