"""./run check: everything that CI asks for, in the order in which it fails quickest."""

import ast
import sys
from statistics import median

from steps import ROOT, SOURCES, step, tool


def main() -> int:
    python = tool("python")
    steps = [
        ("Format", tool("ruff", "format", "--check", *SOURCES)),
        ("Lint", tool("ruff", "check", *SOURCES)),
        ("Types", tool("mypy")),
        ("Import contract", tool("lint-imports")),
        ("Migrations", [*python, "-m", "django", "makemigrations", "--check", "--dry-run"]),
        ("Templates", tool("djlint", "src/tellback", "--lint", "--quiet")),
        ("Tests", [*python, "dev/test.py", "--peers"]),
    ]
    failed = [name for name, command in steps if not step(name, command, **SETTINGS)]
    print_sizes()
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll passed.")
    return 1 if failed else 0


SETTINGS = {"DJANGO_SETTINGS_MODULE": "tellback.web.settings_test"}


def print_sizes() -> None:
    """How long functions and files are: a rise is talked about, not failed."""
    lengths, files = [], []
    for path in (ROOT / "src").rglob("*.py"):
        if {"tests", "migrations"} & set(path.parts):
            continue
        text = path.read_text()
        files.append((text.count("\n"), path))
        tree = ast.walk(ast.parse(text))
        defs = [node for node in tree if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        lengths += [(node.end_lineno or node.lineno) - node.lineno + 1 for node in defs]
    lengths.sort()
    longest, path = max(files)
    print(
        f"\nFunctions: {len(lengths)}, median {median(lengths):.0f} lines, p90 {lengths[int(len(lengths) * 0.9)]}, "
        f"longest {lengths[-1]}. Longest file: {path.relative_to(ROOT)}, {longest} lines."
    )


if __name__ == "__main__":
    sys.exit(main())
