"""Sending the requests of a counterexample again, under fresh ids, to see whether the rule is still broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..client.step import Step
from ..options import Options
from ..report.wording import number
from ..result import Exit
from ..spec import Spec
from .counterexample import ReplayError, play, steps_of
from .run import Publisher, Run

Counted = tuple[str, tuple[Step, ...]]
"""A rule and the steps that showed it broken."""


def counterexamples(file: Path, rule: str | None, spec: Spec) -> Sequence[Counted]:
    """Read the counterexamples in a file, which is one as the report writes it, or a whole report.json.

    Of these only those of `rule`, if one is named. Raises ReplayError.
    """
    read = [steps_of(document) for document in _documents(file, rule)]
    known = {known.id for known in spec.rules}
    unknown = [name for name, _ in read if name not in known]
    if unknown:
        raise ReplayError(f"{file}: the spec has no rule {unknown[0]!r}")
    return read


def replay(
    read: Sequence[Counted], options: Options, spec: Spec, say: Callable[[str], None], publish: Publisher
) -> Exit:
    """Replay counterexamples; return BROKEN when one still shows, KEPT when none does."""
    broken = False
    with Run(options, spec, checks=(), publish=publish) as run, run.ending():
        for name, steps in read:
            if run.bench is None:
                break
            finding = play(run.bench, steps, name).judge.findings.of(name)
            if finding is None:
                say(f"{name}: not broken any more ({number(len(steps), 'step')})")
                continue
            broken = True
            say(f"{name}: still broken\n  expected: {finding.expected}\n  got:      {finding.got}")
    if run.report.exit_code is Exit.COULD_NOT_RUN:
        return Exit.COULD_NOT_RUN
    return Exit.BROKEN if broken else Exit.KEPT


def _documents(file: Path, rule: str | None) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise ReplayError(f"cannot read {file}: {getattr(exc, 'strerror', None) or exc}") from exc
    if not isinstance(document, dict):
        raise ReplayError(f"{file} holds no counterexample")
    if isinstance(document.get("rules"), list):
        documents = [entry.get("counterexample") for entry in document["rules"] if isinstance(entry, dict)]
    else:
        documents = [document.get("counterexample") or document]
    found: list[Mapping[str, Any]] = [
        d for d in documents if isinstance(d, dict) and (rule is None or d.get("rule") == rule)
    ]
    if not found:
        raise ReplayError(f"{file} holds no counterexample" + (f" of {rule}" if rule else ""))
    return found
