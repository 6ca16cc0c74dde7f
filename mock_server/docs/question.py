"""The questions that the document leaves open, each with all that answers it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api_spec import provenance
from api_spec.provenance import Rule
from mock_server.docs.part import Part


@dataclass(frozen=True)
class Choice:
    """What was chosen in one or several parts of the spec, in the same words and for the same reason."""

    parts: tuple[Part, ...]

    @property
    def description(self) -> str:
        """What the spec says of each of the parts."""
        return self.parts[0].description

    @property
    def reason(self) -> str:
        """Why it was chosen."""
        return self.parts[0].provenance.reason


@dataclass(frozen=True)
class Question:
    """A question, the rules that answer it, and what else of the spec does."""

    asked: provenance.Question
    rules: tuple[Rule, ...]
    choices: tuple[Choice, ...]

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return f"question-{self.asked.id}"


def questions(spec: Mapping[str, Any], rules: Sequence[Rule], parts: Sequence[Part]) -> Iterator[Question]:
    """Yield every question in the order of the file. Raises SpecError."""
    for asked in provenance.questions(spec):
        yield Question(
            asked,
            tuple(rule for rule in rules if rule.question == asked.id),
            tuple(_choices(part for part in parts if part.provenance.question == asked.id)),
        )


def _choices(parts: Iterator[Part]) -> Iterator[Choice]:
    alike: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        alike.setdefault((part.description, part.provenance.reason), []).append(part)
    yield from (Choice(tuple(several)) for several in alike.values())
