"""Make docs/readings.md: every question that the document leaves open, and what the spec chose.

    .venv/bin/python docs/readings.py

Everything in it but the frame, docs/readings.md.jinja, is said by the spec.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api_spec.effective import read_spec
from api_spec.parts import Assumption, Kind, Part, parts
from api_spec.provenance import Basis, Question, Rule, questions, rules

HERE = Path(__file__).parent
PAGE = HERE / "readings.md"

SHOWN = "http://127.0.0.1:8080/docs/"
"""Where the running mock shows the spec; its anchors are the names of rules, operations and schemas."""


@dataclass
class Choice:
    """What was chosen for one reason."""

    reason: str
    answer: str = ""
    """In the question's own words, where no rule and no part says it."""
    rules: list[Rule] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    """Those that are assumed themselves."""
    marked: list[Part] = field(default_factory=list)
    """Parts that are documented, and say that one of the rules is assumed about them."""

    @property
    def told(self) -> list[str]:
        """The choice in the words of the spec, as Markdown, a paragraph each."""
        answers = [self.answer] if self.answer else []
        ruled = [f"{rule.text} ({_shown(rule.id)})" for rule in self.rules]
        described = [f"{_opening(_place(part))}: {part.description}" for part in self.parts]
        return [*answers, *ruled, *described]


@dataclass
class Reading:
    """One question, and what was chosen."""

    question: Question
    choices: list[Choice]
    """In the order of the spec, the rules before the parts."""
    beside: list[tuple[Part, Assumption]]
    """What is assumed about documented parts, and said by no rule, with the part."""

    @property
    def names(self) -> list[str]:
        """The ids of the rules; else the parts; else the answer: the choice at a glance."""
        ids = [f"`{rule.id}`" for choice in self.choices for rule in choice.rules]
        told = [_place(part, lambda name: f"`{name}`") for choice in self.choices for part in choice.parts]
        return ids or told or [choice.answer for choice in self.choices]


def readings(spec: Mapping[str, Any]) -> list[Reading]:
    """Return every question of the spec with what answers it, in the order of the file."""
    return [_reading(question, rules(spec), parts(spec)) for question in questions(spec)]


def _reading(question: Question, every_rule: list[Rule], every_part: list[Part]) -> Reading:
    choices: dict[str, Choice] = {}
    if question.answer:
        choices[question.reason] = Choice(question.reason, question.answer)
    assumed = [rule for rule in every_rule if rule.basis is Basis.ASSUMED and rule.question == question.id]
    for rule in assumed:
        choice = choices.setdefault(rule.source, Choice(rule.source))
        choice.rules.append(rule)
        choice.marked += [part for part in _marked(every_part, rule.id) if part not in choice.marked]
    for part in every_part:
        if part.basis is Basis.ASSUMED and part.question == question.id:
            choices.setdefault(part.source, Choice(part.source)).parts.append(part)
    beside = [(part, told) for part in every_part for told in part.assumptions if told.question == question.id]
    return Reading(question, list(choices.values()), beside)


def _marked(every_part: list[Part], rule: str) -> list[Part]:
    return [part for part in every_part if any(rule in told.rules for told in part.assumptions)]


def page(spec: Mapping[str, Any]) -> str:
    """Return the page as Markdown."""
    markdown = Environment(  # noqa: S701  what is written is no HTML
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    markdown.filters |= {"slug": _slug, "opening": _opening, "place": _place, "listed": _listed, "shown": _shown}
    return markdown.get_template("readings.md.jinja").render(readings=readings(spec))


def _slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _shown(name: str, anchor: str = "") -> str:
    """A name with a link to where the page of the spec shows it."""
    return f"[`{name}`]({SHOWN}#{anchor or name})"


def _listed(things: list[str]) -> str:
    *others, last = things
    return f"{', '.join(others)} and {last}" if others else last


def _opening(text: str) -> str:
    """A text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def _place(part: Part, shown: Callable[[str], str] = _shown) -> str:
    """What a part is and where it stands, e.g. "property `count` of `RecordList`", the latter as `shown` writes it."""
    at = _listed([shown(name) for name in part.at])
    match part.kind:
        case Kind.OPERATION | Kind.SCHEMA:
            return f"{part.kind} {at}"
        case Kind.BODY:
            return f"{part.kind} of {at}"
        case Kind.RESPONSE:
            return f"{part.kind} {part.name} of {at}"
    return f"{part.kind} `{part.name}` of {at}"


if __name__ == "__main__":
    PAGE.write_text(page(read_spec()), "utf-8")
