"""One ASGI application: Django for pages, the hub for streams."""

import os

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tellback.web.settings")
django.setup(set_prefix=False)

from tellback.live.pump import Message, Receive, Send, lifespan  # noqa: E402
from tellback.web.live import PATH, made  # noqa: E402

pages = ASGIHandler()
pump, streams = made()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(pump, receive, send)
    elif scope["type"] == "http" and PATH.match(scope["path"]):
        await streams(scope, receive, send)
    elif scope["type"] == "http":
        await pages(scope, receive, send)  # type: ignore[arg-type]
