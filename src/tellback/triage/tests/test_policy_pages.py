"""The versions of the chart: looked at, compared, taken from a file, put in force."""

import copy
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from tellback.triage.chart import load
from tellback.triage.difference import differences
from tellback.triage.filing import LARGEST, read_policy, write_policy
from tellback.triage.models import Policy
from tellback.triage.policy import PolicyFaults, faults_of, written_shipped


@pytest.fixture
def manager(client, world):
    client.force_login(world.jonah)
    return client


def address(world, name, *args):
    return reverse(f"triage:{name}", args=[world.workspace.slug, *args])


def changed_chart():
    written = written_shipped("union")
    written["nodes"][0]["question"] = "Danger or law?"
    written["nodes"][6]["no"]["to"] = "watch"
    written["nodes"][8]["yes"]["to"] = "let_stand"
    written["nodes"][1]["low"] = 0.25
    written["actions"][1]["words"] = "Not about us"
    return written


def words(old, new):
    return [(one.kind, one.words) for one in differences(load(old), load(new))]


def test_a_chart_differs_from_itself_in_nothing():
    assert words(written_shipped("union"), written_shipped("union")) == []


def test_differences_are_sentences():
    found = words(written_shipped("union"), changed_chart())
    assert ("changed", "“Danger, law or press?” is asked as “Danger or law?”.") in found
    assert ("changed", "“Worth a reply?” no leads to “Watch its reach”, before to “Let stand”.") in found
    assert ("changed", "Action “Not ours” is called “Not about us”.") in found
    assert any("no up to 25%" in said and "before by" in said for _, said in found)
    assert len(found) == 5


def test_what_one_chart_lacks_is_added_by_the_other():
    new = written_shipped("union")
    new["nodes"].append(
        {
            "id": "more",
            "question": "Anything more?",
            "how": "person",
            "yes": {"to": "thank", "words": "yes"},
            "no": {"to": "let_stand", "words": "no"},
        }
    )
    assert words(written_shipped("union"), new) == [
        ("added", "Question “Anything more?”: yes leads to “Thank”, no to “Let stand”.")
    ]
    assert words(new, written_shipped("union")) == [("removed", "Question “Anything more?”.")]


def test_every_shipped_chart_can_be_looked_at_and_says_what_it_does_otherwise(manager, world):
    for name in ("union", "air-force-2009", "social-media-triage"):
        page = manager.get(address(world, "shipped", name))
        assert page.status_code == 200
        assert "each of them where it should" in page.content.decode()
    assert "What it does otherwise than version 1" in page.content.decode()
    part = manager.get(address(world, "shipped", "union"), {"edge": "danger:yes"}).content.decode()
    assert "There is smoke from the overhead locker" in part
    assert "Examples that go this way" in part


def test_a_shipped_chart_is_put_in_force_and_the_first_one_put_back(manager, world):
    manager.post(address(world, "shipped_adoption", "social-media-triage"))
    assert Policy.objects.in_force(world.workspace.pk).version == 2
    manager.post(address(world, "shipped_adoption", "union"))
    assert Policy.objects.in_force(world.workspace.pk).version == 1
    assert Policy.objects.count() == 2
    manager.post(address(world, "adoption", 2))
    assert Policy.objects.in_force(world.workspace.pk).version == 2
    page = manager.get(address(world, "policies")).content.decode()
    assert "version 2, since" in page
    assert manager.get(reverse("triage:chart", args=[world.workspace.slug])).status_code == 200


def test_a_version_comes_out_and_goes_in_again(manager, world):
    out = manager.get(address(world, "policy_file", 1))
    assert out["Content-Disposition"] == 'attachment; filename="union-1.json"'
    assert read_policy(out.content.decode())["nodes"] == written_shipped("union")["nodes"]
    sent = SimpleUploadedFile("mine.json", json.dumps({**changed_chart(), "examples": []}).encode())
    there = manager.post(address(world, "policy_new"), {"file": sent}, follow=True)
    assert "It is kept as version 2, and not yet in force." in there.content.decode()
    assert "“Worth a reply?” no leads to “Watch its reach”" in there.content.decode()
    assert Policy.objects.in_force(world.workspace.pk).version == 1
    assert write_policy(Policy.objects.get(version=2)).startswith("{")


