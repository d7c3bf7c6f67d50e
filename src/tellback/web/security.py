"""Headers that keep a page from doing what we never meant it to do."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, QueryDict

from tellback.kit.charset import storable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


class ContentSecurityPolicy:
    """Nothing from anywhere else, no inline script or style, no framing. Strict on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=(), payment=()")
        return response


class StorableTexts:
    """What no database holds (NUL, half a character) is taken out of what a form or an address says, for every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        # Only here, behind the check of the form's token, which reads the form in any case.
        request.GET = held(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = held(request.POST)  # type: ignore[assignment]


def held(said: QueryDict) -> QueryDict:
    """The same, or a copy without what cannot be kept."""
    if all(storable(text) == text for name, texts in said.lists() for text in (name, *texts)):
        return said
    clean = QueryDict(mutable=True)
    for name, texts in said.lists():
        clean.setlist(storable(name), [storable(text) for text in texts])
    clean._mutable = False
    return clean
