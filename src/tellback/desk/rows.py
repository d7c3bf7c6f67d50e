"""Rows of the inbox: how long, who, their last words, about whom, where. Read for a page at once, never row by row."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.translation import gettext as _

from tellback.cases.clocks import hours_of
from tellback.cases.models import Case, Clock, Entry
from tellback.kit.time import Wait, wait_of, waited
from tellback.workspace.business_time import Hours, between
from tellback.workspace.models import Workspace

SHOWN = 200  # characters of their words that a row may need
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says, ready to be written: what a template looks up fifty times a page costs more than the queries."""

    case: Case
    url: str
    pane_url: str
    name: str
    wait: Wait
    handle: str
    words: str
    where: str
    lane: str


def rows_of(
    cases: Sequence[Case], *, workspace: Workspace, now: datetime, back: str = "", mine: bool = False
) -> list[Row]:
    """The rows of a page, in its order: two queries; the cases come with their brands and calendars.

    `back` is the list that a case opened beside it leads back to; in a list of `mine` it is known who has them.
    """
    said = last_words([case.pk for case in cases])
    waits = waits_of(cases, now=now, tz=ZoneInfo(workspace.zone))
    address, pane = addresses("desk:case", workspace), addresses("desk:pane", workspace)
    behind = f"?back={quote(back, safe='')}"
    return [
        Row(
            case=case,
            url=address(case.pk),
            pane_url=pane(case.pk) + behind,
            name=str(case.person),
            wait=waits[case.pk],
            handle=said[case.pk][0] if case.pk in said else by_hand_words(case),
            words=said[case.pk][1] if case.pk in said else case.title,
            where=" · ".join(part for part in (case.brand.name, case.network or by_hand_words(case)) if part),
            lane=str(case.holder) if case.holder and not mine else case.lane,
        )
        for case in cases
    ]


def addresses(name: str, workspace: Workspace) -> Callable[[int], str]:
    """id -> a page's address; looked up once for all rows."""
    head, _, tail = reverse(name, args=[workspace.slug, 0]).rpartition("/0/")
    return lambda pk: f"{head}/{pk}/{tail}"


def by_hand_words(case: Case) -> str:
    return {"phone": _("by phone"), "letter": _("by letter"), "counter": _("at the counter")}.get(case.by_hand, "")


def last_words(cases: Sequence[int]) -> dict[int, tuple[str, str]]:
    """case id -> (handle, first characters of what the person said last)."""
    last = Entry.objects.filter(case__in=cases, kind=Entry.Kind.POST).values("case").annotate(last=Max("id"))
    rows = Entry.objects.filter(pk__in=last.values("last")).values_list(
        "case", "post__author__name", Substr("post__text", 1, SHOWN), "post__title", "post__deleted_at"
    )
    return {case: (shown(handle), words_of(text, title, gone)) for case, handle, text, title, gone in rows}


def words_of(text: str, title: str, gone: datetime | None) -> str:
    if gone:
        return _("Words taken back by their author")
    return " ".join((text or title).split())


def shown(handle: str) -> str:
    return handle if "@" in handle else f"@{handle}"


def waits_of(cases: Sequence[Case], *, now: datetime, tz: tzinfo) -> dict[int, Wait]:
    """How long each waits: in words by the clock on the wall, in warmth by what its brand promised in open hours."""
    hours = {brand.pk: hours_of(brand) for brand in {case.brand_id: case.brand for case in cases}.values()}
    running = dict(
        Clock.objects.filter(case__in=[case.pk for case in cases], stopped_at=None).values_list("case", "promised")
    )
    return {case.pk: wait_words(case, running.get(case.pk), hours[case.brand_id], now=now, tz=tz) for case in cases}


def wait_words(case: Case, promised: int | None, hours: Hours, *, now: datetime, tz: tzinfo) -> Wait:
    if case.closed_at:
        return Wait(_("closed"), waited(case.closed_at, now, tz), 0, 0.0)
    if case.snoozed_until:
        return Wait(_("snoozed"), until_words(case.snoozed_until, now, tz), 0, 0.0)
    if case.waiting_since is None:
        return Wait(_("answered"), waited(case.last_at, now, tz), 0, 0.0)
    business = between(hours, case.waiting_since, now)
    return wait_of(case.waiting_since, now, business, promised, tz=tz, day=day_of(hours))


def day_of(hours: Hours) -> float:
    """Seconds of the longest open day: "over by 1 day" means a day of work."""
    longest = max((sum(end - start for start, end in spans) for spans in hours.week), default=0)
    return longest * 60.0 or DAY


def until_words(until: datetime, now: datetime, tz: tzinfo) -> str:
    try:
        local, today = until.astimezone(tz), now.astimezone(tz)
    except OverflowError:  # a row from before snoozes had an end
        return _("for ever")
    if local.date() == today.date():
        return _("until %(hour)s") % {"hour": f"{local:%H:%M}"}
    return _("until %(day)s") % {"day": f"{local:%-d %b, %H:%M}"}
