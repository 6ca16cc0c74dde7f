"""Sending the requests of a counterexample again, under fresh ids, to see whether the rule is still broken."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..client.service import Unreachable
from ..options import Options
from ..result import Exit, Silent
from ..safety.session import BudgetExceeded
from ..spec import Spec
from .counterexample import ReplayError, play, steps_of
from .run import CouldNotRun, Run


def replay(
    file: Path, rule: str | None, options: Options, spec: Spec, base_url: str, say: Callable[[str], None]
) -> Exit:
    """Replay the counterexamples in `file`; return BROKEN when one still shows, KEPT when none does.

    `file` is one counterexample as the report writes it, or a whole report.json. Raises ReplayError for others.
    """
    found = [steps_of(document) for document in _counterexamples(file, rule)]
    known = {known.id for known in spec.rules}
    unknown = [name for name, _ in found if name not in known]
    if unknown:
        raise ReplayError(f"{file}: the spec has no rule {unknown[0]!r}")
    run = Run(options, spec, base_url, Silent(), checks=())
    broken = False
    problem = ""
    try:
        bench = run.prepare()
        for name, steps in found:
            dialogue = play(bench, steps)
            finding = dialogue.judge.findings.of(name)
            if finding is None:
                say(f"{name}: not broken any more ({len(steps)} steps)")
                continue
            broken = True
            say(f"{name}: still broken\n  expected: {finding.expected}\n  got:      {finding.got}")
    except (CouldNotRun, BudgetExceeded, Unreachable) as exc:
        problem = str(exc)
    except KeyboardInterrupt:
        problem = "interrupted"
    report = run.finish(problem or "replayed")
    if problem:
        say(f"training-contract: {problem}")
    for api_id in report.safety.leftovers:
        say(f"left behind: {api_id}")
    for api_id in report.safety.possible_leftovers:
        say(f"perhaps left behind: {api_id}")
    if problem or report.safety.leftovers or report.safety.possible_leftovers:
        return Exit.COULD_NOT_RUN
    return Exit.BROKEN if broken else Exit.KEPT


def _counterexamples(file: Path, rule: str | None) -> list[Mapping[str, Any]]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise ReplayError(f"cannot read {file}: {exc}") from exc
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
