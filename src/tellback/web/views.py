"""Addresses that belong to no room."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from tellback import __version__
from tellback.web.start import pending_migrations

# The steps that were behind when this process last looked: a database that is up to date stays so while we run.
_behind: list[int] = []


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when this process can serve: the database answers and is of this version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _behind or _behind[0]:
            _behind[:] = [pending_migrations()]
    except Exception:
        return JsonResponse({"ready": False, "why": "the database does not answer"}, status=503)
    if _behind[0]:
        return JsonResponse({"ready": False, "why": f"the database is {_behind[0]} steps behind"}, status=503)
    return JsonResponse({"ready": True, "version": __version__})


@require_safe
def stream_elsewhere(request: HttpRequest, space: str) -> HttpResponse:
    """The live stream is served beside Django; who arrives here runs the pages under another kind of server."""
    return HttpResponse("The live stream needs the ASGI application tellback.web.asgi.", status=501)
