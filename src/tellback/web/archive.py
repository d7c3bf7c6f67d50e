"""The file of a backup: a gzipped tar with manifest.json ahead and, behind it, exactly the members that it names.

Nothing is extracted by the tar's own word: each member is read as a stream, must be a plain file that the manifest
names, once, and must have the size and SHA-256 written there. No Django here: a restore begins without a home.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

FORMAT = 1
LARGEST_MANIFEST = 64 * 1024 * 1024
PIECE = 1024 * 1024
# The only places that a member may have: database and key by name, tables and files below their folders.
PLACES = re.compile(r"tellback\.sqlite3|key|tables/[a-z0-9_]{1,63}\.copy|files/[\w.-]+/[\w.-]+", re.ASCII)


class Unusable(Exception):
    """Why this file cannot be restored, or a backup cannot be made; in words with what to do."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its name there, bytes, SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class Manifest:
    """What a backup holds. `tables` counts rows; `columns` and `sequences` are PostgreSQL's."""

    version: str
    database: str
    made_at: str
    migrations: list[str]
    tables: dict[str, int]
    members: list[Member]
    with_key: bool = False
    missing: list[str] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps({"product": "tellback", "format": FORMAT, **asdict(self)}, indent=1).encode()


def read_manifest(content: bytes) -> Manifest:
    """Raises Unusable."""
    try:
        found = json.loads(content)
        if not isinstance(found["format"], int):
            raise TypeError("format")
        if found.pop("product") != "tellback" or found.pop("format") > FORMAT:
            raise Unusable("This is a backup of another product, or of a later Tellback. Nothing was changed.")
        members = [Member(str(row["name"]), int(row["size"]), str(row["sha256"])) for row in found.pop("members")]
        manifest = Manifest(members=members, **found)
        check_shapes(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as fault:
        raise Unusable("The manifest cannot be read: this is no backup, or damaged. Nothing was changed.") from fault
    wrong = [member.name for member in members if not is_safe(member.name) or member.size < 0]
    if wrong or len({member.name for member in members}) < len(members):
        raise Unusable(f"The manifest names places that no backup has ({wrong[:3]}). Nothing was changed.")
    return manifest


def check_shapes(manifest: Manifest) -> None:
    """Raises TypeError for a part of another shape than it is written in."""
    words = (manifest.version, manifest.database, manifest.made_at, *manifest.migrations, *manifest.missing)
    lists = (manifest.migrations, manifest.missing, *manifest.columns.values(), *manifest.sequences.values())
    names = [name for listed in manifest.columns.values() for name in listed]
    steps = [type(part) for pair in manifest.sequences.values() for part in pair]
    fits = (
        all(isinstance(one, str) for one in (*words, *names))
        and all(isinstance(one, list) for one in lists)
        and all(type(count) is int for count in manifest.tables.values())
        and steps == [int, bool] * len(manifest.sequences)
        and isinstance(manifest.with_key, bool)
    )
    if not fits:
        raise TypeError("manifest")


def is_safe(name: str) -> bool:
    """A plain place below the home."""
    return bool(PLACES.fullmatch(name)) and ".." not in PurePosixPath(name).parts


def digest(path: Path) -> Member:
    """The member that a file would be, by its own name."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            made.update(piece)
        return Member(path.name, file.tell(), made.hexdigest())


def write(out: BinaryIO, manifest: Manifest, places: Sequence[tuple[str, Path]]) -> None:
    """Write the archive. `places` are the members' names and where they lie. Raises Unusable if one has changed."""
    # Level 3 is three times as quick as 9 and a tenth larger; a backup made while people work should be quick.
    with (
        gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=3, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        content = manifest.as_json()
        tar.addfile(described("manifest.json", len(content)), io.BytesIO(content))
        for member, (name, path) in zip(manifest.members, places, strict=True):
            try:
                with path.open("rb") as file:
                    tar.addfile(described(name, member.size), file)
            except OSError as fault:
                raise Unusable(f"{name} changed while it was copied ({fault}): try again") from fault


def described(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def unpack(source: BinaryIO, folder: Path, *, accept: "Accept") -> Manifest:
    """Read an archive into an empty folder, every member checked. `accept` may refuse the manifest. Raises Unusable."""
    try:
        with gzip.GzipFile(fileobj=source, mode="rb") as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            entries = iter(tar)
            manifest = first(tar, next(entries, None))
            accept(manifest)
            for member, info in matched(manifest, entries):
                copy_member(tar, info, member, folder / member.name)
            # gzip's own checksum stands at the very end, behind what tar reads.
            if len(packed.read(PIECE)) == PIECE:
                raise Unusable("Something follows the end of the backup in this file. Nothing was changed.")
            return manifest
    except (EOFError, zlib.error, tarfile.TarError, OSError) as fault:
        raise Unusable(f"The file is damaged or no backup ({fault}). Nothing was changed.") from fault


class Accept:
    """Says whether a backup may be restored here; raises Unusable. The plain one takes any."""

    def __call__(self, manifest: Manifest) -> None:
        return None


def first(tar: tarfile.TarFile, info: tarfile.TarInfo | None) -> Manifest:
    if info is None or info.name != "manifest.json" or not info.isreg() or info.size > LARGEST_MANIFEST:
        raise Unusable("The file does not begin with a manifest: it is no backup of Tellback. Nothing was changed.")
    file = tar.extractfile(info)
    return read_manifest(file.read() if file else b"")


def matched(manifest: Manifest, entries: Iterator[tarfile.TarInfo]) -> Iterator[tuple[Member, tarfile.TarInfo]]:
    """Members in the manifest's order: one that is strange, missing or left over refuses the whole file."""
    expected = iter(manifest.members)
    for info in entries:
        member = next(expected, None)
        if member is None or info.name != member.name or not info.isreg() or info.size != member.size:
            raise Unusable(f"The file holds {info.name!r}, which its manifest does not. Nothing was changed.")
        yield member, info
    left = next(expected, None)
    if left is not None:
        raise Unusable(f"The file ends before {left.name!r}: it was cut. Nothing was changed.")


def copy_member(tar: tarfile.TarFile, info: tarfile.TarInfo, member: Member, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = hashlib.sha256()
    file = tar.extractfile(info)
    with place.open("xb") as out:
        place.chmod(0o600)
        while file and (piece := file.read(PIECE)):
            made.update(piece)
            out.write(piece)
    if made.hexdigest() != member.sha256:
        raise Unusable(f"{member.name} is damaged: its checksum is another. Nothing was changed.")
