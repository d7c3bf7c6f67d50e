"""HTML that strangers wrote: cleaned, or as plain text."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

from tellback.kit.charset import storable

LONGEST = 1_000_000  # characters; what is behind is cut
# Parsing takes time with the square of these two.
DEEPEST = 3_000  # open elements
MOST_SIGNS = 100_000  # ampersands
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6",
    "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
DROPPED = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "textarea", "select", "title"}
BLOCKS = {"p", "div", "section", "article", "header", "footer", "ul", "ol", "dl", "table", "pre", "blockquote"}
BLOCKS |= {f"h{level}" for level in range(1, 7)}
LINES = {"br", "li", "tr", "dt", "dd", "hr"}
QUOTES = {"blockquote"}
READ = TAGS | BLOCKS | {"img"}
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "source", "area", "base", "embed", "track", "param"}


def clean(html: str) -> str:
    """HTML that is safe to show: no script, style, picture, form or frame; links open without a trace of us."""
    if is_too_hard(html[:LONGEST]):
        return nh3.clean_text(to_text(html))
    return nh3.clean(
        storable(html[:LONGEST]),
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def to_text(html: str) -> str:
    """The words of an HTML text: blocks as paragraphs, quotes behind "> ", a link's address behind its words.

    Never fails; text beyond a million characters is cut. A text that is too hard to parse loses its layout.
    """
    html = storable(html[:LONGEST])
    if is_too_hard(html):
        return " ".join(unescape(re.sub(r"<[^<>]*>", " ", html)).split())
    plain = nh3.clean(
        html,
        tags=READ,
        clean_content_tags=DROPPED,
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    writer = Writer()
    writer.feed(plain)
    writer.close()
    return storable(writer.text())


def is_too_hard(html: str) -> bool:
    """Whether the text has more open elements or ampersands than can be parsed in good time."""
    if html.count("&") > MOST_SIGNS:
        return True
    depth = 0
    for closing, name in TAG.findall(html):
        if name.lower() not in VOID:
            depth += -1 if closing else 1
            if depth > DEEPEST:
                return True
    return False


class Writer(HTMLParser):
    """Writes text from HTML that nh3 has put in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quoted = 0
        self.verbatim = 0
        self.hrefs: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS or tag in LINES:
            self.end_line(blank=tag in BLOCKS)
        self.quoted += tag in QUOTES
        self.verbatim += tag == "pre"
        values = dict(attrs)
        if tag == "a":
            self.hrefs.append((values.get("href") or "", len(self.line)))
        elif tag == "img" and values.get("alt"):
            self.line.append(f"[{values['alt']}]")
        elif tag == "li":
            self.line.append("- ")
        elif tag in {"td", "th"} and self.line:
            self.line.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line(blank=True)
        self.quoted -= tag in QUOTES
        self.verbatim -= tag == "pre"
        if tag == "a" and self.hrefs:
            self.add_address(*self.hrefs.pop())

    def add_address(self, href: str, begin: int) -> None:
        words = "".join(self.line[begin:]).strip()
        bare = href.removeprefix("mailto:")
        if href and words and bare.rstrip("/") not in {words.rstrip("/"), f"https://{words}", f"http://{words}"}:
            self.line.append(f" ({bare})")

    def handle_data(self, data: str) -> None:
        if not self.verbatim:
            self.line.append(re.sub(r"\s+", " ", data))
            return
        first, *rest = data.split("\n")
        self.line.append(first)
        for one in rest:
            self.end_line(blank=False, keep=True)
            self.line.append(one)

    def end_line(self, *, blank: bool, keep: bool = False) -> None:
        joined = "".join(self.line)
        words = joined.rstrip() if self.verbatim else " ".join(joined.split(" ")).strip()
        prefix = "> " * min(self.quoted, 5)
        self.line.clear()
        if words or keep:
            self.lines.append(prefix + words)
        if blank and self.lines and self.lines[-1].strip("> "):
            self.lines.append("")

    def text(self) -> str:
        self.end_line(blank=False)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in self.lines)).strip()
