import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.feed.authors import MAIL, called, split


@pytest.mark.parametrize(
    ("line", "name", "mail"),
    [
        ("mail@x.example (Kim Lee)", "Kim Lee", "mail@x.example"),
        ("Kim Lee <mail@x.example>", "Kim Lee", "mail@x.example"),
        ("Kim Lee (mail@x.example)", "Kim Lee", "mail@x.example"),
        ("mail@x.example (Kim (the second) Lee)", "Kim (the second) Lee", "mail@x.example"),
        ("Kim (the second) <mail@x.example>", "Kim (the second)", "mail@x.example"),
        ('"Lee, Kim" <mail@x.example>', "Lee, Kim", "mail@x.example"),
        ("mail@x.example", "", "mail@x.example"),
        ("mailto:mail@x.example (Kim)", "Kim", "mail@x.example"),
        ("Kim Lee", "Kim Lee", ""),
        ("@kim@talk.example", "@kim@talk.example", ""),
        ("mail@x.example (Kim, kim@y.example)", "Kim", "mail@x.example"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_an_authors_line_is_a_name_and_an_address(line, name, mail):
    assert split(line) == (name, mail)


def test_who_gives_only_an_address_is_called_by_what_stands_before_the_at():
    assert called(*split("kim.lee@x.example")) == "kim.lee"


WORDS = st.text(string.ascii_letters + "äöé", min_size=1, max_size=12)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
MAILS = st.builds("{}@{}.example".format, st.from_regex(r"[a-z][a-z0-9.+-]{0,10}[a-z]", fullmatch=True), WORDS)
FORMS = st.sampled_from(["{mail} ({name})", "{name} <{mail}>", "{name} ({mail})", "  {mail}\n({name}) "])


@given(NAMES, MAILS, FORMS)
def test_in_every_form_name_and_address_come_out_as_they_went_in(name, mail, form):
    assert split(form.format(name=name, mail=mail)) == (name, mail)


@given(st.text() | st.lists(st.sampled_from(["a@b.example", "(", ")", "<", ">", " ", "Kim", "@"])).map("".join))
def test_no_name_holds_an_address(line):
    name, mail = split(line)
    assert not MAIL.search(name)
    assert not MAIL.search(called(name, mail))
    assert mail in line
