"""The rail: what every page of the console shows at its left. A room that knows the figures fills it in.

Views put one Rail into the context as `rail`; kit/console.html draws it. All texts come ready to be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["waiting", "told", "storm", "crowd", ""]


@dataclass(frozen=True, slots=True)
class Chip:
    """A word on coloured ground. The meaning is one of the four, or empty for a neutral fact."""

    meaning: Meaning
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the rail. `oldest` is the longest wait in short words, `step` its warmth from 0 to 4.

    `icon` names a heroicon; the slim rail shows only rows that have one. `key` is the letter that goes there.
    """

    label: str
    url: str
    count: str = ""
    oldest: str = ""
    step: int = 0
    current: bool = False
    icon: str = ""
    chip: Chip | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under one heading. `icons` draws their icons in the wide rail too; `empty` stands where no row does."""

    title: str
    rows: Sequence[Row] = ()
    icons: bool = False
    empty: str = ""

    @property
    def with_oldest(self) -> bool:
        """True when any row says how long; the others then keep its place free, so that counts stand in one column."""
        return any(row.oldest for row in self.rows)


@dataclass(frozen=True, slots=True)
class Rail:
    """All sections, and at the foot who one is and where: `person` links to `person_url` where there is one."""

    sections: Sequence[Section]
    person: str = ""
    workspace: str = ""
    person_url: str = ""
    home_url: str = "/"
    workspace_url: str = ""

    def here(self) -> Row | None:
        """The row one is in, if any; the narrow page shows it beside the mark."""
        return next((row for section in self.sections for row in section.rows if row.current), None)
