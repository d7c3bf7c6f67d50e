"""The docs say what the code does: links lead somewhere, and nothing that one must know is left out."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tellback.flow import incoming, outgoing, returning
from tellback.web.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
ELSEWHERE = ("http://", "https://", "mailto:")
READ = re.compile(r"""environ(?:\.get\(|\.setdefault\(|\[)\s*["']((?:TELLBACK|DATABASE)_\w+)["']""")
PRIVATE = re.compile(r"(?<![\w.>])(?:/(?:home|root|tmp|work|mnt|Users)/\w|[A-Za-z]:\\)")
CELL = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)
# Rooms whose pages are being built; empty it when they stand.
UNFINISHED: set[str] = set()
STEP = re.compile(r"^## (\w+)$", re.MULTILINE)


def documents() -> list[Path]:
    """The Markdown that belongs to the repository, also what is not committed yet."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    except (OSError, subprocess.CalledProcessError):  # a source archive is no clone
        listed = [str(path) for top in ("docs", "src") for path in (ROOT / top).rglob("*.md")] + ["README.md"]
    return sorted(ROOT / name for name in listed if name and (ROOT / name).is_file())


def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def dead_links(text: str, folder: Path) -> list[str]:
    """Relative links that lead to nothing, or to a heading that is not there."""
    shown = CODE.sub("", COMMENT.sub("", text))
    return [link for link in LINK.findall(shown) if not link.startswith(ELSEWHERE) and not leads(link, text, folder)]


def leads(link: str, text: str, folder: Path) -> bool:
    place, _, heading = link.partition("#")
    target = folder / place
    if place and not target.exists():
        return False
    return not heading or heading in headings(target.read_text(encoding="utf-8") if place else text)


def headings(text: str) -> set[str]:
    """Headings as the hosting pages make anchors of them."""
    titles = re.findall(r"^#+ (.+)$", CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def name_of(requirement: str) -> str:
    """The distribution's name: "django-allauth" of "django-allauth[mfa]>=65.18"."""
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def in_words(name: str, text: str) -> bool:
    """Does this name stand in the text as a word of its own?"""
    return bool(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text, re.IGNORECASE))


def rooms(layers: list[str]) -> list[str]:
    return [room.strip() for layer in layers for room in layer.split("|")]


def read_by_code() -> set[str]:
    files = [path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts]
    files = [path for path in files if path.name != "settings_test.py"]
    return {name for path in [*files, ROOT / "run"] for name in READ.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    assert dead_links(path.read_text(encoding="utf-8"), path.parent) == []


def test_a_dead_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One word\n")
    assert (
        dead_links("[a](there.md) [b](there.md#one-word) [c](https://norrtel.example) `[d](gone.md)`", tmp_path) == []
    )
    assert dead_links("[a](gone.md) ![b](gone.png) [c](there.md#two)", tmp_path) == [
        "gone.md", "gone.png", "there.md#two",
    ]  # fmt: skip


def test_no_private_place_is_named() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in documents()
        for line in path.read_text(encoding="utf-8").split("\n")
        if PRIVATE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("line", ["see /home/ines/notes", "`/tmp/out.json`", "in C:\\Users", "/home/x"])
def test_a_private_place_is_seen(line: str) -> None:
    assert PRIVATE.search(line)


@pytest.mark.parametrize(
    "line", ["src/tellback/work/job.py", "/w/<workspace>/cases/", "/var/lib/tellback", "/srv/tellback"]
)
def test_what_is_no_private_place(line: str) -> None:
    assert not PRIVATE.search(line)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described(command: str) -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs" / "run").glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert re.search(rf"`(?:tellback|\./run) {command}\b", text)


def test_there_are_fewer_than_twenty_direct_dependencies() -> None:
    assert len(project()["project"]["dependencies"]) < 20


@pytest.mark.parametrize(
    "requirement",
    [
        *project()["project"]["dependencies"],
        *[one for extra in project()["project"]["optional-dependencies"].values() for one in extra],
    ],
)
def test_every_dependency_has_a_decision(requirement: str) -> None:
    pages = (ROOT / "docs" / "decisions").glob("[0-9]*.md")
    assert any(in_words(name_of(requirement), page.read_text(encoding="utf-8")) for page in pages)


def test_a_part_of_a_name_is_no_name() -> None:
    assert in_words("django", "Django, `>=5.2`")
    assert not in_words("django", "`django-htmx`")
    assert name_of("psycopg[binary,pool]>=3.2") == "psycopg"


def test_every_decision_is_whole_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    parts = ["Question", "Tried and measured", "Choice", "What would change our mind"]
    for page in folder.glob("[0-9]*.md"):
        found = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert (page.name, found, page.name in listed) == (page.name, parts, True)


def test_the_map_has_every_room_in_order() -> None:
    contract = project()["tool"]["importlinter"]["contracts"][0]
    named = CELL.findall((ROOT / "docs" / "map.md").read_text(encoding="utf-8"))
    assert named == rooms(contract["layers"])


def test_every_room_of_the_map_has_a_page() -> None:
    named = CELL.findall((ROOT / "docs" / "map.md").read_text(encoding="utf-8"))
    without = {room for room in named if not (ROOT / "src" / "tellback" / room / "README.md").is_file()}
    assert without <= UNFINISHED


@pytest.mark.parametrize("line", [incoming.LINE, outgoing.LINE, returning.LINE], ids=lambda line: line.name)
def test_every_step_of_a_line_is_described_in_order(line: Any) -> None:
    text = (ROOT / "docs" / "lines" / f"{line.name}.md").read_text(encoding="utf-8")
    assert [step for step in STEP.findall(text) if step in line.names] == line.names


def test_every_variable_is_described() -> None:
    text = (ROOT / "docs" / "run" / "install.md").read_text(encoding="utf-8")
    found = read_by_code()
    assert {"TELLBACK_HOME", "TELLBACK_KEY", "TELLBACK_ALLOW_HOSTS", "DATABASE_URL"} <= found
    assert [name for name in sorted(found) if f"`{name}`" not in text] == []
