"""One check at work: it makes dialogues, and collects what the judge finds in them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ..client.dialect import Dialect
from ..client.step import Step
from ..judge import Finding
from ..records import Record
from .bench import Bench
from .dialogue import Dialogue, SetupFailed

T = TypeVar("T")

TRIES = 3
"""How often a dialogue is repeated when others moved the data meanwhile."""


@dataclass(frozen=True)
class Discovery:
    """A finding and the steps that led to it."""

    finding: Finding
    steps: tuple[Step, ...]
    dialogue: Dialogue
    check: str


@dataclass
class CheckContext:
    """What one check gets to work with, and what came of it."""

    bench: Bench
    check: str
    rule: str
    late: float = 0.0
    """After how many seconds a write showed at last; 0 while each did at once."""
    evaluations: Counter[str] = field(default_factory=Counter)
    discoveries: list[Discovery] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    unsent: Counter[str] = field(default_factory=Counter)
    """Generated cases that could not be sent, by why."""
    _stop: BaseException | None = None

    @property
    def broken(self) -> bool:
        """Whether the rule of this check was found broken."""
        return any(discovery.finding.rule == self.rule for discovery in self.discoveries)

    @property
    def documented(self) -> bool:
        """Whether it is a check of a documented rule."""
        return self.rule in self.bench.documented

    @property
    def dialect(self) -> Dialect:
        """How the service speaks."""
        return self.bench.dialect

    def dialogue(self) -> Dialogue:
        """A new dialogue: of a documented rule in the way of the service, of an assumption in that of the spec.

        What the checks of assumptions ask for no service need take, so they judge no documented rule.
        """
        if self.documented:
            return self.bench.dialogue()
        return self.bench.dialogue(self.bench.strict, self.bench.judged - self.bench.documented)

    @property
    def people(self) -> tuple[str, ...]:
        """Symbols of up to three people."""
        return tuple(f"<<person:{n + 1}>>" for n in range(min(3, len(self.bench.people))))

    @property
    def packages(self) -> tuple[str, ...]:
        """Symbols of up to three packages."""
        return tuple(f"<<package:{n + 1}>>" for n in range(min(3, len(self.bench.packages))))

    @property
    def words(self) -> list[str]:
        """Words that the service is known to search for; the rarest in its descriptions where none is known."""
        known = self.dialect.words if self.documented else ()
        return list(known) or words_of(self.bench.listed)

    def body(self, person: int = 0, package: int = 0, /, **more: Any) -> dict[str, Any]:
        """A valid body for one of the people and packages (counted from 0, round and round)."""
        return {
            "person_api_id": self.people[person % len(self.people)],
            "package_api_id": self.packages[package % len(self.packages)],
            **more,
        }

    # Running

    def once(self, play: Callable[[Dialogue], None]) -> None:
        """Play one dialogue; again, when others moved the data before the check's own rule could be checked."""
        for _ in range(TRIES):
            dialogue = self.dialogue()
            passes_in = self.guarded(dialogue, lambda dialogue=dialogue: play(dialogue))  # type: ignore[misc]
            if passes_in is not None:
                dialogue.manner.sleep(passes_in)
            elif self.rule not in dialogue.judge.findings.inconclusive:
                return

    def guarded(self, dialogue: Dialogue, play: Callable[[], None]) -> float | None:
        """Play, collect what was found however it ends, and clear up unless the run is over.

        Return in how many seconds it may be tried again, if it failed for a reason that may be gone then.
        """
        passes_in = None
        try:
            play()
        except SetupFailed as exc:
            passes_in = exc.passes_in
            self.inconclusive.append(str(exc))
        finally:
            self.collect(dialogue)
        dialogue.clear()
        return passes_in

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

    def explore(self, strategy: st.SearchStrategy[T], play: Callable[[Dialogue, T], None], examples: int = 3) -> None:
        """Play a dialogue for each of some generated examples, until one breaks the check's rule.

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
                self.once(lambda dialogue: play(dialogue, value))
            except Exception as exc:
                self.halt(exc)

        example()
        self.reraise()

    def seed(self) -> int:
        """A seed of this check alone, so that no other check's requests change this one's."""
        digest = hashlib.sha256(f"{self.bench.seed} {self.check}".encode()).digest()
        return int.from_bytes(digest[:6], "big")

    def collect(self, dialogue: Dialogue) -> None:
        """Take in what the judge of a dialogue found."""
        findings = dialogue.judge.findings
        self.late = max(self.late, dialogue.late)
        self.evaluations.update(findings.evaluations)
        self.inconclusive += findings.inconclusive.values()
        steps = tuple(performed.step for performed in dialogue.performed)
        for finding in findings.found:
            self.discoveries.append(Discovery(finding, steps[: finding.step], dialogue, self.check))


def words_of(records: Iterable[Record]) -> list[str]:
    """Words of the descriptions of records, the rarest first: they tell the most."""
    count: Counter[str] = Counter()
    for record in records:
        plain = {word.strip(".,:;()'\"!?") for word in str(record.get("package_desc", "")).split()}
        count.update(word for word in plain if len(word) > 2)
    return sorted(count, key=lambda word: (count[word], word))


@dataclass(frozen=True)
class Check:
    """A check of one rule."""

    rule: str
    name: str
    run: Callable[[CheckContext], None]
    writes: bool
    """Whether it can't do without creating records."""


def check(rule: str, *, writes: bool = True, name: str = "") -> Callable[[Callable[[CheckContext], None]], Check]:
    """Make a function a check of a rule. Without `writes` it also works in a read-only run."""

    def decorate(function: Callable[[CheckContext], None]) -> Check:
        topic = function.__module__.rpartition(".")[2]
        return Check(rule, name or f"{topic}.{function.__name__}", function, writes)

    return decorate
