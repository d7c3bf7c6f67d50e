"""Loading what an address names, within the member's workspace: another workspace's id is a 404."""

from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tellback.cases.models import Case
from tellback.desk.queues import Chosen, key_in
from tellback.listen.models import Post
from tellback.people.models import Person
from tellback.replies.models import Reply
from tellback.workspace.models import Member

Row = TypeVar("Row", bound=Model)


def one(query: QuerySet[Row], words: str) -> Row:
    row = query.first()
    if row is None:
        raise Http404(words)
    return row


def case_of(member: Member, pk: int) -> Case:
    query = Case.objects.filter(workspace=member.workspace, pk=pk)
    return one(
        query.select_related("workspace", "brand__calendar", "person", "holder", "team"), "There is no such case."
    )


def post_of(member: Member, pk: int) -> Post:
    query = Post.objects.filter(workspace=member.workspace, pk=pk)
    return one(query.select_related("author__person", "connection"), "There is no such post.")


def reply_of(member: Member, pk: int) -> Reply:
    query = Reply.objects.filter(workspace=member.workspace, pk=pk)
    return one(query.select_related("post", "to", "connection", "by"), "There is no such reply.")


def person_of(member: Member, pk: int) -> Person:
    query = Person.objects.filter(workspace=member.workspace, pk=pk)
    return one(query, "There is no such person.")


def verb(request: HttpRequest) -> str:
    """POST or DELETE: a form says `_method=delete` where it means the second."""
    return "DELETE" if request.method == "DELETE" or request.POST.get("_method") == "delete" else "POST"


def back(request: HttpRequest, member: Member, case: Case | int | None = None, *, gone: bool = False) -> HttpResponse:
    """Where the form says that one came from, within this house; else the case, else the inbox.

    A form may name two places: `stay` keeps the case in sight, `back` is for an act by which it leaves (`gone`).
    """
    asked = request.POST.get("back", "") if gone else request.POST.get("stay", "") or request.POST.get("back", "")
    if is_ours(asked):
        return redirect(asked)
    if case is None:
        return redirect(at(member, "inbox"))
    return redirect(at(member, "case", case.pk if isinstance(case, Case) else case))


def is_ours(address: str) -> bool:
    """A path of this house, never another host."""
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)


def with_query(address: str, **more: object) -> str:
    address = address.rstrip("?&")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}"


def with_case(address: str, case: int) -> str:
    """An address of the inbox with this case chosen in it."""
    return with_query(address, case=case)


def list_url(member: Member, want: Chosen) -> str:
    return f"{at(member, 'inbox')}?{want.query()}".rstrip("?")


def with_near(address: str, case: Case, want: Chosen, near: str = "") -> str:
    """An address of the inbox with the place of this case, so that the row that takes its place is chosen there.

    A case that has no place any more leaves that to `near`, the place from which one came.
    """
    key = key_in(case, want) or near
    return with_query(address, near=key) if key else address


def at(member: Member, name: str, *args: Any) -> str:
    """The address of a page of the desk."""
    return reverse(f"desk:{name}", args=[member.workspace.slug, *args])
