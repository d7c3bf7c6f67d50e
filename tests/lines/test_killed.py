"""Killed at any moment and started again: nothing lost, nothing twice, no reply sent twice.

TELLBACK_KILLS says how often a replay is killed (5; for the figure in docs/measured.md: 50).
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from hashlib import sha256

import pytest
from aiosmtpd.controller import Controller

from tellback.cases import answering
from tellback.cases.models import Case
from tellback.kit.clock import now
from tellback.networks.file import bench_posts
from tellback.networks.models import Delivery
from tellback.notices.models import Notice
from tellback.replies.models import Reply
from tellback.work.models import Job
from tellback.work.worker import run_all_due
from tests.peers.dovecot import free_port
from tests.processes import ROOT, environment, until

KILLS = int(os.environ.get("TELLBACK_KILLS", "5"))
POSTS = 2000
RATE = "2500/s"  # batches of 250: eight moments at which something is saved
# What the state is, in names that do not depend on ids.
STATE = {
    "posts": "SELECT p.external_id, p.text, p.thread, h.name, p.edited_at IS NULL FROM listen_post p "
    "JOIN people_handle h ON h.id = p.author_id",
    "mentions": "SELECT p.external_id, b.name, m.how, m.spans FROM listen_mention m "
    "JOIN listen_post p ON p.id = m.post_id JOIN workspace_brand b ON b.id = m.brand_id",
    "verdicts": "SELECT p.external_id, b.name, v.action, v.edges, v.standing FROM triage_verdict v "
    "JOIN listen_mention m ON m.id = v.mention_id JOIN listen_post p ON p.id = m.post_id "
    "JOIN workspace_brand b ON b.id = m.brand_id",
    "cases": "SELECT s.thread, h.name, c.title, c.urgency, c.lane, c.closed_at IS NULL FROM cases_case c "
    "JOIN people_person h ON h.id = c.person_id JOIN cases_strand s ON s.case_id = c.id",
    "entries": "SELECT s.thread, h.name, e.kind, p.external_id FROM cases_entry e "
    "JOIN cases_case c ON c.id = e.case_id JOIN people_person h ON h.id = c.person_id "
    "JOIN cases_strand s ON s.case_id = c.id LEFT JOIN listen_post p ON p.id = e.post_id",
    "echoes": "SELECT p.external_id, o.external_id, e.kind FROM listen_echo e JOIN listen_post p ON p.id = e.post_id "
    "JOIN listen_post o ON o.id = e.of_id",
    "facts": "SELECT kind, count(*) FROM events_fact GROUP BY kind",
    "tallies": "SELECT b.name, t.edge, t.count FROM triage_tally t JOIN workspace_brand b ON b.id = t.brand_id",
}


def command(home, *arguments):
    return {
        "args": [sys.executable, "-m", "tellback", *arguments],
        "env": environment(TELLBACK_HOME=str(home), DATABASE_URL="", TELLBACK_KEY="k" * 50),
        "cwd": ROOT,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.PIPE,
        "text": True,
    }


def play(home, file):
    """The replay begun, at the moment of its first saved batch; and how long that took."""
    begun = time.monotonic()
    process = subprocess.Popen(**command(home, "replay", str(file), "--mapping", "tellback", "--speed", RATE))
    assert " rows " in process.stderr.readline()
    return process, time.monotonic() - begun


def state(home):
    """The number of rows of every table, and a digest of what each says."""
    base = sqlite3.connect(home / "tellback.sqlite3")
    tables = [
        name
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith(("sqlite_", "django_", "listen_post_fts_"))
    ]
    found = {name: base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}
    for name, statement in STATE.items():
        rows = sorted(repr(row) for row in base.execute(statement))
        found[f"digest of {name}"] = (len(rows), sha256("\n".join(rows).encode()).hexdigest())
    found["left over"] = base.execute("SELECT count(*) FROM networks_rawitem WHERE through_at IS NULL").fetchone()[0]
    base.close()
    return found


def test_a_replay_killed_at_any_moment_and_started_again_leaves_the_same(tmp_path):
    file = tmp_path / "posts.jsonl"
    with file.open("w", encoding="utf-8") as out:
        bench_posts.write(out, POSTS, seed=11)
    empty = tmp_path / "empty"
    empty.mkdir()
    subprocess.run(**command(empty, "manage", "migrate", "-v0"), check=True)

    whole = shutil.copytree(empty, tmp_path / "whole")
    process, starting = play(whole, file)
    begun = time.monotonic()
    process.communicate(timeout=120)
    lasted = time.monotonic() - begun
    wanted = state(whole)
    assert process.returncode == 0
    assert wanted["listen_post"] > POSTS * 0.85
    assert wanted["cases_case"] > 100
    assert wanted["left over"] == 0

    rng = random.Random(3)
    middle = 0
    for number in range(KILLS):
        home = shutil.copytree(empty, tmp_path / f"home{number}")
        if rng.random() < 0.2:
            process = subprocess.Popen(**command(home, "replay", str(file), "--mapping", "tellback", "--speed", RATE))
            time.sleep(rng.uniform(0, starting))
        else:
            process, _ = play(home, file)
            time.sleep(rng.uniform(0, lasted * 0.9))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        before = state(home)
        middle += 0 < before["listen_post"] < wanted["listen_post"]
        process, _ = play(home, file)
        process.communicate(timeout=120)
        after = state(home)
        different = {name: (wanted[name], after[name]) for name in wanted if wanted[name] != after[name]}
        assert not different, f"kill {number}, with {before['listen_post']} posts there"
        shutil.rmtree(home)
    print(f"{KILLS} kills, {middle} of them with a part of the posts there: the state was the same each time")
    assert middle or KILLS < 3


class Sink:
    """An SMTP server that takes a moment for each mail and counts their Message-IDs."""

    def __init__(self):
        self.seen = Counter()
        self.lock = threading.Lock()
        self.rng = random.Random(4)

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        await asyncio.sleep(self.rng.uniform(0.0, 0.05))
        with self.lock:
            self.seen[message_from_bytes(envelope.content)["Message-ID"]] += 1
        await asyncio.sleep(self.rng.uniform(0.0, 0.05))
        return "250 kept"


@pytest.fixture
def smtp():
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=free_port())
    controller.start()
    sink.port = controller.port
    yield sink
    controller.stop()


def engine():
    return subprocess.Popen(
        [sys.executable, "-m", "tellback", "engine"], env=environment(), cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def stop(process):
    process.send_signal(signal.SIGKILL)
    process.wait()


def let_leases_end():
    """What two minutes would do."""
    past = now() - timedelta(seconds=1)
    Job.objects.filter(state="running").update(lease_until=past)
    Delivery.objects.filter(state="sending").update(lease_until=past)


def on_the_way():
    return Reply.objects.filter(state="queued").count()


REPLIES = 50
SENDING_KILLS = max(4, KILLS // 5)


@pytest.mark.django_db(transaction=True)
def test_no_reply_is_sent_twice_or_lost_when_the_engine_is_killed_while_sending(world, smtp):
    for number in range(REPLIES):
        world.hear(f"customer{number}@corrin.example", f"@norrtel you charged me {number} times, house {number * 31}")
    world.paper.network = "mail"
    world.paper.listens = False
    world.paper.settings = {
        "address": "help@norrtel.example", "name": "Norrtel", "user": "x", "password": "x", "smtp_user": "-",
        "imap_host": "127.0.0.1", "imap_port": 1, "imap_security": "plain",
        "smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_security": "plain",
    }  # fmt: skip
    world.paper.save()
    cases = list(Case.objects.all())
    assert len(cases) == REPLIES
    for case in cases:
        answering.answer(case, text="I am Ines at Norrtel. It went back today.", by=world.ines, at=now())

    rng = random.Random(5)
    for number in range(SENDING_KILLS):
        running = engine()
        try:
            wanted = (number + 1) * REPLIES // (SENDING_KILLS + 2)
            until(lambda wanted=wanted: smtp.seen.total() >= wanted or not on_the_way(), within=60, pause=0.005)
            time.sleep(rng.uniform(0, 0.15))
        finally:
            stop(running)
        let_leases_end()
    assert on_the_way()
    running = engine()
    try:
        until(lambda: let_leases_end() or not on_the_way(), within=120, pause=3)
    finally:
        stop(running)

    states = Counter(Reply.objects.values_list("state", flat=True))
    arrived = {name.strip("<>") for name in smtp.seen}
    delivered = set(Delivery.objects.filter(state="delivered").values_list("external_id", flat=True))
    print(f"{SENDING_KILLS} kills while {REPLIES} replies went out: {dict(states)}, {len(arrived)} arrived")
    assert max(smtp.seen.values()) == 1
    assert states["delivered"] + states["unknown"] == REPLIES
    assert delivered <= arrived
    assert len(arrived - delivered) <= states["unknown"]
    assert states["unknown"] <= 2 * SENDING_KILLS  # two workers send at once
    unknown = Reply.objects.filter(state="unknown").values_list("pk", flat=True)
    let_leases_end()
    run_all_due(["default"])
    assert set(Notice.objects.values_list("key", flat=True)) >= {f"reply:{pk}" for pk in unknown}
