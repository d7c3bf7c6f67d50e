import gzip
import json
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellback.networks.contract import Broken
from tellback.networks.file import gunzip, source
from tellback.networks.file.mapping import from_dict, load
from tellback.networks.file.reader import Reader, Row
from tellback.networks.file.source import WINDOWS

PLAIN = from_dict({"name": "plain", "columns": {"id": "id", "text": "text"}})
ROWS = b"".join(b'{"id":"%d","text":"no signal in Corrin %d"}\n' % (n, n * 7919) for n in range(2000))


def read(raw, mapping=PLAIN, skip=0, name="posts"):
    reader = Reader(name, mapping, skip, BytesIO(raw))
    return list(reader), reader


def kinds(rows):
    return [type(row) for row in rows]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=400), st.sampled_from([b"", b"id,text\n", b'{"id":1}\n', b"\xff\xfe", b"\x1f\x8b\x08\x00"]))
def test_no_bytes_make_the_reader_raise(tail, head):
    rows, _ = read(head + tail)
    assert rows or head == b"id,text\n"
    for row in rows:
        assert isinstance(row, Row) or (row.place and row.why and "\0" not in row.payload)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["good", "wrong", "number", "blank"]), min_size=1, max_size=30))
def test_each_json_line_is_counted_once(kinds_written):
    lines = {"good": '{"id":"1","text":"x"}', "wrong": '{"id":', "number": "12", "blank": "  "}
    raw = '{"id":"0","text":"first"}\n' + "\n".join(lines[kind] for kind in kinds_written)
    rows, _ = read(raw.encode())
    assert kinds(rows)[1:] == [Row if kind == "good" else Broken for kind in kinds_written if kind != "blank"]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["1,fine", '2,"two ""quoted"" words"', '3,"two\nlines"', "4", "5,a,b", "6,a\0"]), max_size=30
    )
)
def test_each_table_row_is_counted_once_and_skipping_counts_alike(lines):
    raw = ("id,text\n" + "\n".join(lines)).encode()
    rows, _ = read(raw)
    good = [line for line in lines if line[0] in "123"]
    assert [row.cells["id"] for row in rows if isinstance(row, Row)] == [line[0] for line in good]
    assert len(rows) == len(lines)
    assert read(raw, skip=len(lines) // 2)[0] == rows[len(lines) // 2 :]


def test_a_broken_row_names_file_line_and_reason():
    rows, _ = read(b"id,text\n1,fine\n2\n", name="/tmp/posts.csv")
    assert rows[1] == Broken("The row has 1 cell where the first line names 2.", "posts.csv line 3", "2")


@pytest.mark.parametrize("cut", [200, 1000, 5000])
def test_a_cut_gzip_gives_what_was_readable_and_says_the_rest(cut):
    packed = gzip.compress(ROWS)[:cut]
    inner = zlib.decompressobj(wbits=31)
    readable = inner.decompress(packed).count(b"\n")
    rows, reader = read(packed)
    assert sum(isinstance(row, Row) for row in rows) == readable
    assert rows[-1] is reader.closing
    assert "cut off" in rows[-1].why
    assert rows[-1].place == f"posts line {readable + 1}"


def test_a_damaged_gzip_gives_what_stood_before_the_damage():
    packed = bytearray(gzip.compress(ROWS))
    middle = len(packed) // 2
    packed[middle : middle + 40] = bytes(40)
    rows, reader = read(bytes(packed))
    good = [row for row in rows if isinstance(row, Row)]
    assert len(good) > 800
    assert [row.line for row in good[:800]] == list(range(1, 801))
    assert "damaged" in reader.closing.why


def test_a_wrong_checksum_is_said_after_all_rows():
    packed = gzip.compress(ROWS)
    rows, reader = read(packed[:-8] + b"\1\2\3\4" + packed[-4:])
    assert sum(isinstance(row, Row) for row in rows) == 2000
    assert "damaged" in reader.closing.why


def test_members_in_a_row_are_one_file_and_bytes_after_them_are_said():
    packed = gzip.compress(ROWS) + gzip.compress(ROWS)
    assert len(read(packed)[0]) == 4000
    assert len(read(packed + bytes(512))[0]) == 4000
    rows, reader = read(packed + b"tail")
    assert len(rows) == 4001
    assert "no gzip" in reader.closing.why


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(gunzip, "FREE", 1_000_000)
    rows, reader = read(gzip.compress(bytes(50_000_000)))
    assert [type(row) for row in rows] == [Broken]
    assert reader.closing is None
    assert "200 times" in reader.refused
    rows, reader = read(gzip.compress(ROWS[:48] + b" \n" * 20_000_000))
    assert isinstance(rows[0], Row)
    assert "200 times" in reader.closing.why


def test_a_line_over_the_limit_is_passed_over(monkeypatch):
    monkeypatch.setattr(source, "LINE_LIMIT", 70_000)
    long = b'{"id":"2","text":"' + b"x" * 300_000 + b'"}\n'
    rows, _ = read(b'{"id":"1","text":"a"}\n' + long + b'{"id":"3","text":"c"}\n' + long[:200_000])
    assert kinds(rows) == [Row, Broken, Row, Broken]
    assert "4 MB" in rows[1].why
    assert (rows[1].place, rows[2].line, rows[3].place) == ("posts line 2", 3, "posts line 4")
    assert len(rows[1].payload) <= source.HEAD


def test_encodings():
    text = "id,text\n1,Ines fährt nach Corrin 😡\n"
    for encoding in ("utf-8-sig", "utf-16"):
        rows, _ = read(text.encode(encoding))
        assert rows == [Row(2, {"id": "1", "text": "Ines fährt nach Corrin 😡"})]
    rows, _ = read("id,text\n1,Ines fährt\n2,Tove\n".encode("latin-1"))
    assert rows[0].cells == {"id": "1", "text": "Ines fährt", "@note": WINDOWS}
    assert rows[1].cells == {"id": "2", "text": "Tove"}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "posts is empty"),
        (b"\n\n \n", "only blank lines"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b'[{"id":1}]', "one JSON array"),
        (
            b"id,message\n1,x",
            'has no column "text", which the mapping "plain" looks for. Its columns are "id", "message".',
        ),
        (b"id,text,text\n1,x,y", "2 times"),
        (b'id,"text\n', "must name the columns"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_says_why(raw, words):
    rows, reader = read(raw)
    assert len(rows) == 1
    assert words in reader.refused
    assert rows[0].why == reader.refused


def test_places_that_hold_no_file(tmp_path):
    for path, words in [
        (tmp_path, "is a folder"),
        (tmp_path / "none.csv", "There is no file"),
        ("/dev/zero", "device"),
    ]:
        (row,) = Reader(str(path), PLAIN)
        assert words in row.why
    (row,) = Reader("a\0b", PLAIN)
    assert "cannot be opened" in row.why


def test_nested_json_is_refused_with_words():
    rows, _ = read(b'{"id":1,"text":"x"}\n' + b"[" * 200_000)
    assert kinds(rows) == [Row, Broken]
    assert "nested too deeply" in rows[1].why


def test_progress_runs_from_nothing_to_all(tmp_path):
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(
        gzip.compress(
            b"".join(json.dumps({"id": n, "text": str(hash(n * 7.1))}).encode() + b"\n" for n in range(30_000))
        )
    )
    reader = Reader(str(path), load("tellback"))
    assert reader.progress() == 0.0
    seen = [reader.progress() for _ in reader]
    assert seen == sorted(seen)
    assert 0 < seen[100] < 1
    assert reader.progress() == 1.0


def test_a_gzip_cut_before_its_first_line_is_refused_whole():
    rows, reader = read(gzip.compress(ROWS)[:30])
    assert [row.why for row in rows] == [reader.refused]
    assert "posts. The gzip ends too early" in reader.refused
