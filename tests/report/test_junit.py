from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.report import junit
from contract_tests.result import Report, Safety

from .reports import LONG, hostile, kept, mixed

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)


def suite(report: Report) -> Element:
    found = ElementTree.fromstring(junit(report)).find("testsuite")
    assert found is not None
    return found


def test_one_case_a_rule() -> None:
    made = mixed()
    assert [rule.id for rule in made.rules] == [case.get("name") for case in suite(made).iter("testcase")]


def test_broken_is_a_failure_that_shows_the_requests() -> None:
    failures = list(suite(mixed()).iter("failure"))
    assert len(failures) == 2
    assert failures[0].get("message") == "expected a page of 2 records; got a page of 3 records"
    assert "“sentence of limit-bounds-page”" in (failures[0].text or "")
    assert "curl -sS -X POST" in (failures[0].text or "")


def test_what_could_not_be_told_is_skipped_with_the_reason() -> None:
    assert [skipped.get("message") for skipped in suite(mixed()).iter("skipped")] == [
        "inconclusive: others moved the data",
        "not exercised: no answer came on which it could be checked",
    ]


def test_counts_are_those_of_the_cases() -> None:
    for made in (mixed(), kept(), hostile()):
        found = suite(made)
        for attribute, tag in (
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            assert len(list(found.iter(tag))) == int(found.attrib[attribute])


def test_a_run_that_could_not_be_done_is_an_error() -> None:
    found = suite(mixed(problem="http://127.0.0.1:8080 does not answer"))
    assert found.get("errors") == "1"
    assert "does not answer" in next(found.iter("error")).attrib["message"]


def test_leftovers_are_an_error() -> None:
    error = next(suite(mixed(safety=Safety(1, 0, ("rec-left",), ledger="l.jsonl"))).iter("error"))
    assert "not deleted: rec-left" in (error.text or "")
    assert "training-contract cleanup l.jsonl" in (error.text or "")


def test_a_run_without_trouble_has_no_error() -> None:
    assert not list(suite(kept()).iter("error"))


def test_keeps_to_the_schema_of_ant() -> None:
    found = suite(hostile())
    required = {"id", "package", "name", "hostname", "timestamp", "time", "tests", "failures", "errors"}
    assert required <= found.attrib.keys()
    assert found.get("timestamp") == "2026-01-31T09:00:00"
    tags = [child.tag for child in found]
    assert ["properties", *["testcase"] * 7, "system-out", "system-err"] == tags
    for case in found.iter("testcase"):
        assert {"name", "classname", "time"} == case.attrib.keys()
        assert len(case) <= 1
    for failure in (*found.iter("failure"), *found.iter("error")):
        assert {"type", "message"} == failure.attrib.keys()


def test_very_long_text_stays_out_of_attributes() -> None:
    assert all(len(value) < 1000 for node in suite(mixed(LONG)).iter() for value in node.attrib.values())


@settings(max_examples=40, deadline=None, database=None)
@given(ANY_TEXT)
def test_is_well_formed_whatever_the_text(text: str) -> None:
    made = mixed(text, problem=text, target=f"http://127.0.0.1:8080/{text}")
    made = replace(made, rules=tuple(replace(rule, id=rule.id + text, operation=text) for rule in made.rules))
    assert len(made.rules) <= len(list(suite(made).iter("testcase")))
