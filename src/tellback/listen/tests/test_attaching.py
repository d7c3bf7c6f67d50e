"""What is kept of a picture is the picture."""

import io
from pathlib import Path

import pytest
from PIL import Image

from tellback.kit.clock import now
from tellback.listen.attaching import keep
from tellback.networks.contract import Enclosed

PLACE = "Harbour street 3, Corrin"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    words = Image.Exif()
    words[0x010E] = PLACE
    more = {"comment": PLACE.encode()} if kind == "JPEG" else {}
    Image.new("RGB", (40, 20), "red").save(out, kind, exif=words, **more)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_words_inside_a_picture_are_kept(world, settings, tmp_path, kind):
    settings.MEDIA_ROOT = tmp_path
    content = picture(kind)
    assert PLACE.encode() in content
    post = world.hear("tove.hallam", "@norrtel look at this box, it is open")
    row = keep(Enclosed("box", f"image/{kind.lower()}", content), workspace=post.workspace_id, post=post.pk, at=now())
    assert (row.why_not_kept, row.width, row.height) == ("", 40, 20)
    assert PLACE.encode() not in Path(tmp_path, row.path).read_bytes()