def test_a_pasted_policy_with_a_fault_is_kept_in_the_form_with_the_fault(manager, world):
    wrong = changed_chart()
    del wrong["nodes"][3]["no"]
    page = manager.post(address(world, "policy_new"), {"text": json.dumps(wrong)})
    assert page.status_code == 422
    said = page.content.decode()
    assert "“Part of an open incident?” has no edge for no." in said
    assert "Danger or law?" in said
    assert Policy.objects.count() == 1


def test_an_example_that_goes_elsewhere_keeps_a_policy_out(manager, world):
    wrong = written_shipped("union")
    wrong["examples"][0]["ends"] = "thank"
    page = manager.post(address(world, "policy_new"), {"text": json.dumps(wrong)})
    assert "should be: Thank" in page.content.decode()
    (fault,) = faults_of(wrong)
    cut = fault.split("”")[0].removeprefix("Example “")
    assert cut.endswith(" …")
    assert wrong["examples"][0]["words"].startswith(cut.removesuffix("…"))


def test_one_of_the_two_is_needed_and_the_form_says_so(manager, world):
    page = manager.get(address(world, "policy_new")).content.decode()
    assert page.count("(one of the two)") == 2
    assert "(optional)" not in page


def test_an_unchanged_chart_is_no_new_version(manager, world):
    out = manager.get(address(world, "policy_file", 1)).content.decode()
    page = manager.post(address(world, "policy_new"), {"text": out}, follow=True).content.decode()
    assert "This is version 1 already, word for word. No new version is kept." in page
    assert Policy.objects.count() == 1
    other = json.dumps({**written_shipped("union"), "examples": []})
    manager.post(address(world, "policy_new"), {"text": other})
    assert Policy.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Choose a file"),
        ("{", "Line 1 is not JSON"),
        ("[]", "must be one JSON object"),
        ('{"nodes": NaN}', "a number that is none"),
        ("[" * 30_000, "nested too deeply"),
        ('{"nodes": [], "actions": [], "id": "a\\u0000"}', "NUL"),
        ('{"nodes": [{"id": "a:yes"}], "actions": []}', "small letters"),
        (
            '{"nodes": [], "actions": [], "examples": [{"words": "x", "facts": {"about_us": "high"}, "ends": "x"}]}',
            "Example 1",
        ),
        ('{"nodes": [], "actions": [], "examples": 3}', "must be a list"),
    ],
)
def test_bad_files_are_answered_in_words(manager, world, text, fault):
    page = manager.post(address(world, "policy_new"), {"text": text})
    assert page.status_code == 422
    assert fault in page.content.decode()
    assert Policy.objects.count() == 1


def test_a_file_too_large_or_no_text_is_refused(manager, world):
    for content, fault in ((b" " * (LARGEST + 1), "larger than 256 kB"), (b"\xff\xfe\x00", "not text in UTF-8")):
        page = manager.post(address(world, "policy_new"), {"file": SimpleUploadedFile("x.json", content)})
        assert fault in page.content.decode()


def test_an_agent_looks_and_changes_nothing(client, world):
    client.force_login(world.ines)
    assert client.get(address(world, "policies")).status_code == 200
    assert client.get(address(world, "policy", 1)).status_code == 200
    assert client.get(address(world, "policy_new")).status_code == 403
    assert client.post(address(world, "shipped_adoption", "union")).status_code == 403
    assert client.post(address(world, "adoption", 1)).status_code == 403
    assert client.get(address(world, "shipped", "none")).status_code == 404


leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(["nodes", "actions", "examples"]), row=st.integers(0, 5), value=trees, data=st.data())
def test_no_file_breaks_the_reading(place, row, value, data):
    written = copy.deepcopy(written_shipped("union"))
    part = written[place][row]
    part[data.draw(st.sampled_from([*part, "low", "facts", "answers", "audience"]))] = value
    assert all(isinstance(fault, str) and fault for fault in said_of(json.dumps(written)))


def said_of(text):
    try:
        return faults_of(read_policy(text))
    except PolicyFaults as wrong:
        return wrong.faults
