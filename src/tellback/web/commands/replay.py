"""tellback replay FILE --mapping NAME: real posts through the whole line, with a progress bar and a closing table."""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from tellback.web.start import begin, say

SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    begin()
    from tellback.flow import replay
    from tellback.kit.process import settle_down
    from tellback.networks.contract import Unreachable
    from tellback.networks.file.mapping import MappingFault

    try:
        speed = replay.Speed.parse(options.speed)
        connection = replay.prepare(options.file, options.mapping, brand=options.brand, space=options.workspace)
        settle_down()
        report = replay.play(connection, speed, progress=Bar())
    except (Unreachable, MappingFault, ValueError) as fault:
        say(f"\ntellback replay: {fault}")
        return 2
    say("\r" + " " * 78 + "\r" + table(report.as_dict()))
    for words in [*refused(report, connection.name), *unreadable(report)]:
        say(words)
    say(where_to_look(connection.workspace))
    if options.json:
        write_json(options.json, report.as_dict())
    return 1 if report.refused else 0


def where_to_look(workspace: Any) -> str:
    """The address of what was played, and how to come in. The only owner of an installation is let in by this."""
    from django.conf import settings
    from django.urls import reverse

    from tellback.kit.clock import now
    from tellback.workspace.founding import add_member
    from tellback.workspace.models import Role, User

    address = settings.PUBLIC_URL + reverse("desk:inbox", args=[workspace.slug])
    owners = list(User.objects.filter(memberships__role=Role.OWNER, is_active=True).exclude(password="").distinct())
    owners = [user for user in owners if user.has_usable_password()]
    if len(owners) == 1:
        add_member(workspace, owners[0], role=Role.OWNER, at=now())
        return f"\nLook at it as {owners[0].email}: {address}"
    return (
        f"\nLook at it: {address} (let somebody in with: owner EMAIL --workspace {workspace.name!r} --password-stdin)"
    )


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="tellback replay", description="Play a file of posts through the whole line.")
    made.add_argument("file", help="CSV, TSV or JSON Lines, plain or gzip; - is standard input")
    made.add_argument("--mapping", required=True, help="airline, twcs, ibm, tellback, or a file of your own")
    made.add_argument("--speed", default="max", help="max, 1000x (times as quick as it was) or 500/s")
    made.add_argument("--brand", default="", help="put all posts on this one brand")
    made.add_argument("--workspace", default="", help="the name of the workspace to play into")
    made.add_argument("--json", default="", help="write the table to this file; - is standard output")
    return made


class Bar:
    """A progress bar on standard error; where that is no terminal, a line every tenth."""

    def __init__(self) -> None:
        self.last = -1

    def __call__(self, share: float, report: Any) -> None:
        done = int(share * 40) if sys.stderr.isatty() else int(share * 10)
        if done == self.last:
            return
        self.last = done
        rate = report.rows / report.seconds if report.seconds else 0
        words = f"{share:4.0%}  {report.rows:,} rows  {rate:,.0f} a second"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r[{'=' * done}{' ' * (40 - done)}] {words}")
            sys.stderr.flush()
        else:
            say(words)


# (heading, what counts there): rows, then posts, then mentions, each with its own unit.
GROUPS: list[tuple[str, dict[str, str]]] = [
    (
        "Rows of the file (kept, repeated and refused make up all)",
        {
            "rows": "rows",
            "kept": "kept",
            "faulty": "  of these with something unreadable",
            "repeated": "repeated: came before",
            "refused": "refused",
        },
    ),
    (
        "Posts, one for each row kept",
        {
            "edits": "edits of a post that was there",
            "echoes": "echoes of another post",
            "own": "the brand's own words",
            "matched": "speak of a brand",
            "entries": "went on in an open case",
            "waiting": "wait for a person's yes or no",
        },
    ),
    ("Mentions: a post that speaks of two brands counts twice", {"cases": "opened a case, or opened one again"}),
]


def table(figures: dict[str, Any]) -> str:
    lines: list[str] = []
    for heading, names in GROUPS:
        lines += ["", heading, *(line(words, f"{figures[name]:,}") for name, words in names.items())]
    lines += [line(f"judged: {action}", f"{count:,}") for action, count in figures["verdicts"].items()]
    lines += [
        "",
        "Time",
        line("seconds", f"{figures['seconds']:,.2f}"),
        line("of the processor", f"{figures['cpu_seconds']:,.2f}"),
        line("posts a second", f"{figures['posts_per_second']:,.0f}"),
        line("arrival to case, p50", f"{figures['p50_seconds'] * 1000:,.0f} ms"),
        line("arrival to case, p99", f"{figures['p99_seconds'] * 1000:,.0f} ms"),
    ]
    return "\n".join(lines)


def line(words: str, value: str) -> str:
    return f"  {words:<38}{value:>12}"


def refused(report: Any, connection: str) -> list[str]:
    """What was not taken in, said so that nobody thinks that all of it failed."""
    if not report.refused:
        return []
    if report.refused == 1:
        return ["", f"1 row was refused: {report.broken[0].rstrip('.')}. All the rest is in."]
    said = [f"  {words}" for words in report.broken[:SHOWN]]
    more = report.refused - len(said)
    rest = [f"  and {more:,} more; all of them stand with the connection {connection!r}"] if more > 0 else []
    return ["", f"{report.refused:,} rows were refused; all the rest is in.", *said, *rest]


def unreadable(report: Any) -> list[str]:
    """What was taken in without a part of it that could not be read."""
    if not report.faulty:
        return []
    said = [f"  {words}" for words in report.amiss[:SHOWN]]
    more = [f"  and {report.faulty - len(said):,} more"] if report.faulty > len(said) else []
    return ["", f"Kept, though something in them could not be read: {report.faulty:,}.", *said, *more]


def write_json(path: str, figures: dict[str, Any]) -> None:
    text = json.dumps(figures, indent=2, ensure_ascii=False) + "\n"
    if path == "-":
        sys.stdout.write(text)
    else:
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
