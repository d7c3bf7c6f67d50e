"""A person: by which handles we know them, what we did for them, and whether two are one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tellback.cases.models import Case
from tellback.desk.forms import JoinForm
from tellback.desk.loading import at, one, person_of, verb
from tellback.desk.reading import family_of
from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.listen.models import Post
from tellback.people import joining
from tellback.people.models import Handle, Joining, Person
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

MOST = 50


@require_GET
@members_only()
def person(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    return page(request, member, person_of(member, pk))


def page(request: HttpRequest, member: Member, found: Person, form: JoinForm | None = None) -> HttpResponse:
    here(request, section="search")
    family = family_of(found)
    asked = request.GET.get("q", "")[:120]
    cases = Case.objects.filter(workspace=member.workspace, person__in=family).select_related("brand", "person")
    handles = Handle.objects.filter(workspace=member.workspace, person__in=family).order_by("id")
    posts = Post.objects.filter(workspace=member.workspace, author__in=[handle.pk for handle in handles])
    context = {
        "person": found,
        "handles": handles,
        "cases": list(cases.prefetch_related("closures").order_by("-id")[:MOST]),
        "posts": list(posts.select_related("author").order_by("-id")[:10]),
        "joinings": joining.joinings_of(found),
        "joined_into": Joining.objects.filter(away=found, undone_at=None).select_related("into").first(),
        "q": asked,
        "others": joining.find(member.workspace, asked, apart_from=found.pk) if asked else [],
        "wrong": next((words[0] for words in form.errors.values()), "") if form else "",
        "may_act": member.may("agent"),
    }
    return render(request, "desk/person.html", context, status=422 if form and form.errors else 200)


@require_POST
@members_only("agent")
def join(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """`away` is the same person. Only ever by a member's word."""
    found = person_of(member, pk)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return page(request, member, found, form)
    away = person_of(member, form.cleaned_data["away"])
    try:
        joining.join(found, away, why=form.cleaned_data["why"], by=member.user, at=now())
        messages.success(request, _("%(away)s and %(into)s are one person now.") % {"away": away, "into": found})
    except joining.CannotJoin as fault:
        messages.error(request, str(fault))
    return redirect(at(member, "person", found.pk))


@require_http_methods(["POST", "DELETE"])
@members_only("agent")
def part(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """They are two after all."""
    row = one(Joining.objects.filter(workspace=member.workspace, pk=pk), "There is no such joining.")
    if verb(request) == "DELETE" and joining.part(row, by=member.user, at=now()):
        messages.success(request, _("They are two persons again; the handles went back."))
    return redirect(at(member, "person", row.into_id))
