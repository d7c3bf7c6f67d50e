"""What every template may say: the mark, icons, shapes, keys, waits, bars of progress, moments."""

from datetime import datetime
from functools import cache, lru_cache
from math import isfinite

from django import template
from django.template.defaultfilters import date as date_words
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from heroicons.templatetags import heroicons

from tellback.kit import signs
from tellback.kit.time import Wait, waited, words

register = template.Library()

ICON_STYLES = {
    "outline": heroicons.heroicon_outline,
    "solid": heroicons.heroicon_solid,
    "mini": heroicons.heroicon_mini,
    "micro": heroicons.heroicon_micro,
}
KEY_SIGNS = {"enter": "↵", "shift": "⇧", "up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "Esc"}
BAR_HEIGHT = 38
WAIT = (
    '<div class="wait wait-{}">{}<div class="wait-lines"><span class="wait-words">{}</span>'
    '<span class="wait-under">{}</span></div></div>'
)
WAIT_BAR = '<svg class="wait-drawn" viewBox="0 0 4 {0}" preserveAspectRatio="none" aria-hidden="true">{1}</svg>'


@register.simple_tag
@cache
def mark(size: int = 24) -> SafeString:
    """The mark of Tellback on its 24 px grid; the word stands beside it, so that it is not read out."""
    return format_html(
        '<svg class="mark" width="{0}" height="{0}" viewBox="0 0 24 24" fill="currentColor" stroke="currentColor" '
        'stroke-width=".9" stroke-linejoin="round" aria-hidden="true"><path d="{1}"/></svg>',
        size,
        signs.MARK,
    )


@register.simple_tag
@cache
def icon(name: str, size: int = 16, style: str = "outline") -> SafeString:
    """A heroicon by name. Raises heroicons.IconDoesNotExist or KeyError for one that is not there."""
    in_line = "icon icon-line" if style in {"mini", "micro"} else "icon"
    return mark_safe(ICON_STYLES[style](name, size=size, **{"class": in_line, "aria-hidden": "true"}))  # noqa: S308


@register.simple_tag
@cache
def shape(meaning: str) -> SafeString:
    """The shape of one of the four meanings, or `tick` and `dash` of the considerations, on 12 px."""
    return format_html(
        '<svg class="shape {}" viewBox="0 0 12 12" aria-hidden="true">{}</svg>',
        meaning,
        mark_safe(signs.SHAPES[meaning]),  # noqa: S308
    )


@register.simple_tag
def entry_mark(kind: str) -> SafeString:
    """The mark of an entry on the line of time: spoke, told, note, change, waits; its word is for those who hear."""
    if kind == "note":
        named = {"class": "entry-mark note", "role": "img", "aria-label": signs.entry_words(kind)}
        return mark_safe(ICON_STYLES["micro"]("lock-closed", size=16, **named).replace(' aria-hidden="true"', ""))  # noqa: S308
    return format_html(
        '<svg class="entry-mark {}" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>',
        kind,
        signs.entry_words(kind),
        mark_safe(signs.ENTRY_MARKS[kind]),  # noqa: S308
    )


@register.simple_tag
def chip(meaning: str, text: object) -> SafeString:
    """A word on the ground of its meaning, with its shape; an empty meaning makes a neutral one without."""
    return format_html('<span class="chip {}">{}{}</span>', meaning, shape(meaning) if meaning else "", text)


@register.simple_tag
def urgent() -> SafeString:
    """What cannot wait, by a word and a mark, not by its colour alone."""
    return urgent_in(get_language())


@cache
def urgent_in(language: str | None) -> SafeString:
    sign = icon("exclamation-triangle", 16, "micro")
    return format_html('<span class="chip urgent">{}{}</span>', sign, gettext("Urgent"))


@register.simple_tag
@lru_cache(maxsize=500)
def key(label: str) -> SafeString:
    """A key as it stands on the keyboard: "J", "Enter", "Ctrl Enter". Not read out: keys.js names it to machines."""
    signs_of_keys = " ".join(KEY_SIGNS.get(part.lower(), part) for part in label.split())
    return format_html('<kbd class="key" aria-hidden="true">{}</kbd>', signs_of_keys)


@register.simple_tag
def wait(wait: Wait) -> SafeString:
    """How long somebody waits: bar, words and what they mean."""
    return format_html(WAIT, wait.step, wait_bar(wait), wait.text, wait.under)


@register.simple_tag
def wait_bar(wait: Wait) -> SafeString:
    """The bar of a wait, filled from its foot. Its height is an attribute, since the pages allow no inline style."""
    return drawn_wait(round(BAR_HEIGHT * min(1.0, max(0.0, wait.share)), 1))


@lru_cache(maxsize=2 * 10 * BAR_HEIGHT)
def drawn_wait(height: float) -> SafeString:
    fill = format_html('<rect width="4" y="{}" height="{}"/>', round(BAR_HEIGHT - height, 1), height)
    return format_html(WAIT_BAR, BAR_HEIGHT, fill)


@register.simple_tag
def progress_bar(of: float, **parts: float) -> SafeString:
    """The bar alone: `{% progress_bar of=412 told=397 waiting=15 %}`. Its words stand beside it in the template."""
    drawn, start = [], 0.0
    for meaning, amount in parts.items():
        width = min(100 - start, 100 * share_of(amount, of))
        drawn.append((meaning, round(start, 2), round(width, 2)))
        start += width
    rects = format_html_join("", '<rect class="{}" x="{}%" width="{}%" height="100%"/>', drawn)
    return format_html('<svg class="progress-drawn" aria-hidden="true">{}</svg>', rects)


def share_of(amount: float, of: float) -> float:
    """amount / of within 0 to 1; 0 where there is nothing to share."""
    share = amount / of if of else 0.0
    return min(1.0, max(0.0, share)) if isfinite(share) else 0.0


@register.simple_tag
def since(at: datetime) -> SafeString:
    """How long ago, in words that clock.js keeps true; the exact moment is behind it."""
    zone = timezone.get_current_timezone()
    return format_html(
        '<time datetime="{0}" data-since="{0}" title="{1}">{2}</time>',
        at.isoformat(timespec="seconds"),
        exact(at),
        waited(at, timezone.now(), zone),
    )


@register.simple_tag
def hour(at: datetime) -> SafeString:
    """The hour a thing happened, "14:06", of another day with that day, and with the whole date behind it."""
    stamp = at.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact(at), moment(at))


