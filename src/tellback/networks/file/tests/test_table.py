import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellback.networks.file.source import Line
from tellback.networks.file.table import NUL, RECORD_LIMIT, UNCLOSED, delimiter_of, records

CELL = st.text(st.characters(blacklist_characters="\0\r", blacklist_categories=("Cs",)), max_size=12)


def read(text, delimiter=","):
    lines = (Line(n, line) for n, line in enumerate(text.split("\n"), 1))
    return list(records(lines, delimiter))


def written(rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL).map(lambda row: ["x" + row[0], *row[1:]]), max_size=8))
def test_every_wellformed_row_comes_back_as_it_was(rows):
    found = read(written([["id", "text", "brand"], *rows]))
    assert [record.cells for record in found[1:]] == rows
    assert not any(record.why for record in found)


def test_a_wrong_number_of_cells_is_said_and_the_rest_goes_on():
    found = read("id,text\n1,fine\n2,too,many\n3\n4,fine")
    assert [(r.number, r.why) for r in found[1:]] == [
        (2, ""),
        (3, "The row has 3 cells where the first line names 2."),
        (4, "The row has 1 cell where the first line names 2."),
        (5, ""),
    ]


def test_an_unclosed_quote_takes_no_other_row_with_it():
    good = [f"{n},my line is dead" for n in range(3, 4000)]
    found = read("\n".join(["id,text", "1,fine", '2,"never closed', *good]))
    assert [r.number for r in found if r.why] == [3]
    assert found[2].why == UNCLOSED
    assert found[2].text == '2,"never closed'
    assert len(found) == 1 + 2 + len(good)


def test_a_quote_closed_by_a_later_rows_quote_takes_no_row_with_it():
    found = read('id,text,town\n1,"open,Corrin\n2,"quoted",Corrin\n3,plain,Corrin')
    assert [r.number for r in found if r.why] == [2]
    assert [r.cells[0] for r in found if not r.why] == ["id", "2", "3"]


def test_a_text_over_several_lines_is_one_row_and_one_broken_row_where_its_count_is_wrong():
    found = read('id,text\n1,"one\ntwo"\n2,"one\ntwo",extra\n3,fine')
    assert found[1].cells == ["1", "one\ntwo"]
    assert (found[2].number, found[2].text) == (4, '2,"one\ntwo",extra')
    assert found[2].why
    assert found[3].cells == ["3", "fine"]
    assert len(found) == 4


def test_quotes_that_were_not_doubled_are_read_where_the_count_leaves_no_doubt():
    assert read('id,text,x\n1,"She said "no" twice",y')[1].cells[0] == "1"
    assert not read('id,text,x\n1,"She said "no" twice",y')[1].why


def test_tabs_need_no_quotes():
    found = read('id\ttext\n1\t"so called service\n2\tfine', "\t")
    assert [r.cells for r in found[1:]] == [["1", '"so called service'], ["2", "fine"]]


def test_a_nul_breaks_its_row_only():
    found = read("id,text\n1,a\0b\n2,fine")
    assert [r.why for r in found[1:]] == [NUL, ""]


def test_the_search_for_a_closing_quote_ends_at_a_megabyte():
    filler = ["x" * 100_000 for _ in range(20)]
    found = read("\n".join(["id,text", '1,"open', *filler, "2,fine"]))
    assert found[1].why == UNCLOSED
    assert len(found[1].text) < RECORD_LIMIT + 200_000
    assert found[-1].cells == ["2", "fine"]


def test_a_cell_over_a_megabyte_is_refused():
    found = read("id,text\n1," + "x" * (RECORD_LIMIT + 1) + "\n2,fine")
    assert found[1].why == "A cell is over 1 MB."
    assert found[2].cells == ["2", "fine"]


@pytest.mark.parametrize(("header", "sign"), [("a\tb,c\td", "\t"), ("a;b;c", ";"), ("a,b", ","), ("text", ",")])
def test_the_delimiter_is_the_one_that_the_header_uses(header, sign):
    assert delimiter_of(header) == sign
