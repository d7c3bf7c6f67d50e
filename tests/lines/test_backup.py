"""A backup while a replay writes, restored elsewhere: one moment, equal rows and files; bad files refused."""

import gzip
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import time
import uuid
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings

from tellback.web.archive import Unusable, is_safe, read_manifest
from tellback.web.restoring import opens, restore

ROOT = Path(__file__).resolve().parents[2]
IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
SEED = """
import sys, django
django.setup()
from tellback.web.start import bring_up_to_date
bring_up_to_date()
from tellback.flow.founding import found
from tellback.kit.clock import now
from tellback.kit.secret import seal
from tellback.listen.attaching import keep
from tellback.networks.contract import Enclosed
from tellback.networks.models import Connection
from tellback.workspace.models import User
at = now()
space = found("Harbour desk", at=at, owner=User.objects.create_user("odile@harbour.example", "seven grey herons"))
Connection.objects.create(workspace=space, network="mail", label="Mail", name="Mail", made_at=at, listens=False,
                          secrets=seal({"password": "low tide"}))
for number in range(20):
    file = Enclosed(f"{number}.txt", "text/plain", str(number).encode() * 999)
    keep(file, workspace=space.pk, at=at).save(force_insert=True)
"""


class Place:
    """One installation in a folder of its own, with a database of its own."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TELLBACK", "DATABASE"))},
            "PYTHONPATH": str(ROOT / "src"),
            "TELLBACK_HOME": str(folder),
            "DJANGO_SETTINGS_MODULE": "tellback.web.settings",
        }
        if IS_POSTGRESQL:
            self.env["DATABASE_URL"] = fresh_database()

    def run(self, *arguments, code=0, **more):
        done = subprocess.run(
            [sys.executable, "-m", "tellback", *map(str, arguments)],
            env=self.env,
            capture_output=True,
            timeout=120,
            check=False,
            **more,
        )
        assert done.returncode == code, done.stderr.decode()
        return done

    def python(self, program):
        done = subprocess.run(
            [sys.executable, "-c", program], env=self.env, capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def counts(self):
        return json.loads(self.python(COUNTS))


COUNTS = """
import django, json
django.setup()
from django.apps import apps
from django.db import connection
import hashlib
found = {}
for model in apps.get_models(include_auto_created=True):
    if model._meta.managed and not model._meta.proxy:
        rows = sorted(map(repr, model._default_manager.order_by().values_list()))
        found[model._meta.db_table] = [len(rows), hashlib.sha256("".join(rows).encode()).hexdigest()]
