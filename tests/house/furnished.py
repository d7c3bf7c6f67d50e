"""A workspace with one of everything, each text with a marker word: what must never be seen from another."""

from datetime import timedelta

from django.apps import apps
from django.db.models import ForeignKey

from tellback.cases import answering, closing, holding, snoozing
from tellback.cases.models import Assignment, Case, Closure, Entry, Snooze, Strand, Tag
from tellback.flow.forgetting import FATES
from tellback.kit.clock import now
from tellback.listen.attaching import keep as keep_file
from tellback.listen.models import Post
from tellback.loop import asking
from tellback.loop.models import Ask, Telling
from tellback.networks.contract import Broken, Enclosed
from tellback.networks.keeping import refuse
from tellback.networks.models import Connection, Delivery
from tellback.notices.models import Notice, notify
from tellback.people.models import Joining, Person
from tellback.replies.models import Approval, Canned, Draft, Enclosure, Reply
from tellback.triage.models import Policy, Question
from tellback.work.worker import run_all_due
from tellback.workspace.founding import invite
from tellback.workspace.models import Brand, Calendar, Holiday, Member, Team, User, Workspace


def furnish(world, mark):
    """noun -> the row's id (or another value for addresses), of things that exist only in this workspace."""
    space, ines, at = world.workspace, world.ines, now()
    Workspace.objects.filter(pk=space.pk).update(name=f"{mark} desk")
    for user in (world.owner, ines, world.jonah):
        User.objects.filter(pk=user.pk).update(name=f"{user.name} {mark}")
    Brand.objects.filter(pk=world.skylark.pk).update(name=f"Skylark {mark}", signature=mark)
    Connection.objects.filter(pk=world.paper.pk).update(name=f"Paper {mark}")
    calendar = Calendar.objects.create(workspace=space, name=f"Hours {mark}", week=[[[540, 1020]]] * 7)
    holiday = Holiday.objects.create(calendar=calendar, day="2031-05-01", name=mark)
    team = Team.objects.create(workspace=space, name=f"Team {mark}")
    world.member(ines).teams.add(team)
    invitation, _ = invite(space, f"petra@{mark}.example", role="agent", by=world.member(world.owner), at=at)
    talk(world, mark)
    case = Case.objects.filter(workspace=space).order_by("id").first()
    Case.objects.filter(pk=case.pk).update(team=team)
    rows = {
        "calendar": calendar, "holiday": holiday, "team": team, "invitation": invitation, "brand": world.skylark,
        "connection": world.paper, "case": case, "user": ines, "member": world.member(ines),
        "policy": another_policy(space, mark, at),
    }  # fmt: skip
    things = {name: row.pk for name, row in rows.items()} | found(space)
    return things | {"space": space.slug, "version": rows["policy"].version}


def talk(world, mark):
    """Tove is heard, answered, told, asked; Bram's case stays open with a reply to be approved."""
    space, ines, at = world.workspace, world.ines, now()
    words = f"@norrtel you charged me twice for October, {mark} Street has no internet and nobody answers"
    first = world.hear(f"tove.{mark}", words, name=f"Tove {mark}", url=f"https://{mark}.example/1")
    case = Case.objects.get(workspace=space)
    holding.take(case, by=ines, at=at)
    holding.tag(case, f"tag {mark}", on=True, by=ines, at=at)
    holding.note(case, text=f"note {mark}", by=ines, at=at)
    answering.answer(case, text=f"I am Ines at Norrtel, {mark}: it is mended.", by=ines, at=at)
    world.hear(f"kwend.{mark}", words + " again")
    run_all_due()
    closing.close(case, reason="told", words=mark, by=ines, at=at)
    run_all_due()
    asking.hear(Ask.objects.get(workspace=space), helped=False, words=mark, at=at)
    snoozing.snooze(case, until=at + timedelta(days=2), by=ines, at=at)
    file = keep_file(
        Enclosed(f"{mark}.txt", "text/plain", mark.encode(), alt=mark), workspace=space.pk, post=first.pk, at=at
    )
    file.save()
    waiting = answering.answer(case, text=f"Wait, {mark}", by=ines, at=at)
    Reply.objects.filter(pk=waiting.pk).update(state="asked")
    ours = keep_file(Enclosed(f"ours {mark}.txt", "text/plain", mark.encode(), alt=mark), workspace=space.pk, at=at)
    ours.save()
    Enclosure.objects.create(reply=waiting, attachment=ours)
    Approval.objects.create(reply=waiting, digest="0", by=world.owner, at=at)
    Draft.objects.create(
        workspace=space,
        by=ines,
        brand=world.norrtel,
        person=case.person,
        network="Paper",
        thread=first.thread,
        text=mark,
        at=at,
    )
    Canned.objects.create(workspace=space, title=f"Canned {mark}", text=mark, at=at)
    away = Person.objects.create(workspace=space, name=f"T. {mark}", note=mark, made_at=at)
    Joining.objects.create(workspace=space, into=case.person, away=away, handles=[], why=mark, by=ines, at=at)
    refuse(world.paper, [Broken(f"no date {mark}", "line 7", mark)], at=at)
    notify(space.pk, f"Look at {mark}", key="x", at=at)
    Question.objects.create(
        workspace=space, brand=world.norrtel, mention=first.mentions.get(),
        policy=Policy.objects.in_force(space.pk), node="true", asked_at=at,
    )  # fmt: skip


