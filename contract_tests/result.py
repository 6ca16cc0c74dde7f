"""What a run found out: the one vocabulary between the run and every way of showing it.

Everything here is plain, frozen data without behaviour beyond `Report.to_json`. All text is already redacted: a
renderer may print or write any of it. Renderers need nothing else of this package.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import IntEnum, StrEnum
from typing import Any, Protocol

from api_spec.provenance import Basis


class Verdict(StrEnum):
    """What the run says about one rule (or about one check of it)."""

    KEPT = "kept"
    """A check of the rule was evaluated on at least one answer, and never failed."""
    BROKEN = "broken"
    """An answer contradicts the rule; there is a counterexample."""
    INCONCLUSIVE = "inconclusive"
    """Tried, but others moved the data meanwhile, or the service would not let it be set up."""
    NOT_EXERCISED = "not-exercised"
    """Never evaluated on an answer (for instance a rule about writing in a read-only run)."""


class Exit(IntEnum):
    """The exit codes of `training-contract`."""

    KEPT = 0
    """No rule is broken."""
    BROKEN = 1
    """At least one rule is broken."""
    USAGE = 2
    """The command line or a file named on it is wrong."""
    COULD_NOT_RUN = 3
    """Unreachable, refused, stopped half-way, or records were not deleted."""


@dataclass(frozen=True)
class StepResult:
    """One request of a counterexample and the answer that came.

    Ids are symbolic, so that the steps can be read and sent again: `<<run>>` is the random prefix of a run,
    `<<made:1>>` the api_id that the service gave to the first record created without one, `<<person:1>>` and
    `<<package:1>>` whom and what the records refer to.
    """

    method: str
    """`GET`, `POST` ..., or `WALK` for reading the whole list page by page."""
    target: str
    """Path and query, e.g. `/training/record/?limit=2` (symbolic)."""
    headers: Mapping[str, str]
    """Only those that the step itself sets, e.g. Content-Type."""
    body: str | None
    """The body as text (symbolic), None when there is none."""
    curl: str
    """The same request as one shell line, with the ids of the run that found it."""
    status: int | None
    """None when no answer came."""
    content_type: str
    """The media type of the answer; empty when it says none."""
    answer: str
    """The answer's body, shortened to some 2,000 characters."""
    names: str = ""
    """The symbol that the api_id of this answer gets, e.g. `made:1`; mostly empty."""


@dataclass(frozen=True)
class Counterexample:
    """The shortest sequence of requests found that shows a rule broken. As JSON it is what `replay` reads."""

    rule: str
    """The id of the rule."""
    sentence: str
    """The document's own words for a documented rule, else the reason of the assumption."""
    text: str
    """The rule as the spec words it."""
    expected: str
    """What the rule asks for."""
    got: str
    """What came instead."""
    steps: tuple[StepResult, ...]
    """In the order sent; the last one (or the last WALK) is the one that shows it."""
    check: str
    """The check that found it."""
    seed: int
    """Of the generated data."""


@dataclass(frozen=True)
class CheckOutcome:
    """What one check came to."""

    name: str
    """Unique, e.g. `lists.pages_at_every_offset`."""
    rule: str
    """The id of the rule that it checks."""
    verdict: Verdict
    """Kept when the check passed; JSON has `passed` for it."""
    evaluations: int
    """How often the rule was really evaluated on an answer during this check."""
    requests: int
    """How many it sent."""
    seconds: float
    """How long it took."""
    message: str = ""
    """Why it is inconclusive or not exercised; empty otherwise."""
    unsent: Mapping[str, int] = field(default_factory=dict)
    """How many generated cases could not be sent, by why."""


@dataclass(frozen=True)
class RuleResult:
    """One rule of the spec and what was found."""

    id: str
    """As in the spec."""
    basis: Basis
    """Whether the document says so, or is silent."""
    sentence: str
    """The document's own words (documented), or the reason of the assumption (assumed)."""
    text: str
    """The rule as the spec words it."""
    operation: str
    """operationId of the operation that the rule stands with; empty for a rule of the whole API."""
    verdict: Verdict
    """What the run says about it."""
    checks: tuple[CheckOutcome, ...]
    """What was asked for its sake."""
    counterexample: Counterexample | None = None
    """There exactly when the verdict is broken."""
    message: str = ""
    """Why the verdict is inconclusive or not-exercised, where a reason is known."""


@dataclass(frozen=True)
class BlockedRequest:
    """A request that the guard blocked before it left."""

    method: str
    """`GET`, `POST` ..."""
    target: str
    """Path and query."""
    reason: str
    """Why it was blocked."""


@dataclass(frozen=True)
class Safety:
    """What the run did to the service, and that it undid it."""

    created: int = 0
    """How many records this run made."""
    deleted: int = 0
    """How many of them it deleted."""
    leftovers: tuple[str, ...] = ()
    """api_ids of records that this run created and could not delete, or cannot prove deleted."""
    possible_leftovers: tuple[str, ...] = ()
    """api_ids of records that this run may have left, or somebody else may have made; they are not deleted. Of a record
    whose api_id nobody knows it is said in words whom and what it refers to.
    """
    blocked: tuple[BlockedRequest, ...] = ()
    """What the guard blocked."""
    ledger: str = ""
    """The ledger's file, when it was kept because something is left; empty otherwise."""


