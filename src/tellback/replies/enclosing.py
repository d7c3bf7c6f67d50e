"""Files that go out with a reply, where the network takes them."""

from collections.abc import Sequence
from datetime import datetime

from tellback.listen.attaching import content_of, keep, remove_file
from tellback.networks.contract import Enclosed
from tellback.networks.models import Connection
from tellback.replies.reply import Enclosure, Reply

MOST = 5


def why_not(files: Sequence[Enclosed], connection: Connection) -> str:
    """Why these files cannot go there, in words; "" when they can."""
    if files and not connection.adapter.encloses:
        return f"{connection.label} takes no files. Take them off, or put them where a link leads."
    if len(files) > MOST:
        return f"A reply takes {MOST} files at most; these are {len(files)}."
    return ""


def enclose(reply: Reply, files: Sequence[Enclosed], *, at: datetime) -> str:
    """Keep files with a reply. Answers why one of them could not be kept, and then keeps none; "" when all are."""
    rows = [keep(file, workspace=reply.workspace_id, at=at) for file in files]
    refused = next((row for row in rows if row.why_not_kept), None)
    if refused is not None:
        for row in rows:
            remove_file(row)
        return f"{refused.name}: {refused.why_not_kept}"
    for row in rows:
        row.save()
        Enclosure.objects.create(reply=reply, attachment=row)
    return ""


def enclosed_with(reply: Reply) -> tuple[Enclosed, ...]:
    """The files of a reply as they go out."""
    rows = [each.attachment for each in reply.enclosures.select_related("attachment").order_by("id")]
    return tuple(Enclosed(row.name, row.media_type, content_of(row), alt=row.alt) for row in rows)