print(json.dumps(found))
"""


def fresh_database():
    import psycopg

    base = settings.DATABASES["default"]
    address = f"{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}"
    name = f"tellback_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"postgres://{address}/postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    return f"postgres://{address}/{name}"


@pytest.fixture(scope="module")
def seeded(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("seeded") / "home")
    place.python(SEED)
    return place


@pytest.fixture(scope="module")
def kept(seeded, tmp_path_factory):
    file = tmp_path_factory.mktemp("kept") / "all.tar.gz"
    seeded.run("backup", file)
    return file


def files_of(home):
    root = home / "files"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_backup_restored_elsewhere_is_equal(seeded, kept, tmp_path):
    there = Place(tmp_path / "there")
    done = there.run("restore", kept)
    assert b"secrets of 1 connection cannot be opened" in done.stderr
    assert b"put the file `key`" in done.stderr
    assert there.counts() == seeded.counts()
    assert len(files_of(there.home)) == 20
    assert files_of(there.home) == files_of(seeded.home)
    assert (there.home.stat().st_mode & 0o077) == 0
    shutil.copy(seeded.home / "key", there.home / "key")
    assert there.python(UNSEAL).strip() == "low tide"


UNSEAL = """
import django
django.setup()
from tellback.networks.models import Connection
print(Connection.objects.get(name="Mail").all_settings()["password"])
"""


def test_the_key_is_in_it_only_when_asked(seeded, kept, tmp_path):
    key = (seeded.home / "key").read_bytes()
    assert key not in gzip.decompress(kept.read_bytes())
    file = tmp_path / "with.tar.gz"
    assert b"Keep it as you keep a password" in seeded.run("backup", file, "--with-key").stderr
    assert file.stat().st_mode & 0o077 == 0
    assert key in gzip.decompress(file.read_bytes())
    there = Place(tmp_path / "there")
    done = there.run("restore", file)
    assert b"cannot be opened" not in done.stderr
    assert there.python(UNSEAL).strip() == "low tide"


def test_by_standard_output_and_input(seeded, tmp_path):
    done = seeded.run("backup", "-")
    there = Place(tmp_path / "there")
    there.run("restore", "-", input=done.stdout)
    assert there.counts() == seeded.counts()


def test_during_a_replay_it_is_one_moment(tmp_path):
    here = Place(tmp_path / "here")
    posts = tmp_path / "posts.jsonl"
    with posts.open("w") as out:
        for number in range(6000):
            row = {
                "id": f"n{number}",
                "author": f"person{number % 900}",
                "text": f"@norrtel number {number} is broken, nobody answers {number * 7}",
                "brand": "Norrtel",
            }
            out.write(json.dumps(row) + "\n")
    here.python("import django; django.setup(); from tellback.web.start import bring_up_to_date; bring_up_to_date()")
    command = [sys.executable, "-m", "tellback", "replay", str(posts), "--mapping", "tellback", "--speed", "600/s"]
    with subprocess.Popen(command, env=here.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as replay:
        time.sleep(3)
        copies = []
        while replay.poll() is None and len(copies) < 3:
            copies.append(tmp_path / f"during-{len(copies)}.tar.gz")
            here.run("backup", copies[-1])
        writing = replay.poll() is None
        _, words = replay.communicate(timeout=120)
    assert replay.returncode == 0, words.decode()
    assert writing
    seen = set()
    for number, file in enumerate(copies):
        there = Place(tmp_path / f"there-{number}")
        there.run("restore", file)
        assert there.python(WHOLE).split()[0] == "whole"
        seen.add(there.python(WHOLE).split()[1])
    assert len(seen) > 1
    assert max(map(int, seen)) < 6000


# Every batch is one transaction, so that in any single moment what belongs together is there together.
WHOLE = """
import django
django.setup()
from tellback.events.models import Fact
from tellback.listen.models import Post
from tellback.networks.models import RawItem
from tellback.work.models import Route
from tellback.cases.models import Case, Clock
posts = Post.objects.count()
through = RawItem.objects.filter(through_at__isnull=False).count()
same = posts == through == Route.objects.filter(line="incoming").count()
same = same and posts == Fact.objects.filter(kind="post.heard").count()
same = same and Case.objects.count() == Clock.objects.count() == Fact.objects.filter(kind="case.opened").count() > 0
print("whole" if same else "torn", posts)
"""


def test_a_full_home_is_refused(seeded, kept):
    before = files_of(seeded.home)
    done = seeded.run("restore", kept, code=2)
    assert b"is not empty" in done.stderr
    assert files_of(seeded.home) == before


@pytest.mark.only_postgresql
def test_a_full_database_is_refused(seeded, kept, tmp_path):
    there = Place(tmp_path / "there")
    there.env["DATABASE_URL"] = seeded.env["DATABASE_URL"]
    before = seeded.counts()
    done = there.run("restore", kept, code=2)
    assert b"not empty: make a new one" in done.stderr
    assert seeded.counts() == before
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_not_overwritten(seeded, kept):
    before = kept.read_bytes()
    seeded.run("backup", kept, code=2)
    assert kept.read_bytes() == before


def spoil(kept, change):
    """The archive again, its (name, content) members changed; links and the like by a TarInfo."""
    with tarfile.open(kept) as tar:
        rows = [(tarfile.TarInfo(info.name), tar.extractfile(info).read()) for info in tar]
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for info, content in change(rows):
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def with_manifest(rows, change):
    manifest = json.loads(rows[0][1])
    change(manifest)
    return [(rows[0][0], json.dumps(manifest).encode()), *rows[1:]]


def link(target):
    info = tarfile.TarInfo("files/1/a.txt")
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def renamed(rows, name):
    rows = with_manifest(rows, lambda manifest: manifest["members"][-1].update(name=name))
    rows[-1][0].name = name
    return rows


def flipped(content):
    return content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]


SPOILT = {
    "another byte": (lambda rows: [*rows[:-1], (rows[-1][0], flipped(rows[-1][1]))], "checksum"),
    "one left out": (lambda rows: rows[:-1], "cut"),
    "one too many": (lambda rows: [*rows, (tarfile.TarInfo("files/1/x.txt"), b"x")], "manifest does not"),
    "out of the folder": (lambda rows: renamed(rows, "files/../../evil"), "no backup has"),
    "an absolute place": (lambda rows: renamed(rows, "/etc/evil"), "no backup has"),
    "a hidden climb": (lambda rows: [*rows, (tarfile.TarInfo("../evil"), b"x")], "manifest does not"),
    "a link": (lambda rows: [*rows[:-1], (link("/etc/passwd"), b"")], "manifest does not"),
    "a later version": (lambda rows: with_manifest(rows, lambda m: m.update(version="99.0")), "later one"),
    "a later step": (
        lambda rows: with_manifest(rows, lambda m: m["migrations"].append("cases.0999_later")),
        "later one",
    ),
    "a later format": (lambda rows: with_manifest(rows, lambda m: m.update(format=9)), "later Tellback"),
    "other counts": (lambda rows: with_manifest(rows, lambda m: m["tables"].update(workspace_user=77)), "not 77"),
    "no manifest": (lambda rows: rows[1:], "no backup"),
    "a broken manifest": (lambda rows: [(rows[0][0], b"{"), *rows[1:]], "cannot be read"),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_file_is_refused_and_leaves_nothing(kept, tmp_path, fault):
    change, words = SPOILT[fault]
    there = Place(tmp_path / "in" / "there")
    done = there.run("restore", "-", code=2, input=spoil(kept, change))
    assert words in done.stderr.decode()
    assert "Nothing was changed" in done.stderr.decode()
    assert not there.home.exists()
    assert list((tmp_path / "in").iterdir()) == []
    assert not Path("/etc/evil").exists()


@pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.7, 0.999])
def test_a_cut_file_is_refused(kept, tmp_path, share):
    content = kept.read_bytes()
    with pytest.raises(Unusable, match="Nothing was changed"):
        restore(
            io.BytesIO(content[: int(len(content) * share)]),
            tmp_path / "home",
            database_url="postgres" if IS_POSTGRESQL else "",
            key="k",
        )
    assert list(tmp_path.iterdir()) == []


def test_the_other_kind_of_database_is_named(kept, tmp_path):
    url = "" if IS_POSTGRESQL else "postgres://nobody@127.0.0.1:1/none"
    with kept.open("rb") as file, pytest.raises(Unusable, match="DATABASE_URL"):
        restore(file, tmp_path / "home", database_url=url, key="k")


@pytest.mark.only_sqlite
def test_the_search_of_a_restored_database_is_sound(kept, tmp_path):
    with kept.open("rb") as file:
        restore(file, tmp_path / "home", database_url="", key="k")
    with closing(sqlite3.connect(tmp_path / "home" / "tellback.sqlite3")) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("PRAGMA foreign_key_check").fetchone() is None
        base.execute("INSERT INTO listen_post_fts(listen_post_fts, rank) VALUES ('integrity-check', 1)")


@pytest.mark.parametrize(
    "name", ["../key", "files/a/../b", "files/..", "/key", "key/..", "files//x", "tables/x.sql", "other", "files/a/b/c"]
)
def test_places_that_no_member_has(name):
    assert not is_safe(name)


def test_a_value_without_secrets_opens_with_any_key():
    assert opens("{}", "")
    assert not opens("gAAAAABx", "some key")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"null", b'{"product": "tellback"}', b'{"product": "other", "format": 1}', b"\xff"]
)
def test_a_manifest_that_is_none(content):
    with pytest.raises(Unusable):
        read_manifest(content)
