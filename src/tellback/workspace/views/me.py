"""One's own page: name, colours, how one signs in, where one belongs."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tellback.workspace import profile, theme
from tellback.workspace.entrance_forms import Me, Theme
from tellback.workspace.models import Member, User
from tellback.workspace.views.entrance import may_found


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk or 0)
    form = Me(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        profile.change_profile(user, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("workspace:me")
    members = Member.objects.active().filter(user=user).select_related("workspace").order_by("workspace__name")
    context = {
        "form": form,
        "colours": Theme(initial={"theme": theme.theme(request)["theme"] or "system"}),
        "members": members,
        "keys": keys_of(user),
        "may_found": may_found(request),
    }
    return TemplateResponse(request, "workspace/me.html", context)


def keys_of(user: User) -> dict[str, int]:
    """How many of each kind: {"webauthn": 2, "totp": 1, "recovery_codes": 1}."""
    counts = {"webauthn": 0, "totp": 0, "recovery_codes": 0}
    for kind in Authenticator.objects.filter(user=user).values_list("type", flat=True):
        counts[str(kind)] += 1
    return counts


@login_required
@require_POST
def colours(request: HttpRequest) -> HttpResponse:
    form = Theme(request.POST)
    answer = redirect("workspace:me")
    if form.is_valid():
        theme.remember(answer, form.cleaned_data["theme"], secure=settings.SECURE)
    return answer
