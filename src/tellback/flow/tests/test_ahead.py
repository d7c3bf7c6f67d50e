"""Reading ahead changes how long a replay takes, and nothing else: not even when the second process is killed."""

import json

import pytest

from tellback.flow import ahead
from tellback.flow.replay import Speed, play, prepare
from tellback.kit.foreseen import Foreseeable
from tellback.listen import alike, terms
from tellback.listen.models import Mention, Post
from tellback.networks.contract import Unreachable
from tellback.triage import rules
from tellback.triage.models import Verdict

SAID = [
    "you charged me twice for October, please fix it",
    "thank you so much, the engineer was lovely",
    "no line since Monday and nobody picks up, number {n}",
    "is there any news about the outage in street {n}?",
    "a heater of yours caught fire in flat {n}, this is dangerous",
]


@pytest.fixture
def posts(tmp_path):
    """1,300 rows: three batches, with a title here and there and a row that cannot be read."""
    rows = [
        {"id": str(n), "author": f"person{n % 700}", "text": f"@norrtel {SAID[n % 5].format(n=n)}", "brand": "Norrtel"}
        | ({"title": "A letter"} if n % 50 == 0 else {})
        for n in range(1300)
    ]
    path = tmp_path / "posts.jsonl"
    path.write_text("\n".join([*map(json.dumps, rows), '{"id": "no text"}', '{"no": "id", "text": "x"}']))
    return path


def played(path, space, monkeypatch, *, smallest):
    monkeypatch.setattr(ahead, "SMALLEST", smallest)
    connection = prepare(str(path), "tellback", space=space)
    report = play(connection, Speed()).as_dict()
    mentions = Mention.objects.filter(workspace=connection.workspace).order_by("post__external_id")
    verdicts = Verdict.objects.filter(workspace=connection.workspace).order_by("mention__post__external_id")
    return (
        {name: value for name, value in report.items() if "second" not in name},
        list(mentions.values_list("post__external_id", "post__text", "sure", "spans")),
        list(verdicts.values_list("mention__post__external_id", "action", "path")),
    )


@pytest.mark.django_db
def test_the_same_state_with_and_without(posts, monkeypatch, caplog):
    alone = played(posts, "Alone", monkeypatch, smallest=1 << 40)
    ahead_of = played(posts, "Ahead", monkeypatch, smallest=0)
    assert ahead_of == alone
    assert "reads on by itself" not in caplog.text
    assert alone[0]["rows"] == 1302
    assert alone[0]["refused"] == 2


@pytest.mark.django_db
def test_a_killed_second_process_is_not_missed(posts, monkeypatch, caplog):
    taken = 0

    def until_killed(answer):
        nonlocal taken
        for found in heard(answer):
            if taken == 1:
                raise EOFError
            taken += 1
            yield found

    heard = ahead.heard
    monkeypatch.setattr(ahead, "heard", until_killed)
    report, *_ = played(posts, "Killed", monkeypatch, smallest=0)
    assert "reads on by itself" in caplog.text
    assert (report["rows"], report["repeated"]) == (1302, 0)
    assert Post.objects.filter(workspace__name="Killed").count() == report["kept"] == 1300
    assert [function.known for function in ahead.PURE] == [{}, {}, {}]


def test_what_the_second_process_says_is_what_this_one_would(posts):
    settings = {"path": str(posts), "mapping": "tellback"}
    batch, share = next(ahead.alone(settings, {}))
    found = ahead.foreseen(batch, share, 7)
    text = found.batch.parcels[1].said.text
    assert found.answers[0][(text,)] == terms.words(text)
    assert found.answers[1][(text, 7)] == alike.compared(text, 7)
    assert found.answers[2][(text, 0)] == rules.heard(text, 0)
    assert found.batch.parcels[0].said.title == "A letter"


def test_a_file_of_which_nothing_can_be_read_says_so(tmp_path):
    (tmp_path / "posts.csv.gz").write_bytes(b"\x1f\x8b" + b"no gzip" * 10)
    with pytest.raises(Unreachable):
        list(ahead.batches({"path": str(tmp_path / "posts.csv.gz"), "mapping": "tellback"}, 1))


def test_what_is_foreseen_is_not_worked_out_again():
    asked = []
    double = Foreseeable(lambda number: asked.append(number) or 2 * number)
    double.known = {(3,): 6}
    assert [double(3), double(4)] == [6, 8]
    assert asked == [4]
