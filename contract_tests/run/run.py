"""One run and its life: however it ends, what it made is deleted or named, and how it ended is said."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from api_spec.provenance import Basis, Rule

from ..checks import CHECKS
from ..checks.bench import Bench
from ..checks.context import Check, CheckContext
from ..client.patience import Patience
from ..client.service import Service, Unreachable
from ..options import Options, UsageError
from ..result import (
    BlockedRequest,
    CheckOutcome,
    Counterexample,
    Habit,
    Progress,
    Report,
    Safety,
    Silent,
    Verdict,
)
from ..safety.bounds import Endless
from ..safety.guard import Blocked
from ..safety.ledger import Ledger, LedgerLost
from ..safety.session import BudgetExceeded
from ..spec import Spec
from .cleanup import SETTLE, Cleaned, Cleaner
from .connection import connect, open_ledger
from .habits import late
from .signals import Signals
from .survey import CouldNotRun, survey
from .verdicts import SHRINKING, Verdicts

Publisher = Callable[[Report], Report]
"""Shows or writes a report; returns it, with what went wrong in doing so as its problem."""

EXPECTED_ENDS = (CouldNotRun, Unreachable, Endless, BudgetExceeded, LedgerLost, KeyboardInterrupt)
"""What ends a run without being a fault of the kit."""


class Run:
    """A context. Entering it connects to `options.base_url` and surveys the service; leaving it cleans up and reports.

    Entering and `check` raise nothing for what the service does: `problem` says what ended the run, and when it is
    `over`, `check` does nothing. `report` is there when the context is left. With the `ledger` of an earlier run there
    is nothing to survey or to check, only to clean up.
    """

    report: Report
    service: Service

    def __init__(
        self,
        options: Options,
        spec: Spec,
        progress: Progress | None = None,
        *,
        checks: Sequence[Check] = CHECKS,
        publish: Publisher = lambda report: report,
        ledger: Ledger | None = None,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """`say` is told why it takes long, the progress by default."""
        self.problem = ""
        """Why the run could not be done, or not to its end; empty while all is well."""
        self.bench: Bench | None = None
        """None until the survey is done."""
        self.over = False
        """Whether something ended the run before its end; after a check that crashed it goes on."""
        self.crashed: set[str] = set()
        """The names of the checks that crashed."""
        self._options = options
        self._spec = spec
        self._progress: Progress = progress or Silent()
        self._publish = publish
        self._earlier = ledger
        self._redactor = options.redactor
        self.redacted = self._redactor.text
        """Hides the secrets in a text, those too that the run learns on its way."""
        tell = say or self._progress.note
        self._say: Callable[[str], None] = lambda text: tell(self.redacted(text))
        self._signals = Signals()
        self._started = datetime.now(UTC)
        self._begun = time.monotonic()
        strict = options.basis == "all"
        rules = tuple(rule for rule in spec.rules if strict or rule.basis is Basis.DOCUMENTED)
        self._judged = frozenset(rule.id for rule in rules)
        self.verdicts = Verdicts(rules, options.seed, self._redactor)
        judged = [check for check in checks if check.rule in self._judged]
        documented = {rule.id for rule in spec.rules if rule.basis is Basis.DOCUMENTED}
        self.checks = tuple(sorted(judged, key=lambda check: check.rule not in documented))
        """Those whose rule is judged: of documented rules first, so that they meet the service as it is."""
        self._habits: tuple[Habit, ...] = ()

    # Its life

    def __enter__(self) -> Self:
        """Connect and survey. Raises UsageError, and then nothing was begun."""
        self._signals.hold()
        ledger = self._earlier
        try:
            ledger = ledger or open_ledger(self._options, self._spec)
            patience = Patience(self._say, stop=lambda: self._signals.impatient)
            self.service = connect(self._options, self._spec, ledger, self._redactor, patience)
        except BaseException:
            if ledger is not None:
                ledger.close(remove=self._earlier is None)
            self._signals.release()
            raise
        if self._earlier is None:
            with self.ending():
                self._survey()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clean up and report, whatever goes wrong meanwhile."""
        self._signals.settle()
        if error is not None:
            self.end(error)
        try:
            cleaned = self._clean_up()
            report = self._report(cleaned)
            try:
                self.report = self._publish(report)
            except Exception as exc:
                self.end(exc)
                self.report = self._report(cleaned)
        finally:
            self._signals.release()

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Let whatever is raised in here end the run, and go no further."""
        try:
            yield
        except (Exception, KeyboardInterrupt) as exc:
            self.end(exc)

    def end(self, why: BaseException | str) -> None:
        """The run ends here, before it is done."""
        self._signals.settle()
        self.over = True
        self._complain(why if isinstance(why, str) else reason(why))

    def _complain(self, problem: str) -> None:
        """Say in the report that something went wrong; what went wrong first counts."""
        self.problem = self.problem or self._redactor.text(problem)

    @property
    def interrupted(self) -> bool:
        """Whether a signal came."""
        return self._signals.received

    # Before

    def _survey(self) -> None:
        surveyed = survey(self.service, self._options, self._judged, self._redactor)
        self.verdicts.discoveries += surveyed.discoveries
        self.bench = surveyed.bench
        self._habits = surveyed.habits
        self._progress.started(self.service.base_url, self._options.seed, len(self.checks))

    # Checks

    def check_all(self) -> None:
        """Run every check, then look for the shortest way to show what is broken."""
        for check in self.checks:
            self.check(check)
        suspected = self.verdicts.suspected
        for done, rule in enumerate(suspected):
            if not self.over:
                self._progress.phase("counterexamples made short", done, len(suspected), SHRINKING)
                self._progress.note(f"{rule.id} seems broken: looking for the shortest way to show it")
                self.explain(rule)

    def check(self, check: Check) -> CheckOutcome | None:
        """Run one check and return what came of it; None when its rule is not judged, or the run is over."""
        if self._signals.received:
            self.end("interrupted")  # the exception was lost where nothing can be raised
        if self.over or self.bench is None or check not in self.checks:
            return None
        context = CheckContext(self.bench, check.name, check.rule)
        with self.ending():
            self._progress.check_started(check.name, context.rule)
            before, begun = self.service.session.requests, time.monotonic()
            runs = self.bench.writes or not check.writes
            try:
                if runs:
                    self._run(check, context)
            finally:
                count, seconds = self.service.session.requests - before, time.monotonic() - begun
                self._progress.check_finished(self.verdicts.take(context, count, seconds, skipped=not runs))
        return self.verdicts.outcome(check.name)

    def _run(self, check: Check, context: CheckContext) -> None:
        try:
            check.run(context)
        except EXPECTED_ENDS:
            context.inconclusive.append("the run ended during this check")
            raise
        except Blocked as exc:
            context.inconclusive.append(str(exc))
        except Exception as exc:
            context.inconclusive.append(f"{check.name} crashed: {crash(exc)}")
            self.crashed.add(check.name)
            self._complain(context.inconclusive[-1])

    def suspects(self, check: Check) -> tuple[Rule, ...]:
        """The rules that a check found broken: its own, and others that none before it found."""
        return self.verdicts.suspects(check.name, check.rule)

    def explain(self, rule: Rule) -> Counterexample | None:
        """Return a short counterexample for a rule that was found broken; None when it does not hold up."""
        with self.ending():
            if self.bench is not None and not self.over:
                return self.verdicts.explain(rule, self.bench)
        return None

    # After

    @property
    def _lag(self) -> float:
        """How many seconds the service takes to show a write, for all that was seen."""
        return max(self.verdicts.late, 0.0 if self.bench is None else self.bench.patience)

    def _clean_up(self) -> Cleaned:
        ledger = self.service.ledger
        cleaned = None
        for _ in range(2):
            try:
                stop = self._watch(len(ledger.standing()))
                cleaned = Cleaner(self.service, stop, settle=max(SETTLE, self._lag)).run()
                break
            except Exception as exc:
                self.end(exc)
                # Once more without the file: a full disk must not keep records from being deleted.
                ledger.close(remove=False)
        cleaned = cleaned or Cleaned.unproven(ledger)
        ledger.close(remove=not cleaned.left)
        return cleaned

    def _watch(self, records: int) -> Callable[[], bool]:
        """What a clean-up of so many records asks before each of them: whether to leave the rest."""
        before = count()

        def stop() -> bool:
            with self.ending():
                self._progress.phase("records cleaned up", min(next(before), records), records)
            return self._signals.impatient

        return stop

    def _report(self, cleaned: Cleaned) -> Report:
        try:
            results = self.verdicts.results()
        except Exception as exc:
            self.end(exc)
            results = ()
        if self.checks and not any(result.verdict in (Verdict.KEPT, Verdict.BROKEN) for result in results):
            self._complain("no rule could be checked")
        options, text = self._options, partial(self._redactor.text, cut=False)
        return Report(
            target=text(self.service.base_url),
            spec=self._spec.info,
            seed=options.seed,
            basis=options.basis,
            profile=options.profile,
            read_only=options.read_only,
            started=self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            seconds=time.monotonic() - self._begun,
            requests=self.service.session.requests,
            rules=results,
            safety=self._safety(cleaned),
            coverage=self.service.coverage.of(self._spec),
            habits=self._told_habits(),
            arguments=tuple(map(text, options.arguments)),
            replay_arguments=tuple(map(text, options.replay_arguments)),
            cleanup_arguments=tuple(map(text, options.cleanup_arguments)),
            mock=options.mock,
            credentials=options.credentials,
            problem=self.problem,
        )

    def _told_habits(self) -> tuple[Habit, ...]:
        text = partial(self._redactor.text, cut=False)
        late_writes = self.verdicts.late and not any(habit.topic == "writes" for habit in self._habits)
        more = (Habit("writes", late(self.verdicts.late)),) if late_writes else ()
        return tuple(Habit(habit.topic, text(habit.text)) for habit in (*self._habits, *more))

    def _safety(self, cleaned: Cleaned) -> Safety:
        ledger, text = self.service.ledger, partial(self._redactor.text, cut=False)
        blocked = self.service.session.blocked
        return Safety(
            created=ledger.created,
            deleted=ledger.deleted,
            leftovers=tuple(map(text, cleaned.leftovers)),
            possible_leftovers=tuple(map(text, cleaned.possible)),
            blocked=tuple(BlockedRequest(b.method, text(b.target), text(b.reason)) for b in blocked),
            ledger=str(ledger.path) if cleaned.left and ledger.path else "",
        )


def reason(exc: BaseException) -> str:
    """What ended a run, in words."""
    if isinstance(exc, BudgetExceeded):
        return f"stopped: {exc}"
    if isinstance(exc, (*EXPECTED_ENDS, UsageError)):
        return str(exc) or "interrupted"
    return f"the kit crashed: {crash(exc)}"


def crash(exc: BaseException) -> str:
    """An exception that nobody expected, and where it came from."""
    frames = traceback.extract_tb(exc.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(exc).__name__}: {exc}{where}"
