"""The first line of the chart's page: where posts stop. All that wait are counted, whichever version asked."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tellback.triage.chart import Chart
from tellback.triage.day import Day, Elsewhere, Flow


def headline(day: Day, drawn: Chart, going: Flow, node: str, other: Elsewhere) -> str:
    """The page's question, and its answer in a sentence or two."""
    asks = _("Where do %(brand)s’s posts go?") % {"brand": day.brand.name} if day.brand else _("Where do our posts go?")
    said = [asks, here_words(day, drawn, going, node, other), elsewhere_words(other)]
    return " ".join(part for part in said if part)


def here_words(day: Day, drawn: Chart, going: Flow, node: str, other: Elsewhere) -> str:
    count = going.counts.waiting.get(node, 0)
    if count:
        return stops_words(count, drawn.nodes[node].question)
    if not going.counts.heard:
        return nothing_words(day, other)
    return "" if other.waiting else _("Nobody waits for a person.")


def stops_words(count: int, question: str) -> str:
    stops = ngettext(
        "%(count)s stops at “%(question)s” and waits for a person.",
        "%(count)s stop at “%(question)s” and wait for a person.",
        count,
    )
    return stops % {"count": f"{count:,}", "question": question}


def nothing_words(day: Day, other: Elsewhere) -> str:
    """No post went through this version; that others judged some is not hidden."""
    if other.heard:
        return _("This version has judged none yet.") if day.is_today else _("This version judged none that day.")
    return _("Nothing was heard today.") if day.is_today else _("Nothing was heard that day.")


def elsewhere_words(other: Elsewhere) -> str:
    if not other.waiting:
        return ""
    waits = ngettext(
        "%(count)s that another version stopped waits for a person.",
        "%(count)s that other versions stopped wait for a person.",
        other.waiting,
    )
    return waits % {"count": other.waiting_words}
