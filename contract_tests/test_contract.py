"""One pytest item for each check."""

from __future__ import annotations

import pytest

from .checks import CHECKS
from .checks.context import Check
from .result import Counterexample, Verdict
from .run.run import Run


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_contract(run: Run, check: Check, request: pytest.FixtureRequest) -> None:
    """Fails for every rule that the check finds broken; skipped when the rule could not be checked."""
    outcome = run.check(check)
    broken = [example for rule in run.suspects(check) if (example := run.explain(rule)) is not None]
    if run.interrupted:
        raise KeyboardInterrupt  # so that pytest ends in its own way
    if broken:
        pytest.fail("\n\n".join(map(_text, broken)), pytrace=False)
    if run.over:
        request.session.shouldstop = run.problem
        pytest.skip(run.problem)
    if outcome is None:
        pytest.skip("the rule is an assumption, and only documented ones are judged")
    if check.name in run.crashed:
        pytest.fail(outcome.message, pytrace=False)
    if outcome.verdict is not Verdict.KEPT:
        pytest.skip(f"{outcome.rule} is {outcome.verdict}: {outcome.message}")


def _text(example: Counterexample) -> str:
    lines = [f"{example.rule}: {example.text}", f"  expected: {example.expected}", f"  got:      {example.got}"]
    for step in example.steps:
        lines += [f"  {step.curl}", f"    -> {step.status} {step.answer}"]
    return "\n".join(lines)
