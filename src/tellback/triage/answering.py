"""A person's word: the answer to a question of the chart, taken back or not, and the correction of a verdict."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tellback.events.announcing import announce
from tellback.listen.models import Mention
from tellback.triage.chart import edge_key
from tellback.triage.events import AnswerHeld, AnswerTakenBack, QuestionAnswered, VerdictOverridden
from tellback.triage.policy import Policy
from tellback.triage.verdict import URGENCIES, Question, Verdict, count, day_of
from tellback.work.tasks import task
from tellback.workspace.models import User

HOLD = timedelta(seconds=10)
"""How long an answer given on a page can be taken back before the mention goes on."""


class TooLate(ValueError):
    """Somebody was quicker, or what was asked about is gone."""


@transaction.atomic
def answer(question: Question, *, yes: bool, by: User, at: datetime, hold: bool = False) -> None:
    """Yes or no to a question; the mention goes on from there, with `hold` only after HOLD.

    Raises TooLate when it was answered before.
    """
    until = at + HOLD if hold else None
    ours = Question.objects.filter(pk=question.pk, answered_at=None).update(
        answer=yes, by=by, answered_at=at, held_until=until
    )
    if not ours:
        raise TooLate(_("Somebody has answered this one already."))
    if until is None:
        announce(answered(question, yes=yes, by=by.pk, at=at))
        return
    announce(AnswerHeld(workspace=question.workspace_id, subject=question.pk, at=at, by=by.pk))
    let_go.using(run_after=until).enqueue(question.pk, until.isoformat())


def answered(question: Question, *, yes: bool, by: int | None, at: datetime) -> QuestionAnswered:
    return QuestionAnswered(
        workspace=question.workspace_id, subject=question.pk, at=at, by=by, mention=question.mention_id, yes=yes
    )


@task(priority=10)
def let_go(question: int, until: str) -> bool:
    """The time to take it back is over: the answer stands. False where it was taken back before."""
    with transaction.atomic():
        held = (
            Question.objects.select_for_update().filter(pk=question, held_until=datetime.fromisoformat(until)).first()
        )
        if held is None or held.answered_at is None:
            return False
        Question.objects.filter(pk=held.pk).update(held_until=None)
        announce(answered(held, yes=bool(held.answer), by=held.by_id, at=held.answered_at))
    return True


@transaction.atomic
def take_back(question: Question, *, by: User, at: datetime) -> None:
    """Open a question again that one has answered oneself. Raises TooLate once the mention has gone on."""
    ours = (
        Question.objects.held()
        .filter(pk=question.pk, by=by)
        .update(answer=None, by=None, answered_at=None, held_until=None)
    )
    if not ours:
        raise TooLate(_("The post has gone on with this answer. Its own page lets you decide otherwise."))
    announce(AnswerTakenBack(workspace=question.workspace_id, subject=question.pk, at=at, by=by.pk))


@transaction.atomic
def override(mention: Mention, *, action: str, by: User, at: datetime) -> Verdict:
    """A person knows better: another action stands from now on. Raises KeyError for one the chart does not have."""
    policy = Policy.objects.in_force(mention.workspace_id)
    chosen = policy.drawn().actions[action]
    before = Verdict.objects.standing().filter(mention=mention).first()
    Verdict.objects.standing().filter(mention=mention).update(standing=False)
    ask_no_more(mention, by=by, at=at)
    row = Verdict.objects.create(
        workspace_id=mention.workspace_id, mention=mention, policy=policy, action=chosen.id,
        lane=before.lane if before else "", urgency=URGENCIES[chosen.urgency], path=before.path if before else [],
        confidence=1.0, by=by, overrides=before, at=at,
    )  # fmt: skip
    announce(
        VerdictOverridden(
            workspace=mention.workspace_id,
            subject=mention.post_id,
            at=at,
            by=by.pk,
            mention=mention.pk,
            action=chosen.id,
        )
    )
    return row


def ask_no_more(mention: Mention, *, by: User, at: datetime) -> None:
    """Its open question is withdrawn. The chart never judged it to the end, so its way is counted no more."""
    pending = Question.objects.filter(Q(answered_at=None) | Q(held_until__isnull=False), mention=mention)
    for question in pending.select_for_update():
        count(dict.fromkeys(tallies_of(question, mention), -1))
        Question.objects.filter(pk=question.pk).update(answered_at=at, by=by, answer=None, held_until=None)


def tallies_of(question: Question, mention: Mention) -> list[tuple[int, int, date, str]]:
    """The tallies that a waiting mention stands in: (policy, brand, day, edge)."""
    day = day_of(mention.post.heard_at, mention.workspace.zone)
    gone = [edge_key(node, answer) for node, answer, *_ in question.path if answer is not None]
    return [(question.policy_id, mention.brand_id, day, edge) for edge in ("heard", *gone, f"{question.node}:wait")]
