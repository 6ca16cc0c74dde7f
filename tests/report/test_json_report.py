import json

from contract_tests.report import json_report
from contract_tests.result import Report

from .reports import HOSTILE, hostile, mixed


def test_has_the_keys_that_programs_rely_on() -> None:
    document = json.loads(json_report(mixed()))
    assert {"target", "spec", "seed", "rules", "safety"} <= document.keys()
    assert all({"id", "basis", "verdict", "checks", "counterexample"} <= rule.keys() for rule in document["rules"])
    assert {"created", "deleted", "leftovers", "blocked"} <= document["safety"].keys()


def test_verdicts_are_those_of_the_design() -> None:
    document = json.loads(json_report(mixed()))
    assert {"kept", "broken", "inconclusive", "not-exercised"} == {rule["verdict"] for rule in document["rules"]}


def test_hostile_text_comes_back_as_it_was() -> None:
    made: Report = hostile()
    document = json.loads(json_report(made))
    assert made.to_json() == document
    assert HOSTILE in document["problem"]


def test_a_surrogate_behind_a_backslash_comes_back_too() -> None:
    assert json.loads(json_report(mixed(problem="\\\ud800\\")))["problem"] == "\\\ud800\\"


def test_is_utf8_and_ends_with_a_newline() -> None:
    assert "日本語" in json_report(hostile()).decode("utf-8")
    assert json_report(hostile()).endswith(b"}\n")
