"""A workspace: one organisation's desk. Nothing of one workspace is ever seen from another."""

from datetime import date
from typing import Any, ClassVar

from django.db import models

from tellback.workspace.business_time import Hours


class Workspace(models.Model):
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=60, default="UTC")
    is_demo = models.BooleanField(default=False)
    approval = models.BooleanField(default=False)  # every reply needs a second person
    ask_after = models.PositiveIntegerField(null=True, default=0)  # minutes from closing to "did it help?"; None: never
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # its owner had it deleted; what is in it goes in batches

    def __str__(self) -> str:
        return self.name


class Calendar(models.Model):
    """Opening hours: `week` is seven lists of [from, to] in minutes, Monday first; split shifts are two spans."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="calendars")
    name = models.CharField(max_length=60)
    zone = models.CharField(max_length=60, default="UTC")
    week = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="calendar_names_differ")]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> Hours:
        """As business time wants it, with the holidays."""
        week = tuple(tuple((start, end) for start, end in spans) for spans in self.week) or ((),) * 7
        closed: frozenset[date] = frozenset(holiday.day for holiday in self.holidays.all())
        return Hours(zone=self.zone, week=week, closed=closed)


class Holiday(models.Model):
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()
    name = models.CharField(max_length=60, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_holiday_a_day")]

    def __str__(self) -> str:
        return f"{self.name or 'closed'} {self.day}"


class Team(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="team_names_differ")]

    def __str__(self) -> str:
        return self.name


class Brands(models.QuerySet["Brand"]):
    def in_use(self) -> "Brands":
        return self.filter(out_of_use_at=None)

    def ours(self) -> "Brands":
        """Those that we speak for."""
        return self.in_use().filter(is_rival=False)


class Brand(models.Model):
    """Whom people speak of. A rival's brand is heard too, and never answered for."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="brands")
    name = models.CharField(max_length=80)
    calendar = models.ForeignKey(Calendar, on_delete=models.SET_NULL, null=True, blank=True)
    is_rival = models.BooleanField(default=False)
    first_answer = models.PositiveIntegerField(default=15)  # minutes of open time
    next_answer = models.PositiveIntegerField(default=30)
    signature = models.CharField(max_length=80, default="", blank=True)
    made_at = models.DateTimeField()
    out_of_use_at = models.DateTimeField(null=True)  # from then on nobody is heard about it; its history stays

    objects: ClassVar[Any] = Brands.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="brand_names_differ")]

    def __str__(self) -> str:
        return self.name


class Term(models.Model):
    """A word by which people speak of a brand, or one by which they do not."""

    class Kind(models.TextChoices):
        NAME = "name", "name"
        HANDLE = "handle", "handle"
        HASHTAG = "hashtag", "hashtag"
        MISSPELLING = "misspelling", "misspelling"
        SITE = "site", "own site"
        EXCLUSION = "exclusion", "exclusion"

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="terms")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "kind", "text"], name="a_term_once")]

    def __str__(self) -> str:
        return f"{self.text} ({self.kind})"
