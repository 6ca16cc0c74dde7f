"""From what the checks came to and what they discovered to a verdict for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from api_spec.provenance import Rule

from ..checks.bench import Bench
from ..checks.context import CheckContext, Discovery
from ..result import CheckOutcome, Counterexample, RuleResult, Verdict
from ..safety.redaction import Redactor
from .counterexample import PAUSE, Shrinker, show

SHRINKING = 60
"""How many requests may be spent on making one counterexample shorter."""
SHRINKING_ALL = 300

NEEDS_WRITES = "it can't be checked without writing"


@dataclass
class Verdicts:
    """All that a run finds out about its rules, as it goes on."""

    rules: tuple[Rule, ...]
    seed: int
    redactor: Redactor
    outcomes: list[CheckOutcome] = field(default_factory=list)
    """Of each check that was run; its `rule` is the one that it was run for."""
    discoveries: list[Discovery] = field(default_factory=list)
    late: float = 0.0
    """After how many seconds a write showed at last; 0 while each did at once."""
    _examples: dict[str, Counterexample] = field(default_factory=dict)
    _unsteady: set[str] = field(default_factory=set)
    """Rules that seemed broken, but the same requests did not show it again."""
    _shrinker: Shrinker | None = None

    # Taking in

    def take(self, context: CheckContext, requests: int, seconds: float, *, skipped: bool) -> CheckOutcome:
        """Take in what a check came to; `skipped` when it could not be run without writing."""
        message = self.redactor.text(context.inconclusive[0]) if context.inconclusive else ""
        count = context.evaluations[context.rule]
        if context.broken:
            verdict, message = Verdict.BROKEN, ""
        elif count:
            verdict = Verdict.KEPT
        elif context.inconclusive:
            verdict = Verdict.INCONCLUSIVE
        else:
            verdict, message = Verdict.NOT_EXERCISED, NEEDS_WRITES if skipped else message
        unsent = dict(context.unsent)
        outcome = CheckOutcome(context.check, context.rule, verdict, count, requests, seconds, message, unsent)
        self.outcomes.append(outcome)
        self.discoveries += context.discoveries
        self.late = max(self.late, context.late)
        return outcome

    def outcome(self, check: str) -> CheckOutcome | None:
        """What the check of this name came to; None when it was not run."""
        return next((outcome for outcome in self.outcomes if outcome.name == check), None)

    # Counterexamples

    def suspects(self, check: str, own: str = "") -> tuple[Rule, ...]:
        """The rules that a check found broken: its own, and others that none before it found."""
        first: dict[str, str] = {}
        for discovery in self.discoveries:
            first.setdefault(discovery.finding.rule, discovery.check)
        found = {d.finding.rule for d in self.discoveries if d.check == check}
        return tuple(r for r in self.rules if r.id in found and (r.id == own or first[r.id] == check))

    @property
    def suspected(self) -> tuple[Rule, ...]:
        """The rules that seem broken."""
        found = {discovery.finding.rule for discovery in self.discoveries}
        return tuple(rule for rule in self.rules if rule.id in found)

    def explain(self, rule: Rule, bench: Bench) -> Counterexample | None:
        """Return a short counterexample for a rule that was found broken; None when it does not hold up.

        Sends requests, and raises what stops a run.
        """
        if rule.id in self._examples or rule.id in self._unsteady:
            return self._examples.get(rule.id)
        self._shrinker = self._shrinker or Shrinker(bench, SHRINKING_ALL)
        # Two, as the first may not show again.
        for discovery in self._shortest(rule)[:2]:
            shrunk = self._shrinker.shrink(discovery, SHRINKING)
            if shrunk is not None:
                finding, dialogue = shrunk
                self._examples[rule.id] = show(rule, finding, dialogue, discovery.check, self.seed, self.redactor)
                break
        else:
            # What does not show again may have been others' doing, or a moment's failure.
            self._unsteady.add(rule.id)
        self.late = max(self.late, PAUSE if self._shrinker.late else 0.0)
        return self._examples.get(rule.id)

    def _shortest(self, rule: Rule) -> Sequence[Discovery]:
        """The discoveries of a rule's breach, that with the fewest steps first."""
        found = [discovery for discovery in self.discoveries if discovery.finding.rule == rule.id]
        return sorted(found, key=lambda discovery: len(discovery.steps))

    # In the end

    def results(self) -> tuple[RuleResult, ...]:
        """The verdict of each rule; what nobody explained, as the run ended early, is shown as it was found."""
        return tuple(map(self._result, self.rules))

    def _result(self, rule: Rule) -> RuleResult:
        checks = tuple(outcome for outcome in self.outcomes if outcome.rule == rule.id)
        example = self._examples.get(rule.id) or self._as_found(rule)
        verdict, message = self._verdict(rule, example is not None, checks)
        return RuleResult(
            rule.id, rule.basis, rule.source, rule.text, rule.operation, verdict, checks, example, message
        )

    def _as_found(self, rule: Rule) -> Counterexample | None:
        found = self._shortest(rule)
        if not found or rule.id in self._unsteady:
            return None
        return show(rule, found[0].finding, found[0].dialogue, found[0].check, self.seed, self.redactor)

    def _verdict(self, rule: Rule, broken: bool, checks: Sequence[CheckOutcome]) -> tuple[Verdict, str]:
        """The verdict of a rule, and what there is to say of it."""
        verdicts = {check.verdict for check in checks}
        message = next((check.message for check in checks if check.message), "")
        if broken:
            return Verdict.BROKEN, ""
        if rule.id in self._unsteady:
            return (
                Verdict.INCONCLUSIVE,
                "it seemed broken once, but not when the same requests were sent again with pauses",
            )
        if Verdict.KEPT in verdicts:
            return Verdict.KEPT, ""
        return (Verdict.INCONCLUSIVE if Verdict.INCONCLUSIVE in verdicts else Verdict.NOT_EXERCISED), message
