"""A case by hand: somebody called, wrote a letter, or stood at the counter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tellback.cases.holding import open_by_hand
from tellback.desk.forms import ByHandForm, lead_to_wrong
from tellback.desk.loading import at
from tellback.kit.clock import now
from tellback.kit.shell import here
from tellback.people.joining import find
from tellback.people.models import Person
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member


@require_http_methods(["GET", "POST"])
@members_only("agent")
def new(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="by_hand")
    form = ByHandForm(member.workspace, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        person, known = person_of(member, said["who"])
        case = open_by_hand(
            brand=said["brand"], person=person, text=said["text"], how=said["how"], by=member.user, at=now()
        )
        met = _("We knew them.") if known else _("They are new here.")
        messages.success(request, _("The case is yours. %(met)s") % {"met": met})
        return redirect(at(member, "case", case.pk))
    lead_to_wrong(form)
    return render(request, "desk/by_hand.html", {"form": form}, status=422 if form.errors else 200)


def person_of(member: Member, who: str) -> tuple[Person, bool]:
    """Whoever is known by exactly this handle; a name alone is nobody's proof, so it makes a new person."""
    handle = who.strip().lower().lstrip("@")
    known = [each for each in find(member.workspace, who) if any(one.name == handle for one in each.handles.all())]
    if len(known) == 1:
        return known[0], True
    return Person.objects.create(workspace=member.workspace, name=who.strip()[:120], made_at=now()), False
