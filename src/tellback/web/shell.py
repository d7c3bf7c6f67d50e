"""What stands around every staff page: the rail with who waits, and the address of the live stream."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from tellback.cases.models import Case
from tellback.desk.ordering import whole
from tellback.kit.clock import now
from tellback.kit.rail import Rail, Row, Section
from tellback.kit.time import waited_short
from tellback.notices.models import Notice
from tellback.triage.models import Question
from tellback.workspace.models import Brand, Member, Workspace

BRANDS = 8  # have a row of their own; "All brands" leads to the rest
MOST = 1000  # a queue is counted to here and then "1,000+": counting a million rows is nobody's wish


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
    space = member.workspace
    return Rail(
        sections=[queues(member, here), brands(space, here), rooms(member, here)],
        person=str(member.user),
        workspace=_("%(name)s, made up") % {"name": space.name} if space.is_demo else space.name,
        person_url=reverse("workspace:me"),
        workspace_url=reverse("workspace:home"),
        home_url=reverse("desk:inbox", args=[space.slug]),
    )


def queues(member: Member, here: str) -> Section:
    space = member.workspace
    cases = Case.objects.filter(workspace=space)
    found = [
        ("waiting", _("Waiting"), cases.waiting()),
        ("mine", _("Mine"), cases.held_by(member.user)),
        ("unassigned", _("Unassigned"), cases.unassigned()),
        ("next", _("Next answer"), cases.next_answer()),
        ("snoozed", _("Snoozed"), cases.snoozed()),
    ]
    rows = [queue_row(space, key, label, query, here) for key, label, query in found]
    return Section(_("Who waits, longest"), rows)


def queue_row(space: Workspace, key: str, label: str, query: Any, here: str) -> Row:
    # What is put off waits for nobody just now; to sort it by its wait would read all of it.
    count, oldest, due = counted(query, with_oldest=key != "snoozed")
    return Row(
        label=label,
        url=reverse("desk:inbox", args=[space.slug]) + ("" if key == "waiting" else f"?queue={key}"),
        count=count,
        oldest=waited_short(oldest, now()) if oldest else "",
        step=late_step(due),
        current=here == key,
    )


def counted(query: Any, *, with_oldest: bool = True) -> tuple[str, datetime | None, datetime | None]:
    """How many (to MOST), since when the longest waits, and when that one falls due."""
    some = query.order_by("waiting_since", "id").values_list("waiting_since", "due_at")
    count = query.order_by()[: MOST + 1].count()
    first = some.first() if count and with_oldest else None
    words = f"{MOST:,}+" if count > MOST else str(count)
    return words, first[0] if first else None, first[1] if first else None


def late_step(due: datetime | None) -> int:
    return 3 if due is not None and due < now() else 0


def brands(space: Workspace, here: str) -> Section:
    ours = Brand.objects.ours().filter(workspace=space).order_by("name")
    found = list(ours[: BRANDS + 1])
    rows = []
    for brand in [*found[:BRANDS], *beyond(ours, found[:BRANDS], here)]:
        count, oldest, due = counted(Case.objects.filter(brand=brand).waiting())
        rows.append(
            Row(
                label=brand.name,
                url=reverse("desk:inbox", args=[space.slug]) + f"?brand={brand.pk}",
                count=count,
                oldest=waited_short(oldest, now()) if oldest else "",
                step=late_step(due),
                current=here == f"brand:{brand.pk}",
            )
        )
    if len(found) > BRANDS:
        rows.append(Row(label=_("All brands"), url=reverse("desk:inbox", args=[space.slug]) + "?filter=1#filter"))
    return Section(_("Brands"), rows, empty=_("None yet"))


def beyond(ours: Any, shown: list[Brand], here: str) -> list[Brand]:
    """The brand at which one looks, where it has no row of its own."""
    brand = here.removeprefix("brand:")
    if brand == here or not whole(brand) or any(str(row.pk) == brand for row in shown):
        return []
    return list(ours.filter(pk=brand))


def rooms(member: Member, here: str) -> Section:
    space = member.workspace
    unread = Notice.objects.unread(member.user, space).order_by()[: MOST + 1].count()
    asked = Question.objects.filter(workspace=space, answered_at=None)[: MOST + 1].count()
    found = [
        ("chart", _("Chart"), "share", "triage:chart", _("%(count)s ask") % {"count": asked} if asked else ""),
        ("notices", _("Notices"), "bell", "desk:notices", str(unread) if unread else ""),
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
