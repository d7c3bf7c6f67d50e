"""Light, dark, or as the reader's system says: kept in a cookie, since it belongs to the browser one sits before."""

from django.http import HttpRequest, HttpResponse

COOKIE = "tellback_theme"
CHOICES = ("light", "dark")


def theme(request: HttpRequest) -> dict[str, str]:
    """Context processor: `theme` for the page's root, "" for the system's own."""
    chosen = request.COOKIES.get(COOKIE, "")
    return {"theme": chosen if chosen in CHOICES else ""}


def remember(response: HttpResponse, chosen: str, *, secure: bool) -> None:
    if chosen in CHOICES:
        response.set_cookie(COOKIE, chosen, max_age=365 * 86400, samesite="Lax", secure=secure, httponly=True)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
