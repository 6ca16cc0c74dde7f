"""One run of the kit against an honest service, and what is to be said against the kit."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api_spec.provenance import Basis
from contract_tests.options import Options
from contract_tests.result import Exit, Report, Verdict
from contract_tests.run.run import Run
from contract_tests.spec import load_spec

from .habit import Habit
from .hosting import Honest

MAX_REQUESTS = 20_000
"""A run that does not end is none."""


@dataclass(frozen=True)
class Trial:
    """What came of one run, and what the service says of it."""

    report: Report
    left: list[str]
    harmed: list[str]

    @property
    def accused(self) -> list[str]:
        """The documented rules that are called broken."""
        return [rule.id for rule in self.report.broken if rule.basis is Basis.DOCUMENTED]

    @property
    def untold(self) -> list[str]:
        """The documented rules of which nothing is told."""
        told = (Verdict.KEPT, Verdict.BROKEN)
        return [rule.id for rule in self.report.rules if rule.basis is Basis.DOCUMENTED and rule.verdict not in told]

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of each documented rule."""
        return {rule.id: rule.verdict for rule in self.report.rules if rule.basis is Basis.DOCUMENTED}

    @property
    def named(self) -> list[str]:
        """What the report says is left."""
        return [*self.report.safety.leftovers, *self.report.safety.possible_leftovers]


def tried(honest: Honest, basis: str, folder: Path) -> Trial:
    """Run the kit against a service that was just started."""
    options = Options(base_url=honest.url, basis=basis, report_dir=folder, max_requests=MAX_REQUESTS)
    with Run(options, load_spec(())) as run:
        run.check_all()
    return Trial(run.report, honest.left(), honest.harmed())


def complaints(habit: Habit, trial: Trial) -> Iterator[str]:
    """Yield what the kit did wrong."""
    report = trial.report
    for rule in report.broken:
        if rule.basis is Basis.DOCUMENTED:
            yield f"{rule.id} is called broken: {rule.counterexample and rule.counterexample.got}"
    if trial.harmed:
        yield f"records of others were touched: {trial.harmed[:5]}"
    if len(trial.left) > habit.leaves:
        yield f"{len(trial.left)} records are left: {trial.left[:5]}"
    if len(trial.left) > len(trial.named):
        yield f"of {len(trial.left)} records that are left {len(trial.named)} are named"
    yield from _of_its_end(habit, trial)


def _of_its_end(habit: Habit, trial: Trial) -> Iterator[str]:
    report = trial.report
    could_not = report.exit_code is Exit.COULD_NOT_RUN
    if could_not and habit.ends and habit.ends in report.problem:
        return
    if report.problem:
        yield f"it could not run: {report.problem}"
    if could_not and not report.problem and not trial.left:
        yield f"nothing is left, and yet it names {trial.named[:5]}"
    if len(trial.untold) > habit.inconclusive:
        yield f"{len(trial.untold)} rules are not told: {', '.join(trial.untold)}"
