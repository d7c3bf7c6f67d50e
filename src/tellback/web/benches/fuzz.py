"""tellback bench fuzz: every parser with broken input, for a time. A crash is printed with its input and fails.

Inputs are mutations of the shapes that the parsers know (written here, invented) and of what was interesting before.
"""

import argparse
import base64
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from tellback.web.start import begin, say

SEEDS = [
    b'{"id": "1", "by": "tove", "text": "hello", "at": "2026-01-01T00:00:00Z", "answers": "2", "deleted": true}',
    b'tweet_id,created_at,text\n1,2015-02-22 23:54:36 -0800,"a, ""quoted"" text"\n2,,\n',
    b"Message-ID: <a@b.example>\r\nFrom: =?utf-8?q?T=C3=B6ve?= <t@b.example>\r\nSubject: Re: x\r\n"
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html; charset=latin-1\r\n\r\n"
    b'<p>caf\xe9</p>\r\n--x\r\nContent-Disposition: attachment; filename="a.png"\r\n\r\nabc\r\n--x--\r\n',
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>a</title>'
    b"<description>&lt;b&gt;hi&lt;/b&gt;</description><pubDate>Mon, 01 Jan 9999 00:00:00 GMT</pubDate></item>"
    b"</channel></rss>",
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_html": "<i>x</i>", "url": "//"}]}',
    '@norrtel I am sooo happy \U0001f643 https://x.example/"don\'t" #fail “quoted” it’s -1 &amp; \u202e\u0000'.encode(),
    b'{"id": "c", "name": "c", "start": "a", "nodes": [], "actions": []}',
]
Target = tuple[Callable[[bytes], object], tuple[type[Exception], ...]]


def main(arguments: Sequence[str]) -> int:
    made = argparse.ArgumentParser(prog="tellback bench fuzz")
    made.add_argument("--seconds", type=float, default=60)
    made.add_argument("--seed", type=int, default=1)
    options = made.parse_args(arguments)
    begin(migrate=False)
    found = targets()
    say(f"{len(found)} parsers, {options.seconds:.0f} seconds, seed {options.seed}")
    return fuzz(found, options.seconds, random.Random(options.seed))  # noqa: S311


def fuzz(found: dict[str, Target], seconds: float, chance: random.Random) -> int:
    names = sorted(found)
    counts = dict.fromkeys(names, 0)
    slowest = (0.0, "")
    end = time.monotonic() + seconds
    said = time.monotonic()
    while time.monotonic() < end:
        name = chance.choice(names)
        call, allowed = found[name]
        raw = mutate(chance)
        begun = time.process_time()
        try:
            call(raw)
        except allowed:
            pass
        except Exception as fault:
            say(f"{name} crashed with {type(fault).__name__}: {fault}\ninput, base64: {base64.b64encode(raw).decode()}")
            return 1
        slowest = max(slowest, (time.process_time() - begun, name))
        counts[name] += 1
        if time.monotonic() - said > 60:
            said = time.monotonic()
            say(f"{sum(counts.values()):,} inputs, {end - said:.0f} s to go")
    say(
        f"{sum(counts.values()):,} inputs, no crash; the slowest took {slowest[0]:.3f} s of the processor ({slowest[1]})"
    )
    for name in names:
        print(f"{name}\t{counts[name]}")
    return 0


def mutate(chance: random.Random) -> bytes:
    """A seed, or two spliced, with some bytes changed, doubled, cut or thrown in."""
    raw = bytearray(chance.choice(SEEDS))
    if chance.random() < 0.3:
        other = chance.choice(SEEDS)
        raw[chance.randrange(len(raw)) :] = other[chance.randrange(len(other)) :]
    for _ in range(chance.randrange(1, 8)):
        at = chance.randrange(len(raw) + 1)
        match chance.randrange(5):
            case 0:
                raw[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 6)))
            case 1:
                del raw[at : at + chance.randrange(1, 20)]
            case 2:
                raw[at:at] = raw[max(0, at - chance.randrange(1, 200)) : at] * chance.randrange(1, 4)
            case 3:
                raw[at:at] = chance.choice(
                    [b"\x00", b"\xff\xfe", b'"', b"\r\n", b"<![CDATA[", b"\\ud800", b"9" * 400, b"[" * 300]
                )
            case _:
                raw[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(raw)


def targets() -> dict[str, Target]:
    """Every parser of the product: the adapters' own, and those of the rooms."""
    from tellback.networks.feed import fuzz as feed
    from tellback.networks.file import fuzz as file
    from tellback.networks.mail import fuzz as mail

    found: dict[str, Target] = dict(file.targets())
    for module in (feed, mail):
        found |= {name: (call, tuple(module.ALLOWED)) for name, call in module.targets().items()}
    return found | rooms()


def rooms() -> dict[str, Target]:
    from tellback.listen import alike
    from tellback.listen.terms import Terms
    from tellback.networks.contract import Unreadable
    from tellback.networks.keeping import storable
    from tellback.networks.paper.adapter import Paper
    from tellback.replies.considerations import consider
    from tellback.triage.chart import ChartError, load
    from tellback.triage.faults import validate
    from tellback.triage.filing import read_policy
    from tellback.triage.policy import PolicyFaults
    from tellback.triage.rules import RuleJudge
    from tellback.triage.signals import Exhibit

    terms = Terms(
        [(1, "name", "Norrtel"), (1, "handle", "@norrtel"), (1, "site", "x.example"), (2, "name", "Blue Sky")]
    )
    paper, judge = Paper(), RuleJudge()

    def text(raw: bytes) -> str:
        return raw.decode("utf-8", "surrogateescape")

    def chart(raw: bytes) -> Any:
        return validate(load(read_policy(raw.decode("utf-8", "replace"))))

    return {
        "paper.parse": (lambda raw: paper.parse(text(raw), {}), (Unreadable,)),
        "keeping.storable": (lambda raw: storable(text(raw)).encode(), ()),
        "terms.find": (lambda raw: terms.find(text(raw)), ()),
        "alike.bands": (lambda raw: alike.bands(alike.pairs(["a", *alike.words(storable(text(raw)))]) or {1}, 1), ()),
        "triage.signals": (lambda raw: judge.signals([Exhibit(text(raw), facts={"about_us": 1.0})]), ()),
        "triage.chart": (chart, (ChartError, PolicyFaults)),
        "replies.consider": (
            lambda raw: consider(
                text(raw), brand="Norrtel", handle_says_brand=False, over_by=0, audience=1, public=True
            ),
            (),
        ),
    }  # fmt: skip
