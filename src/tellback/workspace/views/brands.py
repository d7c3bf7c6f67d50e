"""Brands: whom people speak of, by which words, and what we promise them."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.workspace import branding, founding
from tellback.workspace.brand_forms import BrandForm
from tellback.workspace.gate import members_only
from tellback.workspace.models import Brand, Member, Term
from tellback.workspace.views.saving import save_or_show

HEARD = gettext_lazy("Saved. %(name)s is heard by these words from now on.")


@members_only("reader")
@require_safe
def brands(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="settings")
    heard = Count("terms", filter=~Q(terms__kind=Term.Kind.EXCLUSION))
    rows = list(
        Brand.objects.filter(workspace=member.workspace)
        .annotate(words=heard)
        .select_related("calendar")
        .order_by("name")
    )
    context = {
        "part": "brands",
        "ours": [row for row in rows if not row.is_rival and not row.out_of_use_at],
        "rivals": [row for row in rows if row.is_rival and not row.out_of_use_at],
        "out_of_use": [row for row in rows if row.out_of_use_at],
        "may": member.may("manager"),
    }
    return TemplateResponse(request, "workspace/brands.html", context)


@members_only("manager")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, member: Member) -> HttpResponse:
    return edit(request, member, None)


@members_only("reader")
@require_http_methods(["GET", "POST"])
def brand(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Brand, workspace=member.workspace, pk=pk)
    return edit(request, member, row)


def edit(request: HttpRequest, member: Member, row: Brand | None) -> HttpResponse:
    form = BrandForm(request.POST or None, workspace=member.workspace, brand=row)

    def write() -> tuple[str, str]:
        saved = save(form, member, row)
        words = _("Saved. %(name)s is out of use.") if saved.out_of_use_at else HEARD
        return words % {"name": saved.name}, reverse("space:brands", args=[member.workspace.slug])

    context = {"part": "brands", "brand": row, "may_delete": row and member.may("owner")}
    return save_or_show(request, member, form, write, template="workspace/brand.html", context=context)


@transaction.atomic
def save(form: BrandForm, member: Member, row: Brand | None) -> Brand:
    """A new brand is always heard by its own name; later that may be taken away."""
    said, terms, at = form.cleaned_data, form.terms(), now()
    if row is None:
        row = founding.make_brand(member.workspace, said["name"], at=at, by=member.user)
        terms["name"] = [said["name"], *terms["name"]]
    names = ("name", "first_answer", "next_answer", "calendar", "signature", "is_rival")
    return branding.change_brand(row, **{name: said[name] for name in names}, terms=terms, by=member, at=at)


@members_only("owner")
@require_POST
def deletion(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    row = get_object_or_404(Brand, workspace=member.workspace, pk=pk)
    try:
        branding.delete_brand(row, by=member, at=now())
    except branding.CannotDelete as fault:
        messages.error(request, str(fault))
        return redirect("space:brand", member.workspace.slug, pk)
    messages.success(request, _("%(name)s is deleted.") % {"name": row.name})
    return redirect("space:brands", member.workspace.slug)


@members_only("manager")
@require_http_methods(["POST", "DELETE"])
def disuse(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """POST puts a brand out of use, DELETE in use again."""
    row = get_object_or_404(Brand, workspace=member.workspace, pk=pk)
    if request.method == "DELETE" or request.POST.get("_method") == "delete":
        branding.put_in_use_again(row, by=member, at=now())
        messages.success(request, _("%(name)s is heard again from now on.") % {"name": row.name})
    else:
        branding.put_out_of_use(row, by=member, at=now())
        words = _("%(name)s is out of use: nobody is heard about it any more. What was said stays.")
        messages.success(request, words % {"name": row.name})
    return redirect("space:brand", member.workspace.slug, pk)
