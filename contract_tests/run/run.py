"""One run: learn about the service, run every check, make counterexamples short, clean up, report."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from ..checks import CHECKS
from ..checks.bench import Bench
from ..checks.context import Check, CheckContext, Discovery
from ..checks.dialogue import Dialogue
from ..client.service import Service, Unreachable
from ..client.walk import Walk
from ..judge import Expectations, Finding
from ..options import PROFILES, Options
from ..result import (
    Basis,
    BlockedRequest,
    CheckOutcome,
    Counterexample,
    Progress,
    Report,
    RuleResult,
    Safety,
    Silent,
    Verdict,
)
from ..safety.guard import Blocked, Guard
from ..safety.ledger import Ledger
from ..safety.redaction import Redactor
from ..safety.session import CONNECT_TIMEOUT, BudgetExceeded, GuardedSession
from ..spec import Rule, Spec
from .cleanup import Cleaned, Cleaner
from .counterexample import Shrinker, show

PROBE_TIMEOUT = 6.0

SHRINKING = 60
"""How many requests may be spent on making one counterexample shorter."""
SHRINKING_ALL = 600


class CouldNotRun(Exception):
    """The run can't be done against this service. The message says what to do about it."""


@dataclass(frozen=True)
class Learnt:
    """What the list told about the service before the run."""

    people: tuple[str, ...]
    packages: tuple[str, ...]
    descriptions: dict[str, str]


