"""The customer's page: did it help? No account, one question, two equal answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tellback.kit.clock import now
from tellback.loop import asking


@never_cache
@require_http_methods(["GET", "POST"])
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link says nothing yet: mail programs open links by themselves. The answer is a POST.

    Their own words are not shown again: where they were asked in public, others can open the link too.
    """
    row = asking.find(token)
    if row is None:
        return TemplateResponse(request, "loop/not_known.html", status=404)
    if request.method == "POST" and request.POST.get("helped") in {"yes", "no"}:
        helped = request.POST["helped"] == "yes"
        asking.hear(row, helped=helped, words=request.POST.get("words", ""), at=now())
        return redirect("loop:asked", token=token)
    told = row.closure.reply.text if row.closure.reply else ""
    return TemplateResponse(request, "loop/asked.html", {"asked": row, "brand": row.case.brand, "told": told})
