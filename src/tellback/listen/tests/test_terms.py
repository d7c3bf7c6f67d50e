import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.listen.terms import Terms

NORRTEL, SKYLARK = 1, 2
TERMS = Terms(
    [
        (NORRTEL, "name", "Norrtel"),
        (NORRTEL, "handle", "@norrtel"),
        (NORRTEL, "hashtag", "#norrtelfail"),
        (NORRTEL, "misspelling", "nortel"),
        (NORRTEL, "site", "https://www.norrtel.example/"),
        (SKYLARK, "name", "Skylark Air"),
        (SKYLARK, "name", "Café Corrin"),
        (SKYLARK, "exclusion", "skylark air force"),
        (SKYLARK, "exclusion", "nest"),
    ]
)


def found(text, brand=NORRTEL):
    what = TERMS.find(text).get(brand)
    return [(text[start:end], kind) for start, end, kind in what.spans] if what else []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("norrtel", [("norrtel", "name")]),
        ("(Norrtel)", [("Norrtel", "name")]),
        ("Norrtel's router", [("Norrtel", "name")]),
        ("NORRTEL’S router", [("NORRTEL", "name")]),
        ("my Norrtel-router and my old-norrtel", [("Norrtel", "name"), ("norrtel", "name")]),
        ("I am with Norrtel.They never answer", [("Norrtel", "name")]),
        ("Norrtel😡 down", [("Norrtel", "name")]),
        ("Ｎｏｒｒｔｅｌ", [("Ｎｏｒｒｔｅｌ", "name")]),
        ("@Norrtel!", [("@Norrtel", "handle")]),
        ("#NorrtelFail", [("#NorrtelFail", "hashtag")]),
        ("#norrtel", [("#norrtel", "name")]),
        ("nortel", [("nortel", "misspelling")]),
        ("see https://norrtel.example/help, please", [("https://norrtel.example/help,", "site")]),
        ("see my.norrtel.example now", [("my.norrtel.example", "site")]),
        ("norrtel and @norrtel", [("norrtel", "name"), ("@norrtel", "handle")]),
    ],
)
def test_a_term_is_found_where_it_stands(text, spans):
    assert found(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "norrtelephone", "xnorrtel", "norrtel_help", "@norrtel_help", "@norrtelcare", "#norrtelfails", "9norrtel",
        "norrtél", "norrte\u0301l", "https://other.example/norrtel", "info@norrtel.other", "norrtel@mail.example",
        "https://norrtel.example.evil.example/", "https://[broken", "http://", "",
    ],
)  # fmt: skip
def test_no_term_is_found_inside_another_word(text):
    assert found(text) == []


def test_names_of_several_words_and_what_shuts_them_out():
    assert found("fly skylark air today", SKYLARK) == [("skylark air", "name")]
    assert found("skylark\n  AIR", SKYLARK) == [("skylark\n  AIR", "name")]
    assert found("skylark airport", SKYLARK) == []
    assert found("Skylark Air Force base", SKYLARK) == []
    assert found("a nest by Skylark Air", SKYLARK) == []


def test_an_accent_is_the_same_however_it_is_written():
    assert found("cafe\u0301 corrin", SKYLARK) == [("cafe\u0301 corrin", "name")]
    assert found("cafe corrin", SKYLARK) == []


def test_a_handle_outweighs_an_exclusion():
    terms = Terms([(1, "handle", "@skylark"), (1, "name", "Skylark"), (1, "exclusion", "nest")])
    assert terms.find("a skylark's nest") == {}
    assert terms.find("@skylark a nest is on your plane")[1].sure == 1.0


def test_a_site_that_is_no_site_matches_nothing():
    assert Terms([(1, "site", "http://[broken"), (1, "site", "")]).find("https://[also x. http:///") == {}


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), st.text(max_size=60))
def test_any_text_is_read_and_spans_point_at_the_term(before, after):
    text = f"{before} norrtel {after}"
    hits = TERMS.find(text)[NORRTEL].spans
    assert (len(before) + 1, len(before) + 8, "name") in [tuple(hit) for hit in hits]
    for start, end, _ in hits:
        assert 0 <= start < end <= len(text)


@given(st.from_regex(r"[a-zà-öø-ÿ0-9_]{1,5}", fullmatch=True), st.booleans())
def test_letters_beside_a_term_make_it_another_word(letters, behind):
    text = f"norrtel{letters}" if behind else f"{letters}norrtel"
    assert found(text) == []
