"""Coming in: the first page of all, the first owner, an invitation, a further workspace."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from tellback.kit.clock import now
from tellback.workspace import first_run, founding
from tellback.workspace.entrance_forms import FirstOwner, Invited, NewWorkspace
from tellback.workspace.gate import workspaces_of
from tellback.workspace.models import Invitation, Member, Role, User, Workspace


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where one belongs: the only workspace, or a choice. Before the first owner, where to look for the token."""
    if not request.user.is_authenticated:
        if first_run.is_open():
            return TemplateResponse(request, "workspace/waits_for_owner.html")
        return redirect_to_login(request.get_full_path())
    found = workspaces_of(request.user.pk)
    if len(found) == 1:
        return redirect("desk:inbox", found[0].slug)
    return TemplateResponse(request, "workspace/choose.html", {"workspaces": found, "may_found": may_found(request)})


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the token on the console. It makes one owner, and then is not there."""
    if not first_run.fits(token):
        raise Http404("This address opens nothing, or no longer.")
    form = FirstOwner(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, made = first_run.begin(**form.cleaned_data, at=now())
        except first_run.AlreadyFounded:
            raise Http404("Somebody else was first.") from None
        login(request, user)
        return redirect("desk:inbox", first_look(user, made).slug)
    return TemplateResponse(request, "workspace/start.html", {"form": form})


def first_look(user: User, made: Workspace) -> Workspace:
    """The made-up town, where it is there, for somebody who has nothing of their own to look at yet."""
    return next((space for space in workspaces_of(user.pk) if space.is_demo), made)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Taking an invitation: with a new account, or with the one of its address."""
    row = founding.any_invitation(token)
    if row is None or not row.stands(now()):
        return TemplateResponse(
            request, "workspace/invitation_over.html", {"invitation": row, "why": why_over(row)}, status=404
        )
    if request.user.is_authenticated:
        return join_as(request, row, request.user)
    if User.objects.filter(email=row.email).exists():
        return redirect_to_login(request.get_full_path())
    form = Invited(request.POST or None, email=row.email)
    if request.method == "POST" and form.is_valid():
        return join_new(request, row, name=form.cleaned_data["name"], password=form.cleaned_data["password"])
    return TemplateResponse(request, "workspace/join.html", {"form": form, "invitation": row})


def why_over(row: Invitation | None) -> str:
    if row is None:
        return _("This link is not known. It may have been cut in the mail: copy it whole, or ask for another.")
    if row.taken_at:
        return _("This invitation was taken already. If it was you, sign in.")
    if row.withdrawn_at:
        return _("This invitation was withdrawn, or another took its place. Look for a newer mail, or ask who sent it.")
    return _("This invitation stood open for 14 days, and these are over. Ask who sent it for another.")


def join_as(request: HttpRequest, row: Invitation, user: User) -> HttpResponse:
    """Somebody signed in takes it, if it was written to them."""
    ours = user.email == row.email
    if request.method == "POST" and ours:
        return welcome(request, row, founding.take_invitation(row, user, at=now()))
    return TemplateResponse(request, "workspace/join.html", {"invitation": row, "is_other": not ours})


@transaction.atomic
def join_new(request: HttpRequest, row: Invitation, *, name: str, password: str) -> HttpResponse:
    user = User.objects.create_user(row.email, password, name=name)
    member = founding.take_invitation(row, user, at=now())
    if member is None:
        transaction.set_rollback(True)
    else:
        login(request, user)
    return welcome(request, row, member)


def welcome(request: HttpRequest, row: Invitation, member: Member | None) -> HttpResponse:
    if member is None:
        return redirect(request.path)
    messages.success(
        request, _("Welcome. You are %(role)s in %(name)s.") % {"role": row.role, "name": row.workspace.name}
    )
    return redirect("desk:inbox", row.workspace.slug)


def may_found(request: HttpRequest) -> bool:
    """Owners of a real workspace may make another."""
    mine = Member.objects.active().filter(user=request.user.pk, role=Role.OWNER)
    return bool(mine.filter(workspace__is_demo=False, workspace__ended_at=None).exists())


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A further workspace, apart from the others."""
    if not may_found(request):
        raise PermissionDenied("Only an owner makes a further workspace.")
    form = NewWorkspace(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found: first_run.Found = import_string(settings.TELLBACK_FOUNDER)
        owner = User.objects.get(pk=request.user.pk or 0)
        made = found(form.cleaned_data["workspace"], at=now(), owner=owner, zone=form.cleaned_data["zone"])
        return redirect("desk:inbox", made.slug)
    return TemplateResponse(request, "workspace/new.html", {"form": form})
