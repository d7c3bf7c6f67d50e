"""Search: who said that, who is that, and where did we write it down?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from tellback.cases import searching as cases
from tellback.desk.marking import marked, snippet
from tellback.desk.ordering import whole
from tellback.kit.query import LONGEST_QUERY, hits, terms_of
from tellback.kit.shell import here
from tellback.listen.models import Post
from tellback.listen.search import search as look
from tellback.people import searching as people
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

PAGE = 50
BESIDE = 10  # people and notes: the first of each; who wants others, says more words


@require_GET
@members_only()
def search(request: HttpRequest, member: Member) -> HttpResponse:
    here(request, section="search")
    query = request.GET.get("q", "")[:LONGEST_QUERY]
    before = request.GET.get("before", "")
    posts = look(member.workspace_id, query, int(before) if whole(before) else None, PAGE + 1)
    beside = {} if before else found_beside(member.workspace_id, query)
    context = {
        "q": query,
        "found": [(post, *shown(post, query)) for post in posts[:PAGE]],
        "last": posts[PAGE - 1].pk if len(posts) > PAGE else None,
        "is_later": bool(before),
        "asked": bool(terms_of(query)),
        "wanted": any(term.wanted for term in terms_of(query)),
        **beside,
        "nothing": not posts and not any(beside.values()),
    }
    return render(request, "desk/search.html", context)


def found_beside(workspace_id: int, query: str) -> dict[str, Any]:
    """What else has these words: people, notes, and the case of this number."""
    notes = cases.notes(workspace_id, query, BESIDE)
    return {
        "people": people.search(workspace_id, query, BESIDE),
        "numbered": cases.by_number(workspace_id, query),
        "notes": [(entry, snippet(entry.text, hits(entry.text, query))) for entry in notes],
    }


def shown(post: Post, query: str) -> tuple[SafeString, SafeString]:
    """The title and the part of the text round the first hit, with the hits marked."""
    title = marked(post.title, hit=hits(post.title, query))
    return title, snippet(post.text, hits(post.text, query))
