"""Telling the others who had the same trouble."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tellback.desk.loading import back, case_of
from tellback.desk.ordering import whole
from tellback.desk.views.case import case_page
from tellback.kit.clock import now
from tellback.loop import telling
from tellback.loop.models import Telling
from tellback.replies.models import Reply
from tellback.replies.sending import CannotSend
from tellback.workspace.gate import members_only
from tellback.workspace.models import Member

AT_ONCE = 100


@require_POST
@members_only("agent")
def tell(request: HttpRequest, member: Member, pk: int) -> HttpResponse:
    """Tell the one named in `telling`, in the words sent along; without a name all, in the words that stand ready."""
    case = case_of(member, pk)
    asked = request.POST.get("telling", "")
    rows = Telling.objects.filter(case=case).untold().select_related("post__author", "post__connection", "case")
    told: list[Reply] = []
    for row in rows.filter(pk=asked) if whole(asked) else rows[:AT_ONCE]:
        try:
            words = request.POST.get("text", "") if whole(asked) else ""
            told.append(telling.tell(row, by=member.user, at=now(), text=words))
        except CannotSend as fault:
            messages.error(request, _("%(who)s was not told: %(why)s") % {"who": row.post.author, "why": fault})
            if whole(asked):
                return case_page(request, member, case, kept={"told_wrong": row.pk, "told_text": words})
            break
    if told:
        messages.success(request, words_for(told))
    return back(request, member, case)


def words_for(told: list[Reply]) -> str:
    waiting = sum(reply.state == Reply.State.ASKED for reply in told)
    going = len(told) - waiting
    are = ngettext("%(count)s other person is being told.", "%(count)s other people are being told.", going)
    wait = ngettext(
        "%(count)s reply waits for a second person.", "%(count)s replies wait for a second person.", waiting
    )
    return " ".join(words % {"count": count} for words, count in ((are, going), (wait, waiting)) if count)
