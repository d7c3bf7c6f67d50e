"""What a replay says at its end: units apart, and refused rows in plain words."""

import json

import pytest

from tellback.flow.replay import Report
from tellback.web.commands import replay

HEAD = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"
ASKED = "3,7001,True,Tue Oct 31 22:08:27 +0000 2017,@NorrtelCare you charged me twice. Fix it please,1,"
SAID = "1,NorrtelCare,False,Tue Oct 31 22:10:47 +0000 2017,@7001 We look into it.,,3"


@pytest.fixture
def command(db, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(replay, "begin", lambda: None)
    monkeypatch.setattr("tellback.kit.process.settle_down", lambda: None)

    def run(*rows):
        path = tmp_path / "twcs.csv"
        path.write_text("\n".join([HEAD, *rows]) + "\n")
        code = replay.main([str(path), "--mapping", "twcs", "--json", "-"])
        out, err = capsys.readouterr()
        return code, json.loads(out), err

    return run


def test_one_refused_row_is_said_with_its_place_and_the_rest_is_in(command):
    code, figures, words = command(ASKED, SAID, "4,,,,,,")
    assert code == 1
    assert "1 row was refused: twcs.csv line 4: Nothing stands in the row beside its id. All the rest is in." in words
    assert (figures["kept"], figures["refused"]) == (2, 1)


def test_without_a_refused_row_nothing_is_said_of_any(command):
    code, _, words = command(ASKED, SAID)
    assert code == 0
    assert "refused" not in words.partition("Posts, one for each row kept")[2]


def test_many_refused_rows_are_counted_and_the_first_shown():
    report = Report(refused=25, broken=[f"line {number}: no text" for number in range(25)])
    said = replay.refused(report, "Replay x")
    assert said[1] == "25 rows were refused; all the rest is in."
    assert said[2] == "  line 0: no text"
    assert said[-1] == "  and 5 more; all of them stand with the connection 'Replay x'"


def test_rows_posts_and_mentions_stand_apart():
    report = Report(rows=3, kept=2, refused=1, own=1, matched=1, cases=2)
    report.verdicts.update({"Fix it and tell them": 2})
    said = replay.table(report.as_dict()).splitlines()
    headings = [line for line in said if line and not line.startswith(" ")]
    assert [heading.split()[0].rstrip(":,") for heading in headings] == ["Rows", "Posts", "Mentions", "Time"]
    assert "a post that speaks of two brands counts twice" in headings[2]
    mentions = said[said.index(headings[2]) :]
    assert mentions[1].split()[-1] == mentions[2].split()[-1] == "2"


def test_what_could_not_be_read_of_a_row_that_was_kept_is_said(command):
    late = "5,7002,True,Tue Oct 31 22:08:27 +0000 2097,@NorrtelCare where is my router?,,"
    wrong = "6,,True,the day before,@NorrtelCare is anybody there?,,"
    code, figures, words = command(ASKED, late, wrong)
    assert code == 0
    assert (figures["kept"], figures["faulty"]) == (3, 2)
    assert "Kept, though something in them could not be read: 2." in words
    assert 'twcs.csv line 3: The date "Tue Oct 31 22:08:27 +0000 2097" lies in the future' in words
    assert "twcs.csv line 4: The row names no author." in words
    assert "the day before" in words
