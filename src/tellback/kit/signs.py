"""The drawings of our own, each once: the mark on 24 px, the shapes of the meanings on 12, marks of entries on 16."""

from django.utils.translation import gettext, gettext_noop

MARK = (
    "M6 2.5h12A3.5 3.5 0 0 1 21.5 6v4.3c0 5.9-3.7 9.3-9.7 9.3H9.2v1.9L4 18.3l5.2-3.2V17h2.6c3.4 0 5.4-1.3 6-4H6"
    "a3.5 3.5 0 0 1-3.5-3.5V6A3.5 3.5 0 0 1 6 2.5Z"
)

SHAPES = {
    # two thirds of a ring: 4 px radius, 25.13 round
    "waiting": '<circle cx="6" cy="6" r="4" stroke-dasharray="16.75 8.38" transform="rotate(-90 6 6)"/>',
    "told": '<path d="M1.5 6.5 4.5 9.5 10.5 2.5"/>',
    "storm": '<path class="full" d="M6 1 11.5 11H.5Z"/>',
    "crowd": '<g class="full"><circle cx="3.2" cy="3.2" r="1.7"/><circle cx="8.8" cy="3.2" r="1.7"/>'
    '<circle cx="3.2" cy="8.8" r="1.7"/><circle cx="8.8" cy="8.8" r="1.7"/></g>',
    "tick": '<path d="M1.5 6.5 4.5 9.5 10.5 2.5"/>',
    "dash": '<path d="M2 6.5H10"/>',
}

ENTRY_MARKS = {
    "spoke": '<circle class="full" cx="8" cy="8" r="5"/>',
    "told": '<path d="M2.5 8.5 6.2 12 13.5 3.8" stroke-width="2"/>',
    "change": '<circle cx="8" cy="8" r="2.75" stroke-width="1.5"/>',
    "waits": '<circle cx="8" cy="8" r="5" stroke-width="3"/>',
}

ENTRY_WORDS = {
    "spoke": gettext_noop("They wrote"),
    "told": gettext_noop("We answered"),
    "note": gettext_noop("Note"),
    "change": gettext_noop("Change"),
    "waits": gettext_noop("Waits for us"),
}


def entry_words(kind: str) -> str:
    """What the mark of an entry says to those who do not see it."""
    return gettext(ENTRY_WORDS[kind])