@dataclass(frozen=True)
class OperationCoverage:
    """What of one operation of the spec the run exercised."""

    operation: str
    """operationId."""
    method: str
    """`GET`, `POST` ..."""
    path: str
    """As in the spec, e.g. `/training/record/{api_id}/`."""
    requests: int
    """How many were sent to it."""
    statuses: Mapping[str, int]
    """Every status that the spec lists or that came, e.g. `{"200": 41, "400": 3, "413": 0}`; 0 means never seen."""
    parameters: Mapping[str, int]
    """Every query parameter and body property of the spec, with how many requests had it; 0 means never sent."""
    documented: tuple[str, ...]
    """The statuses that the spec lists."""


@dataclass(frozen=True)
class SpecInfo:
    """Which contract the service was held against."""

    title: str
    """Of the spec."""
    version: str
    """Of the spec."""
    file: str
    """The name of its file."""
    overlays: tuple[str, ...] = ()
    """The files of the overlays that were applied to it, in this order."""


@dataclass(frozen=True)
class Habit:
    """What the service does where the document is silent, as far as the run learnt it."""

    topic: str
    """What it is about, e.g. `dates`."""
    text: str
    """What the service does, without the subject, e.g. `keeps them to the second`."""


@dataclass(frozen=True)
class Report:
    """The whole run."""

    target: str
    """The base URL, without any user:password in it."""
    spec: SpecInfo
    """Which contract the service was held against."""
    seed: int
    """Of the generated data."""
    basis: str
    """`documented` or `all`: which rules were judged. Rules outside of it are not in `rules`."""
    profile: str
    """`quick` or `thorough`."""
    read_only: bool
    """Whether nothing was written."""
    started: str
    """RFC 3339, UTC."""
    seconds: float
    """How long the run took."""
    requests: int
    """How many were sent."""
    rules: tuple[RuleResult, ...]
    """In the order of the spec."""
    safety: Safety = field(default_factory=Safety)
    """What the run did to the service, and that it undid it."""
    coverage: tuple[OperationCoverage, ...] = ()
    """What of each operation the run exercised."""
    habits: tuple[Habit, ...] = ()
    """In the order in which they were learnt."""
    arguments: tuple[str, ...] = ()
    """Those of the command that makes the same run again, but for the base URL and the values of headers.

    In report.json they are what `replay` goes by.
    """
    replay_arguments: tuple[str, ...] = ()
    """Those of `arguments` that must be given to `replay` again: what it may not, or can't, take from a report."""
    cleanup_arguments: tuple[str, ...] = ()
    """Those of `arguments` that `cleanup` needs."""
    mock: bool = False
    """Whether the service was the kit's own mock, which is gone by now, and so is its address."""
    credentials: bool = False
    """Whether the base URL had a user or a password in it; they are not kept."""
    problem: str = ""
    """Why the run could not be done or finished (then the exit code is 3); empty otherwise."""

    @property
    def exit_code(self) -> Exit:
        """3 before 1: a run that ended half-way, or left something behind, is never only "broken"."""
        if self.problem or self.safety.leftovers or self.safety.possible_leftovers:
            return Exit.COULD_NOT_RUN
        if any(rule.verdict is Verdict.BROKEN for rule in self.rules):
            return Exit.BROKEN
        return Exit.KEPT

    @property
    def broken(self) -> tuple[RuleResult, ...]:
        """The rules that are broken."""
        return tuple(rule for rule in self.rules if rule.verdict is Verdict.BROKEN)

    @property
    def unsent(self) -> Mapping[str, int]:
        """How many generated cases could not be sent, by why, the most frequent first."""
        total: Counter[str] = Counter()
        for rule in self.rules:
            for check in rule.checks:
                total.update(check.unsent)
        return dict(total.most_common())

    def count(self, verdict: Verdict) -> int:
        """How many rules got this verdict."""
        return sum(rule.verdict is verdict for rule in self.rules)

    def to_json(self) -> dict[str, Any]:
        """The report as JSON has it: its fields by their names, and the exit code."""
        return {"exit_code": int(self.exit_code), **_plain(self)}


JSON_NAMES = {"evaluations": "firings"}
"""Members that have another name in JSON than here."""

NOT_IN_JSON = frozenset({"replay_arguments", "cleanup_arguments"})
"""Members that repeat what others say."""

PASSED = "passed"
"""The word for a check that found its rule kept: checks pass, and rules are kept."""


def _plain(value: Any) -> Any:
    """What JSON has for a value of this module; seconds to the millisecond."""
    if is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in NOT_IN_JSON]
        members = {JSON_NAMES.get(name, name): _plain(getattr(value, name)) for name in names}
        passed = isinstance(value, CheckOutcome) and value.verdict is Verdict.KEPT
        return members | {"verdict": PASSED} if passed else members
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return round(value, 3) if isinstance(value, float) else value


class Progress(Protocol):
    """What a run tells while it goes on. `Silent` below or any renderer may implement it."""

    def started(self, target: str, seed: int, checks: int) -> None:
        """The service answers; this many checks will run."""

    def check_started(self, name: str, rule: str) -> None:
        """One check begins."""

    def check_finished(self, outcome: CheckOutcome) -> None:
        """One check ended."""

    def phase(self, what: str, done: int, of: int, most: int = 0) -> None:
        """How far a phase after the checks is, e.g. `counterexamples made short`, 1, 3.

        `most` is how many requests one more takes at most; 0 when nobody knows.
        """

    def note(self, text: str) -> None:
        """Something worth a line that stays."""


class Silent:
    """The progress of a run that nobody watches."""

    def started(self, target: str, seed: int, checks: int) -> None:
        """Say nothing."""

    def check_started(self, name: str, rule: str) -> None:
        """Say nothing."""

    def check_finished(self, outcome: CheckOutcome) -> None:
        """Say nothing."""

    def phase(self, what: str, done: int, of: int, most: int = 0) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""
