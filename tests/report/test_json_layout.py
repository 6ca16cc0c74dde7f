import json

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.report.json_layout import laid_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, database=None)
@given(VALUES)
def test_no_value_changes(value: object) -> None:
    assert value == json.loads(laid_out(json.dumps(value)))


def test_each_member_has_its_line() -> None:
    assert laid_out('{"a":1,"b":[],"c":{"d":null}}') == '{\n  "a": 1,\n  "b": [],\n  "c": {\n    "d": null\n  }\n}'


def test_numbers_and_repeated_names_stay_as_they_were_sent() -> None:
    assert laid_out('{"a":1.0e400,"a":1.10}') == '{\n  "a": 1.0e400,\n  "a": 1.10\n}'


def test_what_was_cut_short_is_laid_out_as_far_as_it_goes() -> None:
    assert laid_out('{"a":"b\\"…') == '{\n  "a": "b\\"…'


def test_other_text_stays_as_it_is() -> None:
    assert laid_out("Not found: {x}\n") == "Not found: {x}\n"


def test_a_thousand_brackets_stay_short() -> None:
    assert len(laid_out("[" * 1000)) < 2000