@register.filter
def moment(at: datetime) -> str:
    """When a thing happened, in short: "09:10", of another day "3 Nov, 09:10", of another year with that."""
    local, today = timezone.localtime(at), timezone.localtime()
    if local.date() == today.date():
        return local.strftime("%H:%M")
    return date_words(local, "j M, H:i" if local.year == today.year else "j M Y, H:i")


@register.filter
def exact(at: datetime) -> str:
    """The whole moment in the reader's zone: "Tuesday 17 November 2026, 14:06:09"."""
    return date_words(timezone.localtime(at), "l j F Y, H:i:s")


@register.filter
def alone(text: object) -> str:
    """Somebody's words in a line of ours that is no HTML: their direction of writing ends where they end."""
    return f"\u2068{text}\u2069"


@register.filter
def figures(number: float | None) -> str:
    """A number with its thousands apart, "1,204"; nothing where there is no number."""
    return "" if number is None else number_format(number, force_grouping=True)


@register.simple_tag
def page_words() -> SafeString:
    """The words that scripts say, in the reader's language, for the foot of every page."""
    return words_in(get_language())


@cache
def words_in(language: str | None) -> SafeString:
    said = {
        "time": words(),
        "live": {"cut": gettext("Not live since %(time)s, trying again")},
        "counter": {"left": gettext("%(left)s left"), "over": gettext("%(over)s too many")},
        "keys": {
            "title": gettext("All keys of this page"),
            "move": gettext("move"),
            "open": gettext("open"),
            "send": gettext("send"),
            "list": gettext("this list"),
            "single": gettext("Single letters act"),
            "close": gettext("Close"),
        },
    }
    return json_script(said, "page-words")
