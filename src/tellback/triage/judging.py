"""Judging: each mention goes through the chart in force. Sure: a verdict. Unsure: a question for a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from tellback.events.announcing import announce_all
from tellback.kit import bulk
from tellback.listen.models import Mention
from tellback.triage.chart import Chart, edge_key
from tellback.triage.events import QuestionAsked, VerdictGiven
from tellback.triage.policy import Policy
from tellback.triage.rules import RuleJudge
from tellback.triage.signals import LONGEST_TEXT, Exhibit, Judge, Signal, lane
from tellback.triage.verdict import URGENCIES, Question, Verdict, count, day_of
from tellback.triage.walk import Step, Walk, walk
from tellback.work.line import Next, Outcome, Wait
from tellback.workspace.models import Brand, User

Counts = Counter[tuple[int, int, date, str]]
_judge: list[Judge] = [RuleJudge()]


class Temper(NamedTuple):
    """What must be known of a post that the chart is not asked about."""

    urgent: bool
    bare_thanks: bool


def tempers(texts: Sequence[str]) -> list[Temper]:
    """Does each speak of danger, self-harm, law or the press; is it nothing but thanks?"""
    judged = _judge[0].signals([Exhibit(text[:LONGEST_TEXT]) for text in texts])
    return [Temper(row["urgent"].p >= 0.5, row["thanks_only"].p >= 0.5) for row in judged]


def judge(mentions: Sequence[Mention], at: datetime) -> list[Outcome]:
    """Mention -> Verdict, or Wait for the answer to a Question."""
    bench = Bench(mentions, at)
    signals = _judge[0].signals([exhibit(mention, bench) for mention in mentions])
    outcomes: list[Outcome] = []
    for mention, read in zip(mentions, signals, strict=True):
        policy = bench.policy(mention)
        way = walk(policy.drawn(), read, bench.answers.get(mention.pk, {}))
        outcomes.append(bench.settle(mention, policy, way, read))
    bench.save()
    return outcomes


def exhibit(mention: Mention, bench: "Bench") -> Exhibit:
    post = mention.post
    facts = {
        "about_us": 0.0 if mention.brand_id in bench.rivals else mention.sure,
        # The same words about another brand are another trouble: "my bag never came" is said of every airline.
        "seen_before": post.seen_before if (post.seen_in, mention.brand_id) in bench.seen else 0.0,
        "open_incident": 0.0,
        "being_fixed": 0.0,
        "run_by_us": 0.0,
    }
    text = f"{post.title}\n{post.text}" if post.kind == "mail" and not post.text else post.text
    return Exhibit(text[:LONGEST_TEXT], post.lang, post.audience or 0, facts)


class Bench:
    """What judging a batch needs, read once, and what it writes, written once."""

    def __init__(self, mentions: Sequence[Mention], at: datetime) -> None:
        self.at = at
        spaces = {mention.workspace_id for mention in mentions}
        self.policies: dict[int, Policy] = {space: Policy.objects.in_force(space) for space in spaces}
        self.zones = dict(Policy.objects.filter(workspace__in=spaces).values_list("workspace_id", "workspace__zone"))
        self.rivals = set(Brand.objects.filter(workspace__in=spaces, is_rival=True).values_list("id", flat=True))
        self.seen = brands_of({mention.post.seen_in for mention in mentions} - {0})
        self.answers, begun = answers_of([mention.pk for mention in mentions])
        versions = Policy.objects.in_bulk(set(begun.values())) if begun else {}
        self.begun: dict[int, Policy] = {mention: versions[policy] for mention, policy in begun.items()}
        self.verdicts: list[Verdict] = []
        self.questions: list[Question] = []
        self.counts: Counts = Counter()

    def policy(self, mention: Mention) -> Policy:
        """The version in force; for one that waited, the version that asked, so that its way stays in one chart."""
        return self.begun.get(mention.pk) or self.policies[mention.workspace_id]

    def day(self, mention: Mention) -> date:
        """A post counts on the day it was heard, whenever a person answers: so each day's chart adds up."""
        return day_of(mention.post.heard_at, self.zones[mention.workspace_id])

    def settle(self, mention: Mention, policy: Policy, way: Walk, signals: dict[str, Signal]) -> Outcome:
        """Turn a walk into a verdict or a question."""
        self.tally(mention, policy, way)
        if way.waits_at is not None:
            self.questions.append(question(mention, policy, way, self.at))
            asked = policy.drawn().nodes[way.waits_at].question
            return Wait(f"The chart is unsure: “{asked}” A person is asked.", "unsure")
        made = verdict(mention, policy, way, signals, self.at)
        self.verdicts.append(made)
        return Next(made, why=made.action_words)

    def tally(self, mention: Mention, policy: Policy, way: Walk) -> None:
        """Count the edges taken now: those behind an answered question were counted when it was asked."""
        base = (policy.pk, mention.brand_id, self.day(mention))
        resumed = self.answers.get(mention.pk)
        steps = list(way.steps)
        if resumed:
            last = max(n for n, step in enumerate(steps) if step.node in resumed)
            steps = steps[last:]
            self.counts[(*base, f"{steps[0].node}:wait")] -= 1
        else:
            self.counts[(*base, "heard")] += 1
        for step in steps:
            edge = f"{step.node}:wait" if step.answer is None else edge_key(step.node, step.answer)
            self.counts[(*base, edge)] += 1
        if way.action:
            self.counts[(*base, f"={way.action}")] += 1

    def save(self) -> None:
        bulk.insert(self.verdicts)
        bulk.insert(self.questions)
        count(dict(self.counts))
        announce_all([given(verdict) for verdict in self.verdicts] + [asked(question) for question in self.questions])


