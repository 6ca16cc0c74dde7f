"""Sending the requests of a counterexample again, under fresh ids, to see whether the rule is still broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from ..checks.bench import Bench
from ..client.step import Step
from ..options import Options
from ..report.plain_text import shortened
from ..report.wording import number
from ..result import Exit, Verdict
from ..spec import Spec
from .counterexample import ReplayError, confirmed, steps_of
from .run import Publisher, Run

LONGEST_TEXT = 1000

Counted = tuple[str, tuple[Step, ...]]
"""A rule and the steps that showed it broken."""


@dataclass(frozen=True)
class Recorded:
    """What a file has to replay: a report.json, or one counterexample of it, which has no arguments."""

    file: Path
    document: Mapping[str, Any]
    arguments: tuple[str, ...] = ()
    """Those of the command that made the report."""

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a file; raise ReplayError when it is neither."""
        try:
            document = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as exc:
            raise ReplayError(f"cannot read {file}: {getattr(exc, 'strerror', None) or exc}") from exc
        if isinstance(document, dict) and isinstance(document.get("rules"), list):
            return cls(file, document, _arguments(file, document))
        if isinstance(document, dict) and ("steps" in document or "counterexample" in document):
            return cls(file, document)
        raise ReplayError(f"{file} is no report.json of training-contract, and no counterexample of one")

    def counterexamples(self, rule: str | None, spec: Spec) -> Sequence[Counted]:
        """The counterexamples, or only those of `rule`, if one is named. Raises ReplayError."""
        known = {known.id for known in spec.rules}
        if rule is not None and rule not in known:
            raise ReplayError(f"the spec has no rule {rule!r}")
        read = [steps_of(document) for document in self._documents(rule)]
        unknown = [name for name, _ in read if name not in known]
        if unknown:
            raise ReplayError(f"{self.file}: the spec has no rule {unknown[0]!r}: pass the --overlay that has it")
        return read

    def _documents(self, rule: str | None) -> Sequence[Mapping[str, Any]]:
        rules = self.document.get("rules")
        found = rules if isinstance(rules, list) else [self.document]
        inner = [entry.get("counterexample", entry) for entry in found if isinstance(entry, dict)]
        documents = [one for one in inner if isinstance(one, dict) and "steps" in one]
        if not documents:
            raise ReplayError(f"{self.file} has no counterexample: no rule is broken in it")
        chosen = [one for one in documents if rule is None or one.get("rule") == rule]
        if not chosen:
            others = ", ".join(str(one.get("rule")) for one in documents)
            raise ReplayError(f"{self.file} has no counterexample of {rule}, but of {others}")
        return chosen


def _arguments(file: Path, document: Mapping[str, Any]) -> tuple[str, ...]:
    arguments = document.get("arguments")
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise ReplayError(
            f"{file} does not say with which options it was made, as reports of older versions do not: check again"
        )
    return tuple(arguments)


def replay(
    read: Sequence[Counted], options: Options, spec: Spec, say: Callable[[str], None], publish: Publisher
) -> Exit:
    """Replay counterexamples, and say of each rule whether it is still broken.

    Return COULD_NOT_RUN when the run could not be done, BROKEN when a rule is, KEPT when every rule is: one that could
    not be told of is not.
    """
    told: dict[str, Verdict] = {}
    with Run(options, spec, checks=(), publish=publish, say=say) as run, run.ending():
        for name, steps in read:
            if run.bench is not None:
                told[name] = _again(run.bench, name, steps, run.redacted, say)
    for name, _ in read:
        if name not in told:
            say(f"{name}: not tried, as the run ended before")
    if run.report.exit_code is Exit.COULD_NOT_RUN:
        return Exit.COULD_NOT_RUN
    if Verdict.BROKEN in told.values():
        return Exit.BROKEN
    return Exit.COULD_NOT_RUN if Verdict.INCONCLUSIVE in told.values() else Exit.KEPT


def _again(
    bench: Bench, rule: str, steps: Sequence[Step], redacted: Callable[[str], str], say: Callable[[str], None]
) -> Verdict:
    """Send the steps again; say what became of the rule, and return it."""
    if rule not in bench.judged:
        say(f"{rule}: not judged with --basis documented, as it is an assumption")
        return Verdict.INCONCLUSIVE
    blocked = bench.service.session.blocked
    before = len(blocked)
    findings = confirmed(bench, steps, rule).judge.findings
    finding = findings.of(rule)
    if finding is not None:
        expected, got = (shortened(redacted(text), LONGEST_TEXT) for text in (finding.expected, finding.got))
        say(f"{rule}: still broken\n  expected: {expected}\n  got:      {got}")
        return Verdict.BROKEN
    if not findings.evaluations[rule]:
        # Without its record, for instance, the request that matters asks for nothing.
        why = findings.inconclusive.get(rule, "this time no answer was one on which it can be judged")
        if len(blocked) > before:
            why = f"the guard blocked a request: {blocked[-1].reason} (it may help to try it alone, with --rule {rule})"
        say(f"{rule}: can't be told: {redacted(why)}")
        return Verdict.INCONCLUSIVE
    say(f"{rule}: not broken any more ({number(len(steps), 'step')})")
    return Verdict.KEPT
