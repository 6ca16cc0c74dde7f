"""A counterexample as plain text, for places that know no other form."""

from __future__ import annotations

from collections.abc import Iterator

from ..report import wording
from ..result import Counterexample, RuleResult, StepResult
from .plain_text import visible

WALKED = "page by page, to the end of the list"


def counterexample_text(rule: RuleResult, example: Counterexample) -> str:
    """Return the sentence, what was expected, what was got, and the requests."""
    return "\n".join(_lines(rule, example))


def _lines(rule: RuleResult, example: Counterexample) -> Iterator[str]:
    yield f"{wording.origin(rule)}: {visible(wording.sentence(rule))}"
    yield f"The rule: {visible(rule.text)}"
    yield f"Expected: {visible(example.expected)}"
    yield f"Got: {visible(example.got)}"
    if rule.message:
        yield f"Note: {visible(rule.message)}"
    for position, step in enumerate(example.steps, 1):
        yield ""
        yield f"{position}. {headline(step)}"
        yield f"   {visible(step.curl)}"
        if step.answer:
            yield f"   {visible(step.answer)}"


def headline(step: StepResult) -> str:
    """Return method, target and status in one line."""
    return f"{visible(request(step))}: {status(step)}"


def request(step: StepResult) -> str:
    """Return method and target as they are."""
    return f"{step.method} {step.target}" + (f", {WALKED}" if step.method == "WALK" else "")


def status(step: StepResult) -> str:
    """Return the status, or that none came."""
    return "no answer" if step.status is None else str(step.status)
