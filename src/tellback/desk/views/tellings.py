"""Telling the others who had the same trouble."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tellback.desk.loading import back, case_of
from tellback.desk.ordering import whole
from tellback.kit.clock import now
from tellback.loop import telling
from tellback.loop.models import Telling
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
    rows = Telling.objects.filter(case=case, reply=None).select_related("post__author", "post__connection", "case")
    told = 0
    for row in rows.filter(pk=asked) if whole(asked) else rows[:AT_ONCE]:
        try:
            telling.tell(row, by=member.user, at=now(), text=request.POST.get("text", "") if whole(asked) else "")
            told += 1
        except CannotSend as fault:
            messages.error(request, _("%(who)s was not told: %(why)s") % {"who": row.post.author, "why": fault})
            break
    if told:
        words = ngettext("%(count)s other person is being told.", "%(count)s other people are being told.", told)
        messages.success(request, words % {"count": told})
    return back(request, member, case)