def brands_of(posts: set[int]) -> set[tuple[int, int]]:
    """(post, brand) of each mention of these posts."""
    return set(bulk.rows_for("SELECT post_id, brand_id FROM listen_mention WHERE post_id IN ({keys})", sorted(posts)))


def answers_of(mentions: Sequence[int]) -> tuple[dict[int, dict[str, bool]], dict[int, int]]:
    """What persons have answered so far, by mention and node; and the version that asked, by mention."""
    rows = bulk.rows_for(
        "SELECT mention_id, node, answer, policy_id FROM triage_question "
        "WHERE answer IS NOT NULL AND mention_id IN ({keys})",
        mentions,
    )
    found: dict[int, dict[str, bool]] = {}
    begun: dict[int, int] = {}
    for mention, node, answer, policy in rows:
        found.setdefault(mention, {})[node] = bool(answer)
        begun[mention] = policy
    return found, begun


def written(steps: Sequence[Step]) -> list[list[object]]:
    """A path as its row keeps it."""
    return [
        [step.node, step.answer, step.how, None if step.p is None else round(step.p, 3), step.evidence]
        for step in steps
    ]


def edges_of(steps: Sequence[Step]) -> str:
    return "|" + "|".join(edge_key(step.node, step.answer) for step in steps if step.answer is not None) + "|"


def verdict(
    mention: Mention, policy: Policy, way: Walk, signals: dict[str, Signal], at: datetime, by: User | None = None
) -> Verdict:
    action = policy.drawn().actions[str(way.action)]
    row = bulk.row(
        Verdict, workspace_id=mention.workspace_id, mention_id=mention.pk, policy_id=policy.pk, action=action.id,
        lane=lane(signals), urgency=URGENCIES[action.urgency], path=written(way.steps),
        edges=edges_of(way.steps)[:500], confidence=round(way.confidence, 3), by_id=by.pk if by else None, at=at,
    )  # fmt: skip
    Verdict.mention.field.set_cached_value(row, mention)
    Verdict.policy.field.set_cached_value(row, policy)
    return row


def question(mention: Mention, policy: Policy, way: Walk, at: datetime) -> Question:
    step = way.steps[-1]
    return Question(
        workspace_id=mention.workspace_id, brand_id=mention.brand_id, mention_id=mention.pk, policy_id=policy.pk,
        node=step.node, p=step.p, asked_of=step.asked, spans=list(step.evidence), path=written(way.steps),
        asked_at=mention.post.heard_at,
    )  # fmt: skip


def given(verdict: Verdict) -> VerdictGiven:
    return VerdictGiven(
        workspace=verdict.workspace_id, subject=verdict.mention.post_id, at=verdict.at, by=verdict.by_id,
        mention=verdict.mention_id, action=verdict.action,
    )  # fmt: skip


def asked(question: Question) -> QuestionAsked:
    return QuestionAsked(
        workspace=question.workspace_id, subject=question.pk, at=question.asked_at, node=question.node,
        brand=question.brand_id,
    )  # fmt: skip


def question_words(chart: Chart, node: str) -> str:
    """The question as the chart asks it; its id where the chart has lost it."""
    return chart.nodes[node].question if node in chart.nodes else node