class Run:
    """One run against one base URL. Use `execute` once."""

    def __init__(
        self,
        options: Options,
        spec: Spec,
        base_url: str,
        progress: Progress | None = None,
        checks: Sequence[Check] = CHECKS,
    ) -> None:
        self._options = options
        self._spec = spec
        self._base_url, credentials = _without_credentials(base_url)
        self._progress: Progress = progress or Silent()
        self._redactor = Redactor(options.secrets)
        self._started = datetime.now(UTC)
        self._begun = time.monotonic()
        strict = options.basis == "all"
        self.rules = tuple(rule for rule in spec.rules if strict or rule.basis is Basis.DOCUMENTED)
        self._judged = frozenset(rule.id for rule in self.rules)
        self._checks = [check for check in checks if self._rule(check) in self._judged]
        path = None if options.read_only else _ledger_path(options.report_dir)
        self._ledger = Ledger.open(path, self._base_url, spec.collection, spec.record)
        self._session = open_session(options, self._base_url, self._ledger, credentials)
        self.service = Service(self._session, spec, self._base_url, self._ledger)
        self._outcomes: list[tuple[str, CheckOutcome]] = []
        self._discoveries: list[Discovery] = []
        self._cleaned = Cleaned()
        self._examples: dict[str, Counterexample] = {}
        self._unsteady: set[str] = set()
        self._bench: Bench | None = None
        self._shrinker: Shrinker | None = None
        self._unreadable = ""

    def execute(self) -> Report:
        """Do it all. Never raises for what the service does; what ends the run stands in `problem`."""
        problem = ""
        try:
            self.prepare()
            for check in self._checks:
                problem = self.run_check(check) or problem
            self._make_examples()
        except CouldNotRun as exc:
            problem = str(exc)
        except BudgetExceeded as exc:
            problem = f"stopped: {exc}"
        except Unreachable as exc:
            problem = str(exc)
        except KeyboardInterrupt:
            problem = "interrupted"
        return self.finish(problem)

    # Before

    def prepare(self) -> Bench:
        """Find out whether and with what the service can be tested; raise CouldNotRun."""
        self._probe()
        learnt = self._learn()
        writes = not self._options.read_only
        if writes and not (learnt.people and learnt.packages):
            missing = [
                option
                for option, found in (("--person-api-id", learnt.people), ("--package-api-id", learnt.packages))
                if not found
            ]
            raise CouldNotRun(
                f"{self._unreadable or 'the list has no record to learn a person and a package from'}: "
                f"pass {' and '.join(missing)} "
                "(twice each is better) with ids that records may refer to"
            )
        self._bench = self._make_bench(learnt)
        if writes:
            self._try_writing(self._bench)
        self._progress.started(self._base_url, self._options.seed, len(self._checks))
        return self._bench

    def _probe(self) -> None:
        """Ask for one record, with little patience."""
        url = self._base_url + self._spec.collection
        try:
            prepared = self._session.prepare_request(requests.Request("GET", url, params={"limit": 1}))
            response = self._session.send(prepared, timeout=(CONNECT_TIMEOUT, PROBE_TIMEOUT))
        except requests.RequestException as exc:
            raise CouldNotRun(f"{self._base_url} does not answer: {self._redactor.text(_reason(exc))}") from exc
        if response.status_code in (401, 403):
            raise CouldNotRun(
                f"{url} answers {response.status_code}: pass what it asks for with --header 'Authorization: ...'"
            )
        if 300 <= response.status_code < 400:
            location = self._redactor.text(response.headers.get("Location", ""))
            raise CouldNotRun(f"{url} redirects to {location or 'somewhere'}: pass the base URL that it leads to")
        if response.status_code == 404:
            raise CouldNotRun(f"there is no {self._spec.collection} at {self._base_url}: is the base URL right?")

    def _learn(self) -> Learnt:
        """Who and what records refer to, and how the packages are described, from the whole list."""
        dialogue = self._make_bench(Learnt((), (), {})).dialogue()
        try:
            walk = dialogue.walk()
        finally:
            context = CheckContext(self._make_bench(Learnt((), (), {})), "run.learn", "")
            context.collect(dialogue)
            self._discoveries += context.discoveries
        if not walk.complete:
            self._unreadable = f"the list could not be read: {dialogue.performed[-1].exchange}"
        return Learnt(
            _named(self._options.person_api_ids, walk, "person_api_id"),
            _named(self._options.package_api_ids, walk, "package_api_id"),
            _descriptions(walk),
        )

    def _make_bench(self, learnt: Learnt) -> Bench:
        return Bench(
            self.service,
            Expectations(
                strict=self._options.basis == "all",
                prefix=self._ledger.prefix,
                people=frozenset(learnt.people),
                packages=frozenset(learnt.packages),
                descriptions=learnt.descriptions,
            ),
            self._judged,
            _first(self._options.person_api_ids, learnt.people),
            _first(self._options.package_api_ids, learnt.packages),
            PROFILES[self._options.profile],
            self._options.seed,
            not self._options.read_only,
        )

    def _try_writing(self, bench: Bench) -> None:
        """Create one record, to learn at once when writing is not allowed; raise CouldNotRun then."""
        dialogue = bench.dialogue()
        body = {"person_api_id": "<<person:1>>", "package_api_id": "<<package:1>>", "api_id": dialogue.new_id()}
        exchange = dialogue.post(body)
        if exchange is not None and exchange.status in (401, 403):
            raise CouldNotRun(
                f"creating a record is answered {exchange.status}: pass credentials that may write with --header, "
                "or --read-only"
            )
        if (
            exchange is not None
            and exchange.refused
            and (self._options.person_api_ids or self._options.package_api_ids)
        ):
            # Those that were learnt are referred to by records that are there; these are somebody's word.
            person, package = bench.people[0], bench.packages[0]
            raise CouldNotRun(
                f"a record of person {person} and package {package} is refused ({exchange.status} "
                f"{self._redactor.text(exchange.text[:200])}): pass ids that records may refer to"
            )
        dialogue.clear()

    # Checks

    def _rule(self, check: Check) -> str:
        return check.rule if self._options.basis == "all" else check.documented_rule

    def run_check(self, check: Check) -> str:
        """Run one check and note what came of it; return what went wrong with the kit itself, if anything did."""
        rule = self._rule(check)
        if rule not in self._judged or self._bench is None:
            return ""
        self._progress.check_started(check.name, rule)
        context = CheckContext(self._bench, check.name, rule)
        before, begun = self._session.requests, time.monotonic()
        problem = ""
        try:
            if self._bench.writes or not check.writes:
                check.run(context)
        except (BudgetExceeded, Unreachable, CouldNotRun):
            context.inconclusive.append("the run ended during this check")
            raise
        except Blocked as exc:
            context.inconclusive.append(str(exc))
        except Exception as exc:
            problem = f"{check.name} failed by itself: {type(exc).__name__}: {exc}"
            context.inconclusive.append(problem)
        finally:
            outcome = self._outcome(check, context, self._session.requests - before, time.monotonic() - begun)
            self._outcomes.append((rule, outcome))
            self._discoveries += context.discoveries
            self._progress.check_finished(outcome)
        return self._redactor.text(problem)

    def _outcome(self, check: Check, context: CheckContext, count: int, seconds: float) -> CheckOutcome:
        message = self._redactor.text(context.inconclusive[0]) if context.inconclusive else ""
        if context.broken:
            verdict, message = Verdict.BROKEN, ""
        elif context.evaluations[context.rule]:
            verdict = Verdict.KEPT
        elif context.inconclusive:
            verdict = Verdict.INCONCLUSIVE
        else:
            verdict = Verdict.NOT_EXERCISED
            if check.writes and self._options.read_only:
                message = "it can't be told without writing"
        return CheckOutcome(
            check.name, context.rule, verdict, context.evaluations[context.rule], count, seconds, message
        )

    def outcome(self, check: Check) -> CheckOutcome | None:
        """What a check came to; None when its rule is not judged."""
        return next((outcome for _, outcome in self._outcomes if outcome.name == check.name), None)

    def suspects(self, check: Check) -> tuple[Rule, ...]:
        """The rules that a check found broken: its own, and others that none before it found."""
        found = [(discovery.check, discovery.finding.rule) for discovery in self._discoveries]
        first = dict(reversed([(rule, name) for name, rule in found]))
        mine = {rule for name, rule in found if name == check.name}
        own = self._rule(check)
        return tuple(r for r in self.rules if r.id in mine and (r.id == own or first[r.id] == check.name))

    # After

    def _make_examples(self) -> None:
        for rule in self.rules:
            if self._shortest(rule) is not None:
                self._progress.note(f"{rule.id} seems broken: looking for the shortest way to show it")
                self.explain(rule)

    def explain(self, rule: Rule) -> Counterexample | None:
        """Return a short counterexample for a rule that was found broken; None when it does not hold up."""
        if self._bench is None or rule.id in self._examples or rule.id in self._unsteady:
            return self._examples.get(rule.id)
        self._shrinker = self._shrinker or Shrinker(self._bench, SHRINKING_ALL)
        best: tuple[Finding, Dialogue, str] | None = None
        for found in self._candidates(rule):
            finding, dialogue, steady = self._shrinker.shrink(found, SHRINKING)
            best = finding, dialogue, found.check
            if steady:
                break
        else:
            # Others may have changed the list just then. Every other rule is about our own records alone.
            self._unsteady.add(rule.id)
        if best is not None and (rule.id not in self._unsteady or rule.operation != "list_records"):
            self._examples[rule.id] = show(rule, *best, self._options.seed, self._redactor)
        return self._examples.get(rule.id)

    def _candidates(self, rule: Rule) -> list[Discovery]:
        """The shortest discoveries of a rule's breach; two, as the first may not show again."""
        found = [discovery for discovery in self._discoveries if discovery.finding.rule == rule.id]
        return sorted(found, key=lambda discovery: len(discovery.steps))[:2]

    def _shortest(self, rule: Rule) -> Discovery | None:
        found = [discovery for discovery in self._discoveries if discovery.finding.rule == rule.id]
        return min(found, key=lambda discovery: len(discovery.steps), default=None)

    def finish(self, problem: str = "") -> Report:
        """Clean up and report; also after an interruption."""
        self._fill_examples()
        cleaner = Cleaner(self.service)
        try:
            self._cleaned = cleaner.run()
        except KeyboardInterrupt:
            # Once more, as whoever pressed it twice still does not want their records left behind.
            self._cleaned = cleaner.run()
        left = self._cleaned.leftovers or self._cleaned.possible
        self._ledger.close(remove=not left)
        for api_id in self._cleaned.leftovers:
            self._progress.note(f"left behind: {api_id}")
        results = tuple(self._rule_result(rule) for rule in self.rules)
        if not problem and not any(result.verdict in (Verdict.KEPT, Verdict.BROKEN) for result in results):
            problem = "no rule could be told"
        return Report(
            target=self._redactor.text(self._base_url),
            spec=self._spec.info,
            seed=self._options.seed,
            basis=self._options.basis,
            profile=self._options.profile,
            read_only=self._options.read_only,
            started=self._started.isoformat(timespec="seconds").replace("+00:00", "Z"),
            seconds=time.monotonic() - self._begun,
            requests=self._session.requests,
            rules=results,
            safety=self._safety(),
            coverage=self.service.coverage.of(self._spec),
            arguments=tuple(map(self._redactor.text, self._options.arguments)),
            problem=self._redactor.text(problem),
        )

    def _fill_examples(self) -> None:
        """What was found when the run ended early is shown as it was found."""
        for rule in self.rules:
            found = self._shortest(rule)
            if found is not None and rule.id not in self._examples and rule.id not in self._unsteady:
                self._examples[rule.id] = show(
                    rule, found.finding, found.dialogue, found.check, self._options.seed, self._redactor
                )

    def _rule_result(self, rule: Rule) -> RuleResult:
        checks = tuple(outcome for about, outcome in self._outcomes if about == rule.id)
        example = self._examples.get(rule.id)
        message = next((check.message for check in checks if check.message), "")
        verdicts = {check.verdict for check in checks}
        if example is not None:
            verdict = Verdict.BROKEN
            message = "the same requests did not show it again" if rule.id in self._unsteady else ""
        elif rule.id in self._unsteady:
            verdict = Verdict.INCONCLUSIVE
            message = "it seemed broken, but the same requests did not show it again: the list may have moved"
        elif Verdict.KEPT in verdicts:
            verdict, message = Verdict.KEPT, ""
        elif Verdict.INCONCLUSIVE in verdicts:
            verdict = Verdict.INCONCLUSIVE
        else:
            verdict = Verdict.NOT_EXERCISED
        return RuleResult(
            rule.id, rule.basis, rule.source, rule.text, rule.operation, verdict, checks, example, message
        )

    def _safety(self) -> Safety:
        text = self._redactor.text
        left = self._cleaned.leftovers or self._cleaned.possible
        return Safety(
            created=self._ledger.created,
            deleted=self._ledger.deleted,
            leftovers=tuple(map(text, self._cleaned.leftovers)),
            possible_leftovers=tuple(map(text, self._cleaned.possible)),
            blocked=tuple(BlockedRequest(b.method, text(b.target), text(b.reason)) for b in self._session.blocked),
            ledger=str(self._ledger.path) if left and self._ledger.path else "",
        )


