"""What every form of the settings does: readers look, managers save, and what is wrong stands beside its field."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from tellback.kit.shell import here
from tellback.workspace.forms import read_only
from tellback.workspace.gate import need
from tellback.workspace.models import Member

Save = Callable[[], tuple[str, str]]
"""Writes what was typed; answers with the words to say and the address to go to."""


def save_or_show(
    request: HttpRequest, member: Member, form: forms.Form, save: Save, *, template: str, context: dict[str, Any]
) -> HttpResponse:
    here(request, section="settings")
    if request.method == "POST":
        need(member, "manager")
        if form.is_valid():
            words, address = save()
            messages.success(request, words)
            return redirect(address)
    return shown(request, member, form, template=template, context=context)


def shown(
    request: HttpRequest, member: Member, form: forms.Form, *, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The page with its form, which those who may not change it can read."""
    may = member.may("manager")
    if not may:
        read_only(form)
    return TemplateResponse(request, template, {"form": form, "may": may, **context})
