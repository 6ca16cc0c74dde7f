"""docs/readings.md is made from the spec, and holds every question and every assumption of it."""

import re
import runpy
from pathlib import Path

import pytest

from api_spec.parts import Part, parts
from api_spec.provenance import Basis, Rule, questions, rules

from .document import SPEC, plain

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "readings.md").read_text("utf-8")
SCRIPT = runpy.run_path(str(DOCS / "readings.py"))


def sections() -> dict[str, str]:
    """Return what the page says of each question, on one line, by the question's id."""
    _, *found = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    named = [re.search(r"#question-([a-z0-9-]+)\)", section) for section in found]
    return {match[1]: plain(section) for match, section in zip(named, found, strict=True) if match}


def questions_with(words: str) -> set[str]:
    return {question for question, section in sections().items() if words in section}


def test_the_page_is_what_the_spec_makes_of_it() -> None:
    assert SCRIPT["page"](SPEC) == PAGE, "make docs"


def test_every_question_has_a_section_that_says_all_of_it_and_a_row_that_leads_there() -> None:
    rows = re.findall(r"^\| \[(.*?)\]\(#.*\) \| .+ \|$", PAGE, re.MULTILINE)
    assert rows == [question.text for question in questions(SPEC)]
    assert [*sections()] == [question.id for question in questions(SPEC)]
    for question in questions(SPEC):
        section = sections()[question.id].replace("> ", "").replace("\\#", "#")
        said = [question.text, question.source, question.answer, question.reason, *question.alternatives]
        assert [text for text in [*said, question.evidence] if text not in section] == []


@pytest.mark.parametrize(
    "rule", [rule for rule in rules(SPEC) if rule.basis is Basis.ASSUMED], ids=lambda rule: rule.id
)
def test_an_assumed_rule_stands_in_its_question_alone(rule: Rule) -> None:
    assert questions_with(f"#{rule.id})") == {rule.question}
    assert questions_with(rule.text) == {rule.question}
    assert rule.source in sections()[rule.question]


@pytest.mark.parametrize("part", [part for part in parts(SPEC) if part.question], ids=lambda part: part.pointer)
def test_an_assumed_part_stands_in_its_question_alone(part: Part) -> None:
    said = f"{SCRIPT['_opening'](SCRIPT['_place'](part))}: {part.description}"
    assert questions_with(said) == {part.question}
    assert part.source in sections()[part.question]


def test_what_is_assumed_about_a_documented_part_leads_to_the_part_from_its_question() -> None:
    question_of = {rule.id: rule.question for rule in rules(SPEC)}
    assumed = [(part, assumption) for part in parts(SPEC) for assumption in part.assumptions]
    assert len(assumed) > 10
    for part, assumption in assumed:
        place = SCRIPT["_place"](part)
        for rule in assumption.rules:
            assert place in sections()[question_of[rule]]
        # What no rule says is said here, and nowhere else.
        said = f"{SCRIPT['_opening'](place)}: {assumption.text}"
        assert questions_with(said) == ({assumption.question} if assumption.question else set())
