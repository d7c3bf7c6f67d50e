"""What stands around every staff page: the rail with who waits, and the address of the live stream."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tellback.cases.case import Cases
from tellback.cases.models import Case
from tellback.desk.ordering import whole
from tellback.kit.clock import now
from tellback.kit.prepared import CountOf, Prepared, first_of, words_of
from tellback.kit.rail import Rail, Row, Section
from tellback.kit.time import waited_short
from tellback.notices.models import Notice
from tellback.triage.models import Question
from tellback.workspace.models import Brand, Member, Workspace

BRANDS = 8  # have a row of their own; "All brands" leads to the rest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `rail`, `space`, `live_url` on pages below /w/<slug>/."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    stands = getattr(request, "rail_here", "")
    return {
        "space": member.workspace,
        "member": member,
        "rail": SimpleLazyObject(lambda: rail(member, stands)),  # a fragment draws none
        "rail_href": f"{reverse('desk:rail', args=[member.workspace.slug])}?here={quote(stands)}",
        "live_url": f"{reverse('live', args=[member.workspace.slug])}?topics=*",
    }


def rail(member: Member, here: str) -> Rail:
    space, counts = member.workspace, ask(space=member.workspace_id, user=member.user_id)[0]
    return Rail(
        sections=[queues(member, here, counts), brands(space, here), rooms(member, here, counts)],
        person=str(member.user),
        workspace=_("%(name)s, made up") % {"name": space.name} if space.is_demo else space.name,
        person_url=reverse("workspace:me"),
        workspace_url=reverse("workspace:home"),
        home_url=reverse("desk:inbox", args=[space.slug]),
    )


def queues(member: Member, here: str, counts: Mapping[str, Any]) -> Section:
    inbox = reverse("desk:inbox", args=[member.workspace.slug])
    rows = [
        queue_row(label, inbox + ("" if key == "waiting" else f"?queue={key}"), counts, key, current=here == key)
        for key, label in names_of_queues()
    ]
    return Section(_("Who waits, longest"), rows)


def names_of_queues() -> list[tuple[str, str]]:
    return [
        ("waiting", _("Waiting")), ("mine", _("Mine")), ("unassigned", _("Unassigned")),
        ("next", _("Next answer")), ("snoozed", _("Snoozed")),
    ]  # fmt: skip


def queue_row(label: str, url: str, counts: Mapping[str, Any], key: str, *, current: bool) -> Row:
    oldest, due = counts.get(f"{key}_since"), counts.get(f"{key}_due")
    return Row(
        label=label,
        url=url,
        count=words_of(counts[key]),
        oldest=waited_short(oldest, now()) if oldest else "",
        step=3 if due is not None and due < now() else 0,
        current=current,
    )


def asked_of(space: int, user: int) -> QuerySet[Any, Any]:
    """What the rail says in figures, in one row: per queue how many, since when the longest waits, due when."""
    cases = Case.objects.filter(workspace=space)
    found = {
        "waiting": cases.waiting(), "mine": cases.held_by(user), "unassigned": cases.unassigned(),
        "next": cases.next_answer(),
    }  # fmt: skip
    asked: dict[str, Any] = {}
    for key, query in found.items():
        asked |= waits(key, query)
    # What is put off waits for nobody just now; to sort it by its wait would read all of it.
    asked["snoozed"] = CountOf(cases.snoozed())
    asked["notices"] = CountOf(Notice.objects.unread(user, space))
    asked["questions"] = CountOf(Question.objects.filter(workspace=space, answered_at=None))
    return Workspace.objects.filter(pk=space).values(**asked)


def brands_of(space: int) -> QuerySet[Any, Any]:
    cases = Case.objects.filter(brand=OuterRef("pk")).waiting()
    found = Brand.objects.ours().filter(workspace=space).order_by("name")
    return found.values("pk", "name", **waits("waiting", cases))


def waits(key: str, query: Cases) -> dict[str, Any]:
    longest = query.filter(waiting_since__isnull=False).longest_first()
    return {
        key: CountOf(query),
        f"{key}_since": first_of(longest, "waiting_since"),
        f"{key}_due": first_of(longest, "due_at"),
    }


ask, ask_brands = Prepared(asked_of, "space", "user"), Prepared(lambda space: brands_of(space)[: BRANDS + 1], "space")


def brands(space: Workspace, here: str) -> Section:
    inbox = reverse("desk:inbox", args=[space.slug])
    found = ask_brands(space=space.pk)
    rows = [
        queue_row(each["name"], f"{inbox}?brand={each['pk']}", each, "waiting", current=here == f"brand:{each['pk']}")
        for each in [*found[:BRANDS], *beyond(space, found[:BRANDS], here)]
    ]
    if len(found) > BRANDS:
        rows.append(Row(label=_("All brands"), url=f"{inbox}?filter=1#filter"))
    return Section(_("Brands"), rows, empty=_("None yet"))


def beyond(space: Workspace, shown: Sequence[Mapping[str, Any]], here: str) -> list[Mapping[str, Any]]:
    """The brand at which one looks, where it has no row of its own."""
    brand = here.removeprefix("brand:")
    if brand == here or not whole(brand) or any(str(each["pk"]) == brand for each in shown):
        return []
    return list(brands_of(space.pk).filter(pk=brand))


def rooms(member: Member, here: str, counts: Mapping[str, Any]) -> Section:
    space, unread, asked = member.workspace, counts["notices"], counts["questions"]
    found = [
        (
            "chart",
            _("Chart"),
            "share",
            "triage:chart",
            _("%(count)s ask") % {"count": words_of(asked)} if asked else "",
        ),
        ("notices", _("Notices"), "bell", "desk:notices", words_of(unread) if unread else ""),
        ("by_hand", _("By hand"), "phone", "desk:by_hand", ""),
        ("search", _("Search"), "magnifying-glass", "desk:search", ""),
        ("connections", _("Connections"), "signal", "networks:connections", ""),
        ("settings", _("Settings"), "cog-6-tooth", "space:home", ""),
    ]
    rows = [
        Row(label=label, url=reverse(name, args=[space.slug]), count=count, icon=icon, current=here == key)
        for key, label, icon, name, count in found
    ]
    return Section(_("Rooms"), rows, icons=True)
