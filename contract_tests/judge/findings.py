"""What the judge notes down: how often each rule was evaluated, and where one was broken."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

LONGEST = 600


@dataclass(frozen=True)
class Finding:
    """An answer that contradicts a rule."""

    rule: str
    expected: str
    got: str
    step: int
    """How many steps had been sent when it showed."""


@dataclass
class Findings:
    """The findings about the rules that are judged; whatever is said about others is dropped."""

    judged: frozenset[str]
    evaluations: Counter[str] = field(default_factory=Counter)
    found: list[Finding] = field(default_factory=list)
    inconclusive: dict[str, str] = field(default_factory=dict)
    """Rule -> why it could not be checked this time."""
    step: int = 0

    def evaluated(self, rule: str) -> None:
        """The rule was evaluated on an answer, and holds."""
        if rule in self.judged:
            self.evaluations[rule] += 1

    def find(self, rule: str, expected: str, got: object) -> None:
        """The rule was evaluated on an answer, and is broken."""
        if rule in self.judged:
            self.evaluations[rule] += 1
            self.found.append(Finding(rule, _short(expected), _short(str(got)), self.step))

    def expect(self, rule: str, holds: bool, expected: str, got: object) -> bool:
        """Evaluate a rule on an answer; return whether it holds."""
        if holds:
            self.evaluated(rule)
        else:
            self.find(rule, expected, got)
        return holds

    def leave_open(self, rule: str, why: str) -> None:
        """The rule could not be evaluated."""
        if rule in self.judged:
            self.inconclusive.setdefault(rule, why)

    @property
    def rules(self) -> frozenset[str]:
        """The rules that were found broken."""
        return frozenset(finding.rule for finding in self.found)

    def of(self, rule: str) -> Finding | None:
        """The first finding about a rule; None when there is none."""
        return next((finding for finding in self.found if finding.rule == rule), None)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
