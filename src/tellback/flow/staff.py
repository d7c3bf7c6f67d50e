"""What staff are told beyond the inbox."""

from collections.abc import Sequence

from tellback.cases.events import CaseTaken
from tellback.cases.models import Case, Entry
from tellback.listen.events import PostTakenBack
from tellback.loop.events import TellingPrepared
from tellback.notices.models import notify
from tellback.replies.events import ReplyFailed
from tellback.workspace.events import SecondFactorsTakenOff
from tellback.workspace.models import User


def reply_failed(events: Sequence[ReplyFailed]) -> None:
    for event in events:
        entry = Entry.objects.filter(reply=event.subject).first()
        words = (
            f"Nobody knows whether a reply arrived: {event.why} Look there, then say so on the case."
            if event.unknown
            else f"A reply was not delivered: {event.why} Your text is kept on the case."
        )
        notify(
            event.workspace, words, key=f"reply:{event.subject}", at=event.at, to=event.by,
            url=f"case:{entry.case_id}" if entry else "",
        )  # fmt: skip


def case_given(events: Sequence[CaseTaken]) -> None:
    """Somebody gave you a case; taking one yourself needs no notice."""
    for event in events:
        if event.holder and event.holder != event.by:
            notify(
                event.workspace, "A case was given to you.", key=f"given:{event.subject}", at=event.at,
                to=event.holder, url=f"case:{event.subject}",
            )  # fmt: skip


def others_wait(events: Sequence[TellingPrepared]) -> None:
    for event in events:
        who = "1 other" if event.count == 1 else f"{event.count} others"
        notify(
            event.workspace, f"{who} had the same trouble. Tell them too.",
            key=f"tell:{event.subject}", at=event.at, url=f"case:{event.subject}",
        )  # fmt: skip


def factors_off(events: Sequence[SecondFactorsTakenOff]) -> None:
    """The member is to know, whoever it was: it might not have been they who asked for it."""
    for event in events:
        who = User.objects.filter(pk=event.by).first() if event.by else None
        words = (
            f"{who or 'Whoever runs this installation'} took your second factors off: your password alone lets you in. "
            "Add a passkey or an app on your own page. If you did not ask for this, say so now."
        )
        notify(event.workspace, words, key=f"factors:{event.subject}", at=event.at, to=event.user)


def taken_back(events: Sequence[PostTakenBack]) -> None:
    """A case named by words that were taken back loses that name; one that a member named keeps it."""
    for event in events:
        for case in Case.objects.filter(entries__post=event.subject):
            entries = Entry.objects.filter(case=case)
            first = entries.filter(kind=Entry.Kind.POST).order_by("id").first()
            renamed = entries.filter(kind=Entry.Kind.CHANGE, text__startswith="Named: ").exists()
            if first and first.post_id == event.subject and not renamed:
                Case.objects.filter(pk=case.pk).update(title="Words taken back")