def another_policy(space, mark, at):
    """A version by a number that the other workspace does not reach."""
    standing = Policy.objects.in_force(space.pk)
    version = 700 + space.pk
    return Policy.objects.create(
        workspace=space, version=version, name=f"Chart {mark}", chart=standing.chart, examples=standing.examples, at=at
    )


def found(space):
    """The first row of each noun that the line made."""
    direct = {
        "post": Post, "person": Person, "reply": Reply, "draft": Draft, "canned": Canned, "joining": Joining,
        "notice": Notice, "telling": Telling, "ask": Ask, "question": Question, "tag": Tag, "strand": Strand,
        "delivery": Delivery,
    }  # fmt: skip
    things = {name: model.objects.filter(workspace=space).order_by("-id").first().pk for name, model in direct.items()}
    things["attachment"] = space.attachment_set.first().pk
    things["open_reply"] = Reply.objects.get(workspace=space, state="asked").pk
    in_case = {"entry": Entry, "closure": Closure, "snooze": Snooze, "assignment": Assignment}
    things |= {name: model.objects.filter(case__workspace=space).first().pk for name, model in in_case.items()}
    return things | {"owner": Member.objects.get(workspace=space, role="owner").pk}


def way_to_workspace(model, seen=()):
    """The path of foreign keys from a model to its workspace, "workspace_id" where it is a plain number; else ""."""
    names = {field.name: field for field in model._meta.concrete_fields}
    if "workspace" in names:
        return "workspace"
    if "workspace_id" in names:
        return "workspace_id"
    ways = [
        f"{field.name}__{way}"
        for field in names.values()
        if isinstance(field, ForeignKey) and field.related_model not in seen and field.related_model is not User
        for way in [way_to_workspace(field.related_model, (*seen, model))]
        if way
    ]
    return min(ways, key=lambda way: way.count("__"), default="")


def rows_of(space):
    """table -> all rows that belong to a workspace, as they stand; with its members' accounts and its own row."""
    held = {}
    for model in apps.get_models(include_auto_created=True):
        way = way_to_workspace(model)
        if model._meta.app_label in ROOMS and way:
            held[model._meta.db_table] = sorted(map(repr, model._base_manager.filter(**{way: space.pk}).values_list()))
    held["itself"] = list(Workspace.objects.filter(pk=space.pk).values_list())
    accounts = User.objects.filter(memberships__workspace=space)
    held["accounts"] = sorted(map(repr, accounts.values_list("id", "email", "name", "password", "is_active")))
    return held


ROOMS = {label.split(".")[0] for label in FATES}
# Tables of no workspace: the clock, jobs, and bands of likeness, which hold no words; accounts are looked at apart.
NOBODYS = {"work.Tick", "work.Job", "listen.Likeness", "workspace.User", "workspace.Workspace"}


def crossed():
    """Rows that point from one workspace into another, as (table, column, count)."""
    faults = []
    for model in apps.get_models(include_auto_created=True):
        own = way_to_workspace(model)
        for field in model._meta.concrete_fields:
            if model._meta.app_label not in ROOMS or not isinstance(field, ForeignKey) or own in {"", "workspace_id"}:
                continue
            other = way_to_workspace(field.related_model)
            if other and other != "workspace_id":
                pairs = model._base_manager.exclude(**{field.name: None}).values_list(own, f"{field.name}__{other}")
                count = sum(mine != theirs for mine, theirs in pairs)
                faults += [(model._meta.db_table, field.name, count)] if count else []
    return faults
