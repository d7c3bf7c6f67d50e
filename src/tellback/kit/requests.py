"""Requests as our middleware leaves them, for views that ask what it put there."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """`htmx` is true where only a part of the page is asked for."""

    htmx: HtmxDetails
