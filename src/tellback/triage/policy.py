"""A policy: a triage chart that a workspace works by, version after version. Which version is in force is a row."""

import json
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from textwrap import shorten
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.text import Truncator

from tellback.events.announcing import announce
from tellback.triage.chart import Chart, ChartError, dump, load
from tellback.triage.events import PolicyAdopted
from tellback.triage.examples import SHIPPED, load_examples, shipped, try_examples
from tellback.triage.faults import validate
from tellback.triage.rules import RuleJudge
from tellback.workspace.models import User, Workspace


class Policies(models.QuerySet["Policy"]):
    def in_force(self, workspace: int) -> "Policy":
        """The version that judges now. Every workspace has one from its first day."""
        found = self.filter(workspace=workspace, adoptions__ended_at=None, adoptions__isnull=False).first()
        if found is None:
            raise Policy.DoesNotExist(f"Workspace {workspace} has no policy in force.")
        return found


class Policy(models.Model):
    """One version of the chart with its examples, never changed once it is kept."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="policies")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    chart = models.JSONField()
    examples = models.JSONField(default=list)
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()

    objects: ClassVar[Any] = Policies.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "version"], name="policy_versions_count_up")]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    def drawn(self) -> Chart:
        """The chart itself, read once for each version."""
        return chart_of(self.pk)


class Adoption(models.Model):
    """A version was put in force, by whom, from when to when."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="adoptions")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"], name="one_policy_in_force", condition=models.Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} since {self.at:%Y-%m-%d}"


@lru_cache(maxsize=32)
def chart_of(policy: int) -> Chart:
    # A version never changes, so what was read once holds.
    return load(Policy.objects.values_list("chart", flat=True).get(pk=policy))


class PolicyFaults(ValueError):
    """Why a chart cannot be put in force: its faults, and the examples that it sends elsewhere."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def faults_of(written: dict[str, Any]) -> list[str]:
    """Everything that speaks against this chart, in words: its shape, its way, its examples."""
    try:
        chart = load(written)
        examples = load_examples(written)
    except ChartError as fault:
        return [str(fault)]
    found = [str(fault.words) for fault in validate(chart)]
    if found:
        return found
    results = try_examples(chart, examples, RuleJudge())
    return [f"Example “{shown(each.example.exhibit.text)}”: {each.words}" for each in results if not each.held]


def shown(text: str) -> str:
    """The beginning of an example, cut behind a word."""
    return shorten(text, 60, placeholder=" …") if " " in text[:60] else Truncator(text).chars(60)


@transaction.atomic
def keep(workspace: Workspace, written: dict[str, Any], *, by: User | None, at: datetime) -> Policy:
    """Keep a new version, not yet in force. Raises PolicyFaults."""
    faults = faults_of(written)
    if faults:
        raise PolicyFaults(faults)
    last = Policy.objects.filter(workspace=workspace).order_by("-version").first()
    chart = load(written)
    return Policy.objects.create(
        workspace=workspace, version=(last.version if last else 0) + 1, name=chart.name[:80],
        chart=dump(chart), examples=written.get("examples", []), by=by, at=at,
    )  # fmt: skip


def same_as(workspace: Workspace, written: dict[str, Any]) -> Policy | None:
    """The newest version that is this very chart with these very examples."""
    chart, examples = dump(load(written)), written.get("examples", [])
    kept = Policy.objects.filter(workspace=workspace).order_by("-version")
    return next((row for row in kept if row.chart == chart and row.examples == examples), None)


@transaction.atomic
def adopt(policy: Policy, *, by: User | None, at: datetime) -> Adoption:
    """Put a version in force. Earlier verdicts keep the version that made them."""
    Adoption.objects.filter(workspace=policy.workspace_id, ended_at=None).update(ended_at=at)
    adoption = Adoption.objects.create(workspace_id=policy.workspace_id, policy=policy, by=by, at=at)
    announce(
        PolicyAdopted(
            workspace=policy.workspace_id, subject=policy.pk, at=at, by=by.pk if by else None, version=policy.version
        )
    )
    return adoption


def written_shipped(name: str) -> dict[str, Any]:
    """A policy that comes with Tellback, as its JSON object."""
    if name not in SHIPPED:
        raise KeyError(name)
    found: dict[str, Any] = json.loads(files(__package__).joinpath("policies", f"{name}.json").read_text("utf-8"))
    return found


@transaction.atomic
def keep_shipped(workspace: Workspace, name: str, *, by: User | None, at: datetime) -> Policy:
    """A policy that comes with Tellback as a version of this workspace: the standing one, if it has it already."""
    written = written_shipped(name)
    chart = dump(load(written))
    kept = Policy.objects.filter(workspace=workspace).order_by("-version")
    return next((row for row in kept if row.chart == chart), None) or keep(workspace, written, by=by, at=at)


def begin(workspace: Workspace, *, at: datetime, by: User | None = None, name: str = SHIPPED[0]) -> Policy:
    """The first policy of a workspace: the default chart, in force at once."""
    chart, _ = shipped(name)
    policy = keep(workspace, written_shipped(chart.id), by=by, at=at)
    adopt(policy, by=by, at=at)
    return policy
