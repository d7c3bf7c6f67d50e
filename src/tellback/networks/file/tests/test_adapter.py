import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellback.networks.contract import Adapter, Author, Outgoing, Refused, Unreachable, Unreadable
from tellback.networks.file import adapter
from tellback.networks.file.said import TEXT_LIMIT

AIRLINE = """tweet_id,created_at,airline,author,text
901,2015-02-22 23:54:36 -0800,United,inesaldermoor,@united my bag &amp; my patience are gone
902,2015-02-22 23:55:00 -0800,US Airways,tovehallam,"@USAirways two lines,
one question"
5.697672660757422E+17,2015-02-22 23:56:00 -0800,United,bram,spoilt
,2015-02-22 23:56:00 -0800,United,bram,nameless
904,9999-12-31 00:00:00 -0800,United,bram,from the future
"""
TWCS = """tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id
1,NorrtelCare,False,Tue Oct 31 22:10:47 +0000 2017,@7001 We look into it.,"2,5",3.0
3,7001,True,Tue Oct 31 22:08:27 +0000 2017,@NorrtelCare no signal in Corrin,1,
2,7001,True,Tue Oct 31 22:11:45 +0000 2017,@NorrtelCare thanks,,1.0
3,,,,,,
"""
IBM = [
    {
        "company": "SkylarkHelp",
        "n": 3,
        "turns": [
            {"who": "client", "name": "user1", "at": "2020-03-20T18:34:50.000Z", "text": "bag lost \ud83d", "id": "11"},
            {
                "who": "agent",
                "name": "SkylarkHelp",
                "at": "2020-03-20T18:43:36.000Z",
                "text": "Which flight?",
                "id": "12",
            },
            "no turn",
            {"who": "client", "name": "user1", "at": "soon", "text": "SK 204", "id": "13"},
        ],
    },
    {"company": "NorrtelCare", "turns": []},
    {"company": "NorrtelCare", "turns": [{"who": "client", "name": "user1", "at": "", "text": "hello", "id": "21"}]},
]


@pytest.fixture
def file(tmp_path):
    def put(name, text, mapping):
        raw = text.encode()
        (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return {"path": str(tmp_path / name), "mapping": mapping}

    return put


def everything(connection, cursor=None):
    found = list(adapter.listen(connection, cursor or {}))
    parcels = [parcel for batch in found for parcel in batch.parcels]
    broken = [one for batch in found for one in batch.broken]
    saids = [adapter.parse(parcel.payload, connection) for parcel in parcels]
    assert [said.external_id for said in saids] == [parcel.external_id for parcel in parcels]
    return saids, broken, found[-1].cursor if found else None


def test_it_is_an_adapter():
    kept: Adapter = adapter
    assert (kept.name, kept.speaks, kept.encloses, kept.limit) == ("file", False, False, None)


def test_the_airline_layout(file):
    connection = file("airline.csv.gz", AIRLINE, "airline")
    saids, broken, cursor = everything(connection)
    first, second, last = saids
    assert first.external_id == "901"
    assert first.text == "@united my bag & my patience are gone"
    assert first.written_at == datetime(2015, 2, 23, 7, 54, 36, tzinfo=UTC)
    assert (first.brand, first.author, first.own) == ("United", Author("inesaldermoor"), False)
    assert first.extra == {"network": "Twitter"}
    assert second.text == "@USAirways two lines,\none question"
    assert last.written_at is None
    assert "in the future" in last.extra["date_fault"]
    assert [(one.place, one.why[:22]) for one in broken] == [
        ("airline.csv.gz line 5", "The id 5.6976726607574"),
        ("airline.csv.gz line 6", "The row has no id in t"),
    ]
    assert cursor == {"rows": 5}
    assert adapter.count(connection) == 5
    assert adapter.brands(connection) == ["United", "US Airways"]
    assert adapter.check(connection) == []


def test_the_twcs_layout(file):
    connection = file("twcs.csv", TWCS, "twcs")
    saids, broken, _ = everything(connection)
    answer, question, thanks = saids
    assert (answer.own, answer.brand, answer.answers) == (True, "NorrtelCare", "3")
    assert answer.extra["answered_by"] == ["2", "5"]
    assert answer.written_at == datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)
    assert (question.own, question.brand, question.answers, question.author.handle) == (False, "", "", "7001")
    assert thanks.answers == "1"
    assert [one.why for one in broken] == ["Nothing stands in the row beside its id."]
    assert adapter.brands(connection) == ["NorrtelCare"]


