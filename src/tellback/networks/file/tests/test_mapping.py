import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tellback.networks.file.mapping import SHIPPED, MappingFault, from_dict, load, mapping_of, shipped

GOOD = {"name": "shop", "columns": {"id": "no", "text": "words"}}


def test_the_shipped_ones_load_under_their_own_names():
    assert shipped() == ["airline", "ibm", "tellback", "twcs"]
    for name in shipped():
        assert load(name).name == name
        assert load(str(SHIPPED / f"{name}.json")) == load(name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"columns": {}}, 'must name the column of "text"'),
        ({"columns": {"text": "t", "colour": "c"}}, 'cannot name "colour"'),
        ({"columns": {"text": 5}}, "must be a text"),
        ({"columns": []}, "must be an object"),
        ({"size": 1}, '"size" means nothing here'),
        ({"times": ["soon"]}, "'soon'"),
        ({"times": []}, "at least one way"),
        ({"times": ["%d %d"]}, "cannot be used"),
        ({"times": ["%Y-%Q"]}, "cannot be used"),
        ({"zone": "Corrin/Quay"}, "no time zone"),
        ({"zone": "../../etc/passwd"}, "no time zone"),
        ({"format": "xml"}, '"format" must be one of'),
        ({"own": ["out"]}, 'needs the column of "direction"'),
        ({"brand_is_author": True}, 'needs "own"'),
        ({"handles": {"Norrtel": "norrtel"}}, "must be a list of texts"),
        ({"optional": [3]}, "must be a list of texts"),
        ({"entities": "yes"}, "must be true or false"),
    ],
)
def test_every_fault_is_said(change, words):
    with pytest.raises(MappingFault) as caught:
        from_dict(GOOD | change)
    assert any(words in fault for fault in caught.value.faults)


def test_all_faults_are_said_at_once():
    with pytest.raises(MappingFault) as caught:
        from_dict({"columns": {}, "format": "xml", "zone": "no"})
    assert len(caught.value.faults) == 3


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab/%.@\0é", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab/%.@\0é", max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["name", "columns", "own", "times", "zone", "handles", "optional", "unfold", "format", "network", "other"]


@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.just({"text": "t", "direction": "d"}), max_size=6))
def test_no_json_does_more_than_be_refused(raw):
    try:
        mapping = from_dict(raw)
    except MappingFault:
        return
    assert mapping.columns.text


def test_settings_name_one_by_name_path_or_value(tmp_path):
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(GOOD))
    assert mapping_of({"mapping": str(path)}) == mapping_of({"mapping": GOOD}) == from_dict(GOOD)
    assert mapping_of({"mapping": from_dict(GOOD)}).columns.id == "no"
    with pytest.raises(MappingFault, match="Name one of airline, ibm, tellback, twcs"):
        mapping_of({"mapping": "nobody"})
    path.write_text("{")
    with pytest.raises(MappingFault, match="no JSON"):
        mapping_of({"mapping": str(path)})


def test_handles_are_those_listed_or_the_label_where_it_can_be_one():
    mapping = from_dict(GOOD | {"handles": {"Skylark Air": ["@skylark", "skylarkhelp"]}})
    assert mapping.handles_of("Skylark Air") == ("skylark", "skylarkhelp")
    assert mapping.handles_of("Norrtel") == ("Norrtel",)
    assert mapping.handles_of("Kestrel Rail") == ()
    assert load("airline").handles_of("US Airways") == ("USAirways",)
