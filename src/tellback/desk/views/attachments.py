"""Files that came with posts. Only members of the workspace see them, and no browser ever runs them."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from tellback.desk.loading import one
from tellback.listen.models import Attachment
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member


@require_GET
@members_only()
def attachment(request: HttpRequest, member: Member, pk: int) -> FileResponse:
    """The file, as one to keep: an <img> shows it all the same."""
    row = one(Attachment.objects.filter(workspace=member.workspace, pk=pk).exclude(path=""), "There is no such file.")
    root = Path(settings.MEDIA_ROOT).resolve()
    path = (root / row.path).resolve()
    if not path.is_relative_to(root) or not path.is_file():
        raise Http404("The file is gone.")
    response = FileResponse(path.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response
