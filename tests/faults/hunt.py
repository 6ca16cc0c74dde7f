"""One run of the kit against one mock, with or without a fault, and what is to be told about it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from contract_tests.checks.context import Check
from contract_tests.options import Options
from contract_tests.result import CheckOutcome, Report, Verdict
from contract_tests.run.run import Run
from contract_tests.spec import load_spec

from .ask import AMARA, BEN, FIRE, FIRST_AID
from .fault import Fault
from .faulty_mock import FaultyMock, served

TOLD = Options(person_api_ids=(AMARA, BEN), package_api_ids=(FIRE, FIRST_AID))


@dataclass(frozen=True)
class Catch:
    """When a rule was first found broken."""

    requests: int
    seconds: float
    check: str


@dataclass(frozen=True)
class Hunt:
    """What a run of the kit came to. `catch` is of the rule that was looked for."""

    mock: FaultyMock
    report: Report
    catch: Catch | None

    def verdict(self, rule: str) -> Verdict:
        return next(result.verdict for result in self.report.rules if result.id == rule)


@dataclass
class _Watch:
    rule: str
    requests_so_far: Callable[[], int]
    begun: float
    catch: Catch | None = None


class WatchedRun(Run):
    """A run that notes when a rule is first found broken, by whichever check."""

    def watch(self, rule: str, requests_so_far: Callable[[], int]) -> None:
        self.watched = _Watch(rule, requests_so_far, time.monotonic())

    def check(self, check: Check) -> CheckOutcome | None:
        watch = self.watched
        outcome = super().check(check)
        if watch.catch is None and any(found.finding.rule == watch.rule for found in self.verdicts.discoveries):
            watch.catch = Catch(watch.requests_so_far(), time.monotonic() - watch.begun, check.name)
        return outcome


def hunt(fault: Fault, folder: Path) -> Hunt:
    """Run the kit against a fresh mock with this fault."""
    told = TOLD if fault.unreadable else Options()
    return run_kit(fault.inject, replace(told, report_dir=folder), fault.breaks)


def run_kit(inject: Callable[[FaultyMock], None], options: Options, rule: str = "") -> Hunt:
    """Run the kit, quick and with every rule unless told otherwise, against a fresh mock with a fault in it."""
    mock = FaultyMock()
    inject(mock)
    with served(mock) as url:
        run = WatchedRun(replace(options, base_url=url), load_spec(()))
        run.watch(rule, lambda: len(mock.exchanges))
        with run:
            run.check_all()
    return Hunt(mock, run.report, run.watched.catch)
