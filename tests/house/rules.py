"""The rules of the house that no import check can see. Each takes source text and answers with faults, in words."""

import ast
import re
from collections.abc import Iterator

LONGEST_FUNCTION = 60
LONGEST_FILE = 300
# Words by which a look-up in a view is tied to the member's workspace: itself, or a row that was found through it.
TIES = re.compile(r"workspace|member|space|\bcase\b|\bbrand\b|\bcalendar\b|\bteam\b|person|token|digest|\buser\b")
LOOKUPS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}
SCRIPTED = re.compile(
    r"<style[^>]*>|<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>"
    r"|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:",
    re.IGNORECASE,
)
SAFE = re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off|\|\s*safeseq\b")
COMMENTED = re.compile(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", re.DOTALL)


def look_ups(source: str) -> list[str]:
    """Views find rows through the member's workspace, or through a row that was found so."""
    return [
        f"line {call.lineno}: {ast.unparse(call)[:80]} finds a row of any workspace; add workspace=member.workspace"
        for call in calls(source)
        if is_look_up(call) and not TIES.search(ast.unparse(call))
    ]


def is_look_up(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Name):
        return call.func.id in LOOKUPS
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in {"get", "aget"}:
        return False
    return ".objects" in ast.unparse(call.func.value)


def calls(source: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def signals(source: str) -> list[str]:
    """What happens is announced, and who hears it stands in flow/wiring.py."""
    tree = ast.parse(source)
    imported = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and re.search(r"django\.[\w.]*(signals|dispatch)\b", ast.unparse(node))
    ]
    used = [
        f"line {node.lineno}: @receiver"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "receiver"
    ]
    return imported + used


def saves(source: str) -> list[str]:
    """A write is a function, not a method that runs whenever a row is saved."""
    return [
        f"line {method.lineno}: {node.name}.{method.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef) and re.search(r"Model|Base", " ".join(map(ast.unparse, node.bases)))
        for method in node.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete", "asave", "adelete"}
    ]


def generic_keys(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {node.id}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id in {"GenericForeignKey", "GenericRelation"}
    ]


def long_functions(source: str) -> list[str]:
    return [
        f"line {node.lineno}: {node.name} has {length(node)} lines"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > LONGEST_FUNCTION
    ]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def long_file(source: str) -> list[str]:
    count = source.count("\n")
    return [f"{count} lines"] if count > LONGEST_FILE else []


def inline(template: str) -> list[str]:
    """The content policy forbids what stands in the page itself; a browser would not run it."""
    return [f"{match[0]!r}" for match in SCRIPTED.finditer(COMMENTED.sub("", template))]


def unescaped(template: str) -> list[str]:
    return [f"{match[0]!r}" for match in SAFE.finditer(COMMENTED.sub("", template))]
