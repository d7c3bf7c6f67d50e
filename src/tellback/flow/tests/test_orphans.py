"""Files that no row names go, a day later; nobody's work under way does."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from tests.processes import begin, end, until

from tellback.flow.clock import sweep_files
from tellback.kit.clock import now
from tellback.listen.attaching import keep
from tellback.listen.models import Attachment
from tellback.listen.orphans import sweep
from tellback.networks.contract import Enclosed

KILLED = """
import time
from django.conf import settings
settings.MEDIA_ROOT = {root!r}
from django.db import transaction
from tellback.kit.clock import now
from tellback.listen.attaching import keep
from tellback.networks.contract import Enclosed
with transaction.atomic():
    keep(Enclosed("bill.txt", "text/plain", b"49 twice"), workspace={space}, at=now()).save()
    print("written", flush=True)
    {then}
"""


@pytest.fixture
def root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def files(root):
    return sorted(path for path in Path(root).rglob("*") if path.is_file())


def grow_old(root, days=2):
    for path in files(root):
        os.utime(path, times=(path.stat().st_mtime - days * 86400,) * 2)


def kept(world, name="a.txt"):
    row = keep(Enclosed(name, "text/plain", b"words"), workspace=world.workspace.pk, at=now())
    row.save()
    return row


def test_what_a_batch_that_was_taken_back_left_goes_and_the_rest_stays(world, root):
    standing = kept(world)
    picture = keep(
        Enclosed("p.png", "image/png", b"not yet redrawn"), workspace=world.workspace.pk, at=now(), later=True
    )
    picture.save()
    with transaction.atomic():
        kept(world)
        transaction.set_rollback(True)
    (root / "notes").mkdir()
    (root / "notes" / "of-the-operator.txt").write_text("keep me")
    assert len(files(root)) == 4
    assert sweep(written_before=now() - timedelta(days=1)) == 0
    grow_old(root)
    assert sweep_files.func() == 1
    named = {root / standing.path, root / picture.raw_path, root / "notes" / "of-the-operator.txt"}
    assert set(files(root)) == named


def test_more_files_than_one_look_holds(world, root, monkeypatch):
    monkeypatch.setattr("tellback.listen.orphans.AT_ONCE", 3)
    standing = [kept(world) for _ in range(5)]
    with transaction.atomic():
        for _ in range(5):
            kept(world)
        transaction.set_rollback(True)
    grow_old(root)
    assert sweep(written_before=now()) == 5
    assert set(files(root)) == {root / row.path for row in standing}


def test_without_a_folder_there_is_nothing_to_do(root, db):
    assert sweep(written_before=now()) == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_batch_leaves_nothing_for_long(world, root):
    code = KILLED.format(root=str(root), space=world.workspace.pk, then="time.sleep(60)")
    process = begin(code)
    assert process.stdout.readline().strip() == "written"
    process.kill()
    process.communicate()
    assert len(files(root)) == 1
    assert not Attachment.objects.exists()
    grow_old(root)
    assert sweep(written_before=now() - timedelta(days=1)) == 1
    assert files(root) == []


@pytest.mark.django_db(transaction=True)
def test_a_batch_under_way_keeps_its_files(world, root):
    wait = f"[time.sleep(0.05) for _ in iter(lambda: not __import__('os').path.exists({str(root / 'go')!r}), False)]"
    process = begin(KILLED.format(root=str(root), space=world.workspace.pk, then=wait))
    assert process.stdout.readline().strip() == "written"
    assert sweep(written_before=now() - timedelta(days=1)) == 0
    (root / "go").touch()
    end(process)
    until(Attachment.objects.exists)
    assert (root / Attachment.objects.get().path).read_bytes() == b"49 twice"