def open_session(
    options: Options, base_url: str, ledger: Ledger, credentials: tuple[str, str] | None = None
) -> GuardedSession:
    """Return the guarded session for these options."""
    session = GuardedSession(
        Guard(base_url, ledger, read_only=options.read_only),
        ledger,
        headers=dict(options.headers),
        rate=options.rate,
        max_requests=options.max_requests,
    )
    session.auth = credentials
    return session


def _without_credentials(base_url: str) -> tuple[str, tuple[str, str] | None]:
    """The URL without `user:password@`, which is not to be shown, and the two by themselves."""
    parts = urlsplit(base_url)
    credentials = (parts.username, parts.password or "") if parts.username else None
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", "")), credentials


def _ledger_path(report_dir: Path | None) -> Path:
    """A new file: in the report's folder, else where the system keeps the state of programs."""
    name = f"ledger-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{os.urandom(3).hex()}.jsonl"
    if report_dir is not None:
        return report_dir / name
    return state_folder() / name


def state_folder() -> Path:
    """Where the system keeps the state of programs; its folder for temporary files where that can't be made."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "training-contract"
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return state


def _reason(exc: BaseException) -> str:
    """The innermost reason of a failed request, in its own words."""
    seen: BaseException = exc
    while isinstance(inner := _inner(seen), BaseException):
        seen = inner
    return str(seen) or type(seen).__name__


def _inner(exc: BaseException) -> Any:
    reason = getattr(exc, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    return next((arg for arg in exc.args if isinstance(arg, BaseException)), None)


def _first(chosen: tuple[str, ...], learnt: tuple[str, ...]) -> tuple[str, ...]:
    """Whom new records are to refer to: those that were named only, if any were."""
    return chosen or learnt[:3]


def _named(chosen: tuple[str, ...], walk: Walk, field: str) -> tuple[str, ...]:
    found = [str(record[field]) for record in walk.records if isinstance(record.get(field), str) and record[field]]
    return tuple(dict.fromkeys([*chosen, *found]))


def _descriptions(walk: Walk) -> dict[str, str]:
    """package_desc by package, where all records of the package agree."""
    found: dict[str, set[Any]] = {}
    for record in walk.records:
        found.setdefault(str(record.get("package_api_id")), set()).add(str(record.get("package_desc")))
    return {package: texts.pop() for package, texts in found.items() if len(texts) == 1}
