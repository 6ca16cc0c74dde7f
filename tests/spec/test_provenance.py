"""Rules and questions as a spec tells them."""

from typing import Any

import pytest

from api_spec.file import SpecError
from api_spec.provenance import Basis, questions, rules

RULE = {"id": "one", "basis": "assumed", "reason": "It is\n  simple.", "question": "which", "text": "Yes."}
QUESTION = {"id": "which", "text": "Is it?", "source": "It is.", "alternatives": ["No."], "evidence": "Another word."}
SPEC: dict[str, Any] = {"paths": {"/a": {"parameters": [], "get": {"operationId": "get_a"}}}}


def test_rules_of_the_whole_api_come_first_and_each_knows_its_operation() -> None:
    documented = {"id": "two", "basis": "documented", "source": "It is.", "text": "It is."}
    get = {"operationId": "get_a", "x-rules": [documented]}
    first, second = rules({"paths": {"/a": {"get": get}}, "x-rules": [RULE]})
    assert (first.id, first.basis, first.source, first.question, first.operation) == (
        "one",
        Basis.ASSUMED,
        "It is simple.",
        "which",
        "",
    )
    assert (second.id, second.basis, second.question, second.operation) == ("two", Basis.DOCUMENTED, "", "get_a")


def test_question_without_an_answer_of_its_own_is_answered_by_rules() -> None:
    (question,) = questions(SPEC | {"x-questions": [QUESTION]})
    assert (question.answer, question.reason, question.alternatives) == ("", "", ("No.",))


@pytest.mark.parametrize("broken", [{"basis": "guessed"}, {"basis": "documented"}, {"id": None}, {"text": 7}])
def test_rule_that_lacks_something_is_refused(broken: dict[str, Any]) -> None:
    entry = {name: value for name, value in (RULE | broken).items() if value is not None}
    with pytest.raises(SpecError, match=r"^rule .* lacks its"):
        rules(SPEC | {"x-rules": [entry]})


@pytest.mark.parametrize("missing", QUESTION)
def test_question_that_lacks_something_is_refused(missing: str) -> None:
    entry = {name: value for name, value in QUESTION.items() if name != missing}
    with pytest.raises(SpecError, match=r"^question .* lacks its"):
        questions(SPEC | {"x-questions": [entry]})


def test_two_of_one_id_are_refused() -> None:
    with pytest.raises(SpecError, match="two rules have the id 'one'"):
        rules(SPEC | {"x-rules": [RULE, RULE]})
    with pytest.raises(SpecError, match="two questions have the id 'which'"):
        questions(SPEC | {"x-questions": [QUESTION, QUESTION]})
