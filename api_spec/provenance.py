"""Where each promise of a spec comes from: its rules, and the questions that its source leaves open.

`x-rules` stand at the top of the file and in its operations, `x-questions` at the top.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api_spec.file import SpecError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Basis(StrEnum):
    """Where a promise comes from: the document says so, or it is silent."""

    DOCUMENTED = "documented"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Rule:
    """One promise of the spec that a schema cannot say."""

    id: str
    basis: Basis
    source: str
    """The document's own words (documented), or the reason of the choice (assumed)."""
    text: str
    question: str
    """The id of the question that it answers; empty where it is documented, or answers none."""
    operation: str
    """operationId; empty for a rule of the whole API."""


@dataclass(frozen=True)
class Question:
    """One matter on which the document is silent."""

    id: str
    text: str
    source: str
    """The passage of the document that leaves it open."""
    answer: str
    """What was chosen, where no rule and no part of the spec says it; empty otherwise."""
    reason: str
    """Why that was chosen; empty otherwise."""
    alternatives: tuple[str, ...]
    """Other answers that the passage allows."""
    evidence: str
    """What would change the choice."""


def rules(spec: Mapping[str, Any]) -> list[Rule]:
    """Return every rule, those of the whole API first, in the order of the file. Raises SpecError."""
    found = [_rule(entry, "") for entry in spec.get("x-rules", ())]
    for operation in _operations(spec):
        found += [_rule(entry, operation["operationId"]) for entry in operation.get("x-rules", ())]
    _distinct([rule.id for rule in found], "rules")
    return found


def questions(spec: Mapping[str, Any]) -> list[Question]:
    """Return every question, in the order of the file. Raises SpecError."""
    found = [_question(entry) for entry in spec.get("x-questions", ())]
    _distinct([question.id for question in found], "questions")
    return found


def _operations(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for item in spec["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def _rule(entry: Mapping[str, Any], operation: str) -> Rule:
    try:
        basis = Basis(entry["basis"])
        source = line(entry["source" if basis is Basis.DOCUMENTED else "reason"])
        return Rule(entry["id"], basis, source, line(entry["text"]), entry.get("question", ""), operation)
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise SpecError(f"rule {entry!r} lacks its id, basis, text, or source or reason") from exc


def _question(entry: Mapping[str, Any]) -> Question:
    try:
        alternatives = tuple(line(text) for text in entry["alternatives"])
        answer, reason = line(entry.get("answer", "")), line(entry.get("reason", ""))
        source, evidence = line(entry["source"]), line(entry["evidence"])
        return Question(entry["id"], line(entry["text"]), source, answer, reason, alternatives, evidence)
    except (AttributeError, KeyError, TypeError) as exc:
        raise SpecError(f"question {entry!r} lacks its id, text, source, alternatives or evidence") from exc


def _distinct(ids: Sequence[str], what: str) -> None:
    for name in ids:
        if ids.count(name) > 1:
            raise SpecError(f"two {what} have the id {name!r}")


def line(text: str) -> str:
    """Return a text on one line, with one space for every stretch of white space."""
    return " ".join(text.split())