def test_the_ibm_layout_unfolds_its_conversations(file):
    connection = file("ibm.jsonl", "\n".join(json.dumps(row) for row in IBM), "ibm")
    saids, broken, cursor = everything(connection)
    first, answer, last, other = saids
    assert [said.external_id for said in saids] == ["11", "12", "13", "21"]
    assert {said.thread for said in saids[:3]} == {"11"}
    assert (first.own, first.brand, first.answers) == (False, "SkylarkHelp", "")
    assert (answer.own, answer.author.handle, answer.answers) == (True, "SkylarkHelp", "11")
    assert (last.answers, last.written_at) == ("12", None)
    assert first.text == "bag lost \N{REPLACEMENT CHARACTER}"
    assert first.author.handle == last.author.handle != other.author.handle
    assert [one.place for one in broken] == ["ibm.jsonl line 1, turn 3", "ibm.jsonl line 2"]
    assert cursor == {"rows": 3}
    assert adapter.brands(connection) == ["SkylarkHelp", "NorrtelCare"]


def test_our_own_layout(file):
    rows = [
        {"id": 7, "time": "2024-05-01T10:00:00+00:00", "author": "@odile", "text": "&amp; stays", "brand": "Norrtel"},
        {"id": "8", "text": "Hello", "direction": "out", "thread": "7", "answers": "7"},
        {"id": "9"},
    ]
    saids, broken, _ = everything(file("posts.jsonl", "\n".join(map(json.dumps, rows)), "tellback"))
    assert (saids[0].external_id, saids[0].author.handle, saids[0].text) == ("7", "odile", "&amp; stays")
    assert (saids[1].own, saids[1].thread, saids[1].answers) == (True, "7", "7")
    assert saids[1].author.handle == "unnamed-8"
    assert "names no author" in saids[1].extra["author_fault"]
    assert [one.place for one in broken] == ["posts.jsonl line 3"]


def test_a_layout_without_ids_gets_the_same_id_for_the_same_row(file):
    mapping = {"columns": {"text": "text"}}
    saids, _, _ = everything(file("x.csv", "text,town\nno signal,Corrin\nno signal,Corrin\nno signal,Tarn\n", mapping))
    assert saids[0].external_id == saids[1].external_id != saids[2].external_id


ROW = st.sampled_from(["1,a,b", '2,"x\ny",b', "3,a", "4,a,b,c", ",a,b", '5,"p ""q""",b', '6,"never'])


@settings(deadline=None)
@given(st.lists(ROW, min_size=1, max_size=40), st.integers(1, 7), st.data())
def test_rows_are_parcels_and_broken_and_any_cursor_goes_on(tmp_path_factory, rows, size, data):
    path = tmp_path_factory.mktemp("rows") / "posts.csv"
    path.write_text("id,text,town\n" + "\n".join(rows))
    connection = {"path": str(path), "mapping": {"columns": {"id": "id", "text": "text"}}}
    before = adapter.BATCH
    adapter.BATCH = size
    try:
        batches = list(adapter.listen(connection, {}))
        whole = [p.external_id for b in batches for p in b.parcels]
        assert whole == [row[0] for row in rows if row[0] in "125"]
        assert sum(len(b.parcels) + len(b.broken) for b in batches) == len(rows) == batches[-1].cursor["rows"]
        cut = data.draw(st.integers(0, len(batches)))
        seen = [p.external_id for b in batches[:cut] for p in b.parcels]
        cursor = batches[cut - 1].cursor if cut else {}
        assert seen + [p.external_id for b in adapter.listen(connection, cursor) for p in b.parcels] == whole
    finally:
        adapter.BATCH = before


def test_batches_hold_at_most_five_hundred_and_a_row_cut_in_two_is_not_yet_done(file):
    turns = [{"id": str(n), "text": "x", "who": "client", "name": "a", "at": ""} for n in range(1200)]
    connection = file("long.jsonl", json.dumps({"company": "Norrtel", "turns": turns}), "ibm")
    batches = list(adapter.listen(connection, {}))
    assert [len(batch.parcels) for batch in batches] == [500, 500, 200]
    assert [batch.cursor for batch in batches] == [{"rows": 0}, {"rows": 0}, {"rows": 1}]


