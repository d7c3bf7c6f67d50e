"""A policy as a file: read with suspicion, written for keeping. What a stranger's JSON may hold stops here."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from tellback.triage.policy import Policy, PolicyFaults

LARGEST = 262_144
"""Bytes of a policy file; the default chart with its examples has under 10,000."""
MOST_PARTS = 60
MOST_EXAMPLES = 500
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,35}\Z")
LENGTHS = {"question": 120, "words": 60, "todo": 400, "name": 80, "source": 200}


def read_policy(text: str) -> dict[str, Any]:
    """The JSON object of a policy file. Raises PolicyFaults with everything that keeps it from being read."""
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise PolicyFaults([_("The file is larger than 256 kB. A policy is a page or two of JSON.")])
    written = parsed(text)
    faults = [*part_faults(written), *example_faults(written)]
    if faults:
        raise PolicyFaults(faults)
    return written


def parsed(text: str) -> dict[str, Any]:
    try:
        written = json.loads(text, parse_constant=no_number)
    except RecursionError as fault:
        raise PolicyFaults([_("The file is nested too deeply to be a policy.")]) from fault
    except json.JSONDecodeError as fault:
        said = {"line": fault.lineno, "why": fault.msg}
        raise PolicyFaults([_("Line %(line)s is not JSON: %(why)s.") % said]) from fault
    except ValueError as fault:
        raise PolicyFaults([_("The file holds a number that is none: %(why)s.") % {"why": fault}]) from fault
    if not isinstance(written, dict):
        raise PolicyFaults([_("The file holds no policy: it must be one JSON object with nodes and actions.")])
    if not storable(written):
        raise PolicyFaults([_("The file holds a character that cannot be kept: NUL, or half of a pair. Take it out.")])
    return written


def storable(written: dict[str, Any]) -> bool:
    """Can every database keep it? NUL and halves of characters it cannot."""
    whole = json.dumps(written, ensure_ascii=False)
    try:
        whole.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in whole


def no_number(name: str) -> NoReturn:
    raise ValueError(name)


def part_faults(written: dict[str, Any]) -> Iterator[str]:
    """What the chart's own reader does not ask: how many, how long, and ids that can stand in an address."""
    for part, name in (("nodes", _("Node")), ("actions", _("Action"))):
        rows = written.get(part)
        if isinstance(rows, list) and len(rows) > MOST_PARTS:
            yield _("There are more than %(most)s %(part)s. Nobody could read that chart.") % {
                "most": MOST_PARTS,
                "part": part,
            }
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, dict):
                yield from row_faults(row, name)
    yield from long_faults(written, _("The chart"))


def row_faults(row: dict[str, Any], name: str) -> Iterator[str]:
    known = row.get("id")
    if known is not None and not (isinstance(known, str) and ID.match(known)):
        said = {"name": name, "id": str(known)[:40]}
        yield _("%(name)s “%(id)s”: an id has up to 36 small letters, figures, - and _.") % said
    yield from long_faults(row, f"{name} {str(known)[:40]}")


def long_faults(row: dict[str, Any], name: str) -> Iterator[str]:
    for key, most in LENGTHS.items():
        if isinstance(row.get(key), str) and len(row[key]) > most:
            yield _("%(name)s: “%(key)s” is longer than %(most)s characters.") % {
                "name": name,
                "key": key,
                "most": most,
            }
    for answer in ("yes", "no"):
        edge = row.get(answer)
        if isinstance(edge, dict) and len(str(edge.get("words", ""))) > 20:
            yield _("%(name)s: the words of “%(answer)s” are longer than 20 characters.") % {
                "name": name,
                "answer": answer,
            }


def example_faults(written: dict[str, Any]) -> Iterator[str]:
    rows = written.get("examples", [])
    if not isinstance(rows, list) or len(rows) > MOST_EXAMPLES:
        yield _("“examples” must be a list of at most %(most)s.") % {"most": MOST_EXAMPLES}
        return
    for place, row in enumerate(rows, 1):
        if not isinstance(row, dict) or not sound(row):
            yield _("Example %(place)s: it needs words, facts as numbers, answers as true or false.") % {"place": place}


def sound(row: dict[str, Any]) -> bool:
    """Is each part of an example of the kind that the chart's trial expects?"""
    facts, answers, audience = row.get("facts", {}), row.get("answers", {}), row.get("audience", 0)
    return (
        isinstance(facts, dict)
        and all(is_number(value) for value in facts.values())
        and isinstance(answers, dict)
        and all(isinstance(value, bool) for value in answers.values())
        and is_number(audience)
        and all(isinstance(row.get(key, ""), str) for key in ("words", "lang", "ends", "waits"))
        and len(row.get("words", "")) <= 5000
    )


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def write_policy(policy: Policy) -> str:
    """The file of a version: read again, it makes the same chart with the same examples."""
    return written_out({**policy.chart, "examples": policy.examples})


def written_out(written: dict[str, Any]) -> str:
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"
