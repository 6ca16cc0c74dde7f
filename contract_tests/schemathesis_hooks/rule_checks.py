"""A check of Schemathesis for each documented rule, named as the rule: `schemathesis run --checks put-updates`."""

from __future__ import annotations

from typing import Any

import schemathesis

from api_spec.provenance import Basis, Rule

from ..judge import Finding
from ..spec import load_spec
from .guarded_run import GuardedRun


def register(run: GuardedRun) -> None:
    """Register a check for each documented rule of the spec."""
    for rule in load_spec().rules:
        if rule.basis is Basis.DOCUMENTED:
            schemathesis.check(_check(run, rule))


def _check(run: GuardedRun, rule: Rule) -> type:
    """A class that Schemathesis makes one object of for a run, under the name of the rule."""

    class RuleCheck:
        __doc__ = rule.text

        def after_response(self, _: schemathesis.CheckContext, response: schemathesis.Response, __: Any) -> bool | None:
            """Fail where the judge found the rule broken by this answer; True where it could not tell."""
            finding = run.found(response.request, rule.id)
            if finding is not None:
                raise AssertionError(_message(rule, finding))
            return None if run.judged(response.request, rule.id) else True

        def after_run(self, _: schemathesis.CheckContext) -> None:
            """Fail where readings of the whole list show the rule broken."""
            finding = run.found_late(rule.id)
            if finding is not None:
                raise AssertionError(_message(rule, finding))

    RuleCheck.__name__ = RuleCheck.__qualname__ = rule.id
    return RuleCheck


def _message(rule: Rule, finding: Finding) -> str:
    found = (rule.text, f"Expected: {finding.expected}", f"Got: {finding.got}")
    return "\n".join((f"The document: \u201c{rule.source}\u201d", *found))