def test_a_cut_file_is_told_once_and_goes_on_when_it_is_whole(file, tmp_path):
    text = "".join(f'{{"id":"{n}","text":"no signal {n * 7919}"}}\n' for n in range(1000))
    connection = file("posts.jsonl.gz", text, "tellback")
    path, whole = tmp_path / "posts.jsonl.gz", gzip.compress(text.encode())
    path.write_bytes(whole[: len(whole) // 2])
    first, broken, cursor = everything(connection)
    assert len(broken) == 1
    assert "cut off" in broken[0].why
    assert list(adapter.listen(connection, cursor)) == []
    path.write_bytes(whole)
    second, broken, cursor = everything(connection, cursor)
    assert [said.external_id for said in first + second] == [str(n) for n in range(1000)]
    assert (broken, cursor) == ([], {"rows": 1000})


def test_rows_added_later_are_read_on(file, tmp_path):
    connection = file("posts.csv", "id,text\n1,a\n", {"columns": {"id": "id", "text": "text"}})
    _, _, cursor = everything(connection)
    with (tmp_path / "posts.csv").open("a") as out:
        out.write("2,b\n")
    assert [said.external_id for said in everything(connection, cursor)[0]] == ["2"]


def test_a_hundred_kilobytes_of_emoji_are_fine_and_three_hundred_are_cut():
    connection = {"mapping": "tellback"}
    for count, kept in [(25_000, 25_000), (75_000, TEXT_LIMIT // 4)]:
        said = adapter.parse(json.dumps({"id": "1", "text": "😡" * count}), connection)
        assert said.text == "😡" * kept
        assert ("text_fault" in said.extra) == (kept < count)


@pytest.mark.parametrize(
    ("payload", "words"),
    [("{", "no JSON"), ("[]", "no JSON object"), ('{"text":"x"}', "no id"), ('{"id":"1"}', 'no column "text"')],
)
def test_a_payload_that_cannot_be_read_says_why(payload, words):
    with pytest.raises(Unreadable, match=words):
        adapter.parse(payload, {"mapping": "tellback"})


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["id", "text", "time", "author", "answers", "brand", "x"]),
        st.one_of(
            st.text(max_size=20),
            st.integers(),
            st.floats(),
            st.none(),
            st.booleans(),
            st.lists(st.integers(), max_size=2),
        ),
    )
)
def test_whatever_parse_gives_can_be_stored(cells):
    try:
        said = adapter.parse(json.dumps(cells), {"mapping": "tellback"})
    except Unreadable:
        return
    for text in (
        said.external_id,
        said.text,
        said.author.handle,
        said.answers,
        said.brand,
        *map(str, said.extra.values()),
    ):
        text.encode()
        assert "\0" not in text


def test_what_is_wrong_is_said_before_and_when_listening(file, tmp_path):
    nowhere = {"path": str(tmp_path / "none.csv"), "mapping": "airline"}
    assert "There is no file" in adapter.check(nowhere)[0]
    with pytest.raises(Unreachable, match="There is no file"):
        list(adapter.listen(nowhere, {}))
    with pytest.raises(Unreachable, match="There is no file"):
        adapter.brands(nowhere)
    with pytest.raises(Unreachable, match='The mapping "nobody"'):
        adapter.listen({"path": "-", "mapping": "nobody"}, {})
    assert adapter.check({"mapping": "airline"}) == ["No file is named. Give its path."]
    other = file("other.csv", "id,words\n1,x", "twcs")
    assert 'has no column "text"' in adapter.check(other)[0]
    hollow = file("hollow.jsonl", '{"id":1}\n{"id":2}', "tellback")
    assert adapter.check(hollow) == [
        'None of the first rows can be read. hollow.jsonl line 1: The row has no "text", where the text should stand.'
    ]


def test_half_a_character_is_replaced_in_a_row_that_is_not_utf_8_too(tmp_path):
    (tmp_path / "posts.jsonl").write_bytes(b'{"id": "1", "by": "tove", "text": "caf\xe9 \\ud800 open"}\n')
    (said,), broken, _ = everything({"path": str(tmp_path / "posts.jsonl"), "mapping": "tellback"})
    assert said.text == "caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{REPLACEMENT CHARACTER} open"
    assert broken == []


def test_a_file_is_not_answered():
    outgoing = Outgoing("k", Author("odile"), "Fixed", "1", "1")
    answer = adapter.deliver({}, outgoing)
    assert isinstance(answer, Refused)
    assert answer.permanent
    assert adapter.find({}, outgoing) is None
