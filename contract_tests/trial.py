"""One check at work: it makes scenarios, and collects what the judge finds in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from .exchange import Step, Symbols
from .judge import Expectations, Finding, Judge
from .scenario import Scenario, SetupFailed
from .service import Service

T = TypeVar("T")

TRIES = 3
"""How often a scenario is repeated when others moved the data meanwhile."""


@dataclass(frozen=True)
class Profile:
    """How much is tried."""

    name: str
    factor: int
    """Multiplies the number of examples of every check."""
    sequences: int
    sequence_steps: int
    fuzzing: int
    """Fuzzing examples for each operation and kind of data."""


QUICK = Profile("quick", 1, sequences=5, sequence_steps=8, fuzzing=2)
THOROUGH = Profile("thorough", 8, sequences=40, sequence_steps=25, fuzzing=40)
PROFILES = {profile.name: profile for profile in (QUICK, THOROUGH)}


@dataclass(frozen=True)
class Discovery:
    """A finding and the steps that led to it."""

    finding: Finding
    steps: tuple[Step, ...]
    scenario: Scenario
    check: str


@dataclass
class Workbench:
    """What every check of a run shares."""

    service: Service
    expectations: Expectations
    judged: frozenset[str]
    people: tuple[str, ...]
    """Concrete ids of people that records may refer to."""
    packages: tuple[str, ...]
    profile: Profile
    seed: int
    writes: bool
    schemathesis: Any = None
    """The effective spec as Schemathesis reads it; loaded by the first check that needs it."""
    _scenarios: int = 0

    def scenario(self) -> Scenario:
        """A new scenario under a prefix of its own, so that no id is ever used twice."""
        self._scenarios += 1
        ledger = self.service.ledger
        values = {"run": f"{ledger.prefix}{self._scenarios:04x}-", "number": str(ledger.number)}
        for kind, ids in (("person", self.people), ("package", self.packages)):
            # A step list made elsewhere may speak of more people than are known here.
            values |= {f"{kind}:{n}": ids[(n - 1) % len(ids)] for n in range(1, 10) if ids}
        return Scenario(self.service, Judge(self.service.spec, self.expectations, self.judged), Symbols(values))


@dataclass
class Trial:
    """What one check gets to work with, and what came of it."""

    bench: Workbench
    check: str
    rule: str
    fired: Counter[str] = field(default_factory=Counter)
    discoveries: list[Discovery] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    _stop: BaseException | None = None

    @property
    def broken(self) -> bool:
        return any(discovery.finding.rule == self.rule for discovery in self.discoveries)

    @property
    def strict(self) -> bool:
        return self.bench.expectations.strict

    @property
    def people(self) -> tuple[str, ...]:
        """Symbols of up to three people."""
        return tuple(f"<<person:{n + 1}>>" for n in range(min(3, len(self.bench.people))))

    @property
    def packages(self) -> tuple[str, ...]:
        """Symbols of up to three packages."""
        return tuple(f"<<package:{n + 1}>>" for n in range(min(3, len(self.bench.packages))))

    def body(self, person: int = 0, package: int = 0, /, **more: Any) -> dict[str, Any]:
        """A valid body for one of the people and packages (counted from 0, round and round)."""
        return {
            "person_api_id": self.people[person % len(self.people)],
            "package_api_id": self.packages[package % len(self.packages)],
            **more,
        }

    # Running

    def once(self, play: Callable[[Scenario], None]) -> None:
        """Play one scenario; again, when others moved the data before the check's own rule could be told."""
        for _ in range(TRIES):
            scenario = self.bench.scenario()
            self.guarded(scenario, lambda scenario=scenario: play(scenario))  # type: ignore[misc]
            if self.rule not in scenario.judge.findings.doubts:
                return

    def guarded(self, scenario: Scenario, play: Callable[[], None]) -> None:
        """Play, collect what was found however it ends, and clear up unless the run is over."""
        try:
            play()
        except SetupFailed as exc:
            self.doubts.append(str(exc))
        finally:
            self.collect(scenario)
        scenario.clear()

    @property
    def halted(self) -> bool:
        """Whether something ended the run while Hypothesis was generating."""
        return self._stop is not None

    def halt(self, reason: BaseException) -> None:
        """Keep what ended the run; raised into Hypothesis it would be taken for a failure and tried again."""
        self._stop = self._stop or reason

    def reraise(self) -> None:
        """Raise what ended the run, if anything did."""
        if self._stop is not None:
            raise self._stop

    def explore(self, strategy: st.SearchStrategy[T], play: Callable[[Scenario, T], None], examples: int = 3) -> None:
        """Play a scenario for each of some generated examples, until one breaks the check's rule.

        Nothing is raised into Hypothesis: it would repeat requests to be sure. A finding is made shorter later, by
        leaving out steps and members, which gives the shortest list of requests rather than of choices.
        """

        @seed(self.seed())
        @settings(
            max_examples=examples * self.bench.profile.factor,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def example(value: T) -> None:
            if self.broken or self.halted:
                return
            try:
                self.once(lambda scenario: play(scenario, value))
            except Exception as exc:
                self.halt(exc)

        example()
        self.reraise()

    def seed(self) -> int:
        """A seed of this check alone, so that no other check's requests change this one's."""
        digest = hashlib.sha256(f"{self.bench.seed} {self.check}".encode()).digest()
        return int.from_bytes(digest[:6], "big")

    def collect(self, scenario: Scenario) -> None:
        """Take in what the judge of a scenario found."""
        findings = scenario.judge.findings
        self.fired.update(findings.fired)
        self.doubts += findings.doubts.values()
        steps = tuple(performed.step for performed in scenario.performed)
        for finding in findings.found:
            self.discoveries.append(Discovery(finding, steps[: finding.step], scenario, self.check))


@dataclass(frozen=True)
class Check:
    """A check of one rule."""

    rule: str
    name: str
    run: Callable[[Trial], None]
    writes: bool
    """Whether it can't do without creating records."""
    documented_rule: str
    """The rule it checks under --basis documented; the same, unless that rule is an assumption."""


def check(
    rule: str, *, writes: bool = True, documented_rule: str = "", name: str = ""
) -> Callable[[Callable[[Trial], None]], Check]:
    """Make a function a check of a rule. Without `writes` it also works in a read-only run."""

    def decorate(function: Callable[[Trial], None]) -> Check:
        topic = function.__module__.rpartition(".")[2]
        return Check(rule, name or f"{topic}.{function.__name__}", function, writes, documented_rule or rule)

    return decorate
