"""Files that come with posts: kept when they are of a safe kind and not too large, pictures redrawn and scaled.

A picture is decoded and written anew, so that what is kept is a picture and nothing else (no scripts, no place
where it was taken). They lie outside the web root and are served as attachments by a view that checks the workspace.
"""

import io
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from tellback.kit import bulk
from tellback.listen.post import Attachment, Post
from tellback.networks.contract import Enclosed
from tellback.networks.keeping import storable
from tellback.work.tasks import task

PICTURES = {"image/jpeg", "image/png", "image/gif", "image/webp"}
PAPERS = {"application/pdf", "text/plain"}
LARGEST = 10 * 1024 * 1024
LONGEST_SIDE = 1600
MOST_PIXELS = 24_000_000
# Pillow knows dozens of formats, and hands some of them to other programs: only these four are ever opened.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def attach(posts: Sequence[Post], *, at: datetime) -> None:
    """Keep the files of new posts. Pictures are redrawn by a job: the line must not wait for that."""
    with_files = [post for post in posts if post.said and post.said.enclosed]
    rows = [
        keep(enclosed, workspace=post.workspace_id, post=post.pk, at=at, later=True)
        for post in with_files
        for enclosed in (post.said.enclosed if post.said else ())
    ]
    bulk.insert(rows)
    for row in rows:
        if row.raw_path:
            redraw.once(f"redraw:{row.pk}").enqueue(row.pk)


@task(queue="heavy", attempts=3, lease=120)
def redraw(attachment: int) -> str:
    """Redraw one picture that came with a post; what it came as goes."""
    row = Attachment.objects.filter(pk=attachment).exclude(raw_path="").first()
    if row is None:
        return "gone"
    raw = Path(settings.MEDIA_ROOT) / row.raw_path
    row.raw_path, row.why_not_kept = "", ""
    keep_picture(row, raw.read_bytes() if raw.is_file() else b"")
    row.save()
    raw.unlink(missing_ok=True)
    return row.why_not_kept or row.path


def keep(
    enclosed: Enclosed, *, workspace: int, at: datetime, post: int | None = None, later: bool = False
) -> Attachment:
    """A row for a file, not yet saved, and the file itself below MEDIA_ROOT; or the reason why it was not kept.

    Without `post` it is ours, and goes out with a reply.
    """
    row = Attachment(
        workspace_id=workspace,
        post_id=post,
        name=storable(enclosed.name)[:120] or "file",
        media_type=storable(enclosed.media_type)[:80],
        alt=storable(enclosed.alt)[:1000],
        size=len(enclosed.content or b""),
        at=at,
    )
    if enclosed.content is None:
        row.why_not_kept = (
            storable(f"It stands at {enclosed.url}")[:200] if enclosed.url else "It did not come with the post."
        )
    elif len(enclosed.content) > LARGEST:
        row.why_not_kept = f"It is larger than {LARGEST // 1024 // 1024} MB."
    elif enclosed.media_type in PICTURES and later:
        write(row, enclosed.content, ".raw")
        row.raw_path, row.path, row.why_not_kept = row.path, "", "It is being looked at."
    elif enclosed.media_type in PICTURES:
        keep_picture(row, enclosed.content)
    elif enclosed.media_type in PAPERS:
        write(row, enclosed.content, ".pdf" if enclosed.media_type.endswith("pdf") else ".txt")
    else:
        row.why_not_kept = f"Files of the kind {row.media_type} are not kept."[:200]
    return row


def keep_picture(row: Attachment, content: bytes) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                row.why_not_kept = "The picture has too many pixels."
                return
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            picture = ImageOps.exif_transpose(opened).convert("RGBA" if opened.mode in {"RGBA", "P", "LA"} else "RGB")
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            # Pillow carries a JPEG's comment over by itself.
            picture.info.pop("comment", None)
            out = io.BytesIO()
            kind = "PNG" if picture.mode == "RGBA" else "JPEG"
            picture.save(out, kind, quality=85)
    except Exception:  # Pillow raises a dozen kinds for broken pictures
        row.why_not_kept = "The picture cannot be read."
        return
    row.width, row.height, row.media_type = picture.width, picture.height, f"image/{kind.lower()}"
    write(row, out.getvalue(), f".{kind.lower()}")


def write(row: Attachment, content: bytes, ending: str) -> None:
    """A random name, so that an address cannot be guessed, in a folder of its workspace."""
    path = Path(str(row.workspace_id)) / f"{secrets.token_urlsafe(18)}{ending}"
    whole = Path(settings.MEDIA_ROOT) / path
    whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    whole.write_bytes(content)
    row.path, row.size = str(path), len(content)


def content_of(row: Attachment) -> bytes:
    """The file again. b"" when it is gone."""
    path = Path(settings.MEDIA_ROOT) / row.path
    return path.read_bytes() if row.path and path.is_file() else b""


def remove_file(row: Attachment) -> None:
    for path in (row.path, row.raw_path):
        if path:
            (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)
