"""The house keeps its rules; and each rule knows a good example from a bad one."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import CharField, ForeignKey, JSONField, TextField

from tellback.flow.forgetting import FATES, ROOMS
from tests.house import rules

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "tellback"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)
OURS = [path for path in MODULES if "tests" not in path.parts]
VIEWS = [path for path in OURS if "views" in path.parts or path.name == "views.py"]
TEMPLATES = sorted(path for path in SOURCE.rglob("*.html"))
# What broke a rule before it was written, with the reason. Take one away; add none without a reason.
ALLOWED: dict[str, str] = {}


def broken(rule, paths):
    return [
        f"{path.relative_to(ROOT)}: {fault}"
        for path in paths
        if str(path.relative_to(SOURCE)) not in ALLOWED
        for fault in rule(path.read_text("utf-8"))
    ]


RULES = {
    "look_ups": (rules.look_ups, VIEWS),
    "signals": (rules.signals, OURS),
    "saves": (rules.saves, OURS),
    "generic_keys": (rules.generic_keys, OURS),
    "long_functions": (rules.long_functions, OURS),
    "long_file": (rules.long_file, OURS),
    "inline": (rules.inline, TEMPLATES),
    "unescaped": (rules.unescaped, TEMPLATES),
}


@pytest.mark.parametrize("name", RULES)
def test_the_house_keeps_the_rule(name):
    rule, paths = RULES[name]
    assert paths
    assert broken(rule, paths) == []


EXAMPLES = [
    (rules.look_ups, "Case.objects.get(pk=pk, workspace=member.workspace)", True),
    (rules.look_ups, "get_object_or_404(Case, pk=pk, workspace=member.workspace)", True),
    (rules.look_ups, "get_object_or_404(case.closures, pk=pk)", True),
    (rules.look_ups, "request.POST.get('name')", True),
    (rules.look_ups, "Case.objects.get(pk=pk)", False),
    (rules.look_ups, "Reply.objects.select_related('to').get(pk=pk)", False),
    (rules.look_ups, "get_object_or_404(Reply, pk=pk)", False),
    (rules.signals, "from tellback.triage.signals import Judge", True),
    (rules.signals, "from django.db.models.signals import post_save", False),
    (rules.signals, "from django.dispatch import receiver", False),
    (rules.saves, "class Case:\n    def close(self): ...", True),
    (rules.saves, "def save(rows): ...", True),
    (rules.saves, "class Batch:\n    def save(self): ...", True),
    (rules.saves, "class Case(Model):\n    def save(self, *args): ...", False),
    (rules.generic_keys, "about = ForeignKey(Case)", True),
    (rules.generic_keys, "about = GenericForeignKey()", False),
    (rules.long_functions, "def read():\n" + "    pass\n" * 59, True),
    (rules.long_functions, "def read():\n" + "    pass\n" * 60, False),
    (rules.long_file, "\n" * 300, True),
    (rules.long_file, "\n" * 301, False),
    (rules.inline, '<script src="/static/x.js" defer></script><p class="style">on time = good</p>', True),
    (rules.inline, '<script id="x" type="application/json">{}</script>', True),
    (rules.inline, "{# no style= here #}<p data-once='x'>", True),
    (rules.inline, "<script>run()</script>", False),
    (rules.inline, '<p style="color: red">', False),
    (rules.inline, '<a onclick="go()">', False),
    (rules.inline, "<style>p {}</style>", False),
    (rules.inline, '<a href="javascript:go()">', False),
    (rules.unescaped, "{{ text|linebreaks }} safe and sound", True),
    (rules.unescaped, "{{ text|safe }}", False),
    (rules.unescaped, "{% autoescape off %}", False),
]


@pytest.mark.parametrize(("rule", "source", "good"), EXAMPLES)
def test_each_rule_knows_good_from_bad(rule, source, good):
    assert (rule(source) == []) is good, rule(source)


def models():
    return [model for model in apps.get_models() if model.__module__.startswith("tellback.")]


def holds_words(model):
    """A person's row, or a place for words: long text, JSON, or more than a name or a code."""
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model._meta.label in {
            "people.Person",
            "people.Handle",
            "listen.Post",
        }:
            return True
        if isinstance(field, TextField | JSONField) or (isinstance(field, CharField) and (field.max_length or 0) > 100):
            return True
    return False


def test_forgetting_names_every_table_that_may_hold_a_person():
    missing = [model._meta.label for model in models() if holds_words(model) and model._meta.label not in FATES]
    assert not missing, f"Say in flow/forgetting.py (FATES) what becomes of the rows of {missing}, and do it."


def test_every_room_that_forgets_is_on_the_line():
    written = {path.parent.name for path in SOURCE.glob("*/forgetting.py") if "def forget(" in path.read_text()}
    assert written - {"flow", "events", "people"} == set(ROOMS)


def test_each_noun_stands_once_in_the_words_and_in_order():
    lines = (ROOT / "docs" / "words.md").read_text("utf-8").splitlines()
    words = [match[1] for line in lines if (match := re.match(r"- \*\*([^*]+)\*\*: \S.*\.$", line))]
    assert len(words) == sum(line.startswith("- ") for line in lines), (
        "A line is not of the form: - **Word**: what it is."
    )
    assert words == sorted(set(words), key=str.casefold)
    missing = {model.__name__ for model in models()} - set(words)
    assert not missing, f"Add to docs/words.md what these are: {sorted(missing)}"
