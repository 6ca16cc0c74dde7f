"""From a finding to the shortest list of requests that shows it, as text, as curl lines, and as steps to send again."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from api_spec.provenance import Rule

from ..checks.bench import Bench
from ..checks.context import Discovery
from ..checks.dialogue import LATE, Dialogue, Performed
from ..client.step import WALK, Step
from ..judge import Finding
from ..result import Counterexample, StepResult
from ..safety.redaction import Redactor

LONGEST_ANSWER = 2000

SIMPLE_DATE = "2024-01-01T00:00:00Z"


class ReplayError(ValueError):
    """A file that holds no counterexample. The message says what is wrong with it."""


PAUSE = 1.2
"""Seconds after each write until anything is read, to tell what is wrong from what is only late."""

LONG_PAUSE = 5.0
"""The same, on a service of which it is not known whether it shows every write at last."""

LONGEST_PAUSE = 65.0
"""The most that a cache is waited for, which says for how long it keeps what it shows."""

AGAIN = 3
"""How often the same requests are sent before what they showed once is given up."""


def play(bench: Bench, steps: Sequence[Step], *, pause: float = 0.0) -> Dialogue:
    """Send steps anew under fresh ids and clear up; the judge of the returned dialogue saw them all.

    With a `pause` nothing is read for so many seconds after a write.
    """
    dialogue = bench.dialogue(replace(bench.strict, dialect=bench.dialect, pause=pause))
    for step in steps:
        dialogue.perform(step)
    dialogue.clear()
    return dialogue


def confirmed(bench: Bench, steps: Sequence[Step], rule: str) -> Dialogue:
    """Send steps anew, with pauses where the rule may be about a write that is only late.

    Where an answer says that it is kept in a cache, the pause is as long as that, if nothing shorter helps.
    """
    if rule not in LATE:
        return play(bench, steps)
    dialogue = play(bench, steps, pause=max(PAUSE, bench.patience))
    longer = max(0.0 if bench.dialect.fresh else LONG_PAUSE, *map(_kept_for, dialogue.performed), 0.0)
    if longer and dialogue.judge.findings.of(rule) is not None:
        return play(bench, steps, pause=min(LONGEST_PAUSE, longer))
    return dialogue


def _kept_for(performed: Performed) -> float:
    """For how many seconds the answer to a reading is kept, by its Cache-Control (RFC 9111)."""
    exchange = performed.exchange
    if exchange is None or exchange.method != "GET":
        return 0.0
    age = re.search(r"\b(?:s-maxage|max-age)=(\d{1,6})", exchange.headers.get("cache-control", ""))
    return float(age[1]) + 0.5 if age is not None and int(age[1]) else 0.0


class Shrinker:
    """Leaves out steps, then members of bodies and parameters, as long as the same rule stays broken."""

    def __init__(self, bench: Bench, budget: int) -> None:
        self._bench = bench
        self._left = budget
        """How many requests may still be spent, over all counterexamples."""
        self.late = False
        """Whether something was right after a pause that was wrong without."""

    def shrink(self, discovery: Discovery, most: int) -> tuple[Finding, Dialogue] | None:
        """Return a finding of the same rule and the dialogue that shows it, spending at most `most` requests.

        None when it does not show again, or not after a pause.
        """
        self._until = max(0, self._left - most)
        rule = discovery.finding.rule
        steps: Sequence[Step] = discovery.steps
        best = self._again(steps, rule)
        if best is None:
            # The guard may let no record be updated any more whose id the service gave.
            steps = _under_chosen_ids(steps)
            best = self._try(steps, rule)
        if best is None:
            return None
        steps = steps[: best[0].step]
        if not any(step.must for step in steps):  # else with anything left out it might be refused rightly
            for candidates in (_without_chunks, _without_members, _simpler):
                steps, best = self._reduce(candidates, steps, best, rule)
            # Simpler members may have made more steps superfluous.
            steps, best = self._reduce(_without_chunks, steps, best, rule)
        dialogue = confirmed(self._bench, steps, rule)
        finding = dialogue.judge.findings.of(rule)
        self.late = self.late or finding is None
        return None if finding is None else (finding, dialogue)

    def _again(self, steps: Sequence[Step], rule: str) -> tuple[Finding, Dialogue] | None:
        """What the same requests show of the rule, sent more than once if need be."""
        for _ in range(AGAIN):
            found = self._try(steps, rule)
            if found is not None:
                return found
            # A service that answers in turns meets them at another one then.
            self._bench.service.send("GET", self._bench.service.spec.collection)
        return None

    def _reduce(
        self, candidates: Any, steps: Sequence[Step], best: tuple[Finding, Dialogue], rule: str
    ) -> tuple[Sequence[Step], tuple[Finding, Dialogue]]:
        progress = True
        while progress and self._left > self._until:
            progress = False
            for candidate in candidates(steps):
                found = self._try(candidate, rule)
                if found is not None:
                    steps, best, progress = candidate[: found[0].step], found, True
                    break
                if self._left <= self._until:
                    break
        return steps, best

    def _try(self, steps: Sequence[Step], rule: str) -> tuple[Finding, Dialogue] | None:
        session = self._bench.service.session
        before = session.requests
        dialogue = play(self._bench, steps)
        self._left -= session.requests - before
        finding = dialogue.judge.findings.of(rule)
        return None if finding is None else (finding, dialogue)


def _under_chosen_ids(steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same steps, each record made under an id of our own."""
    named = {f"<<{step.names}>>": f"<<run>>named{n}" for n, step in enumerate(steps) if step.names}

    def renamed(text: str) -> str:
        for given, chosen in named.items():
            text = text.replace(given, chosen)
        return text

    made = []
    for step in steps:
        body = _object(step)
        if step.names and body:
            step = replace(step, body=json.dumps({**body, "api_id": named[f"<<{step.names}>>"]}), names="")
        body_text = None if step.body is None else renamed(step.body)
        made.append(replace(step, target=renamed(step.target), body=body_text))
    return tuple(made)


def _without_chunks(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """Half of the steps left out, a quarter, ... one; from the end, as the first ones often make the record."""
    size = len(steps) // 2
    while size >= 1:
        for end in range(len(steps), 0, -size):
            kept = (*steps[: max(0, end - size)], *steps[end:])
            if kept and len(kept) < len(steps):
                yield kept
        size //= 2


def _without_members(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """One member of one body, or one parameter, left out.

    The api_id stays in a POST: a record that is stored against what the answer says is found by it, and deleted.
    """
    for n, step in enumerate(steps):
        body = _object(step)
        for name in body:
            if name == "api_id" and step.method == "POST":
                continue
            rest = {key: value for key, value in body.items() if key != name}
            yield (*steps[:n], replace(step, body=json.dumps(rest)), *steps[n + 1 :])
        path, mark, query = step.target.partition("?")
        parameters = query.split("&") if mark else []
        for left_out in range(len(parameters)):
            rest_query = "&".join(parameters[:left_out] + parameters[left_out + 1 :])
            yield (*steps[:n], replace(step, target=f"{path}?{rest_query}" if rest_query else path), *steps[n + 1 :])


def _simpler(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """A plain date for an odd one."""
    for n, step in enumerate(steps):
        body = _object(step)
        for name in ("date_started", "date_completed"):
            if isinstance(body.get(name), str) and body[name] != SIMPLE_DATE:
                plain = json.dumps({**body, name: SIMPLE_DATE})
                yield (*steps[:n], replace(step, body=plain), *steps[n + 1 :])


def _object(step: Step) -> dict[str, Any]:
    try:
        body = json.loads(step.body or "")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


# To show


def show(rule: Rule, finding: Finding, dialogue: Dialogue, check: str, seed: int, redactor: Redactor) -> Counterexample:
    """Return a counterexample to report. Everything in it is redacted."""
    performed = dialogue.performed[: finding.step]
    return Counterexample(
        rule=rule.id,
        sentence=rule.source,
        text=rule.text,
        expected=redactor.text(finding.expected),
        got=redactor.text(finding.got),
        steps=tuple(_step_result(item, dialogue, redactor) for item in performed),
        check=check,
        seed=seed,
    )


def _step_result(performed: Performed, dialogue: Dialogue, redactor: Redactor) -> StepResult:
    step, exchange = performed.step, performed.exchange
    text = partial(redactor.text, cut=False)
    return StepResult(
        method=step.method,
        target=text(step.target),
        headers={name: text(value) for name, value in step.headers},
        body=None if step.body is None else text(step.body),
        curl=text(_curl(step, dialogue)),
        status=None if exchange is None else exchange.status,
        content_type="" if exchange is None else text(exchange.headers.get("content-type", "")),
        answer="" if exchange is None else _shortened(redactor.text(exchange.text[: 4 * LONGEST_ANSWER])),
        names=step.names,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_ANSWER else text[: LONGEST_ANSWER - 1] + "…"


def _curl(step: Step, dialogue: Dialogue) -> str:
    url = dialogue.service.base_url + dialogue.symbols.in_target(step.target)
    if step.method == WALK:
        return f"curl -sS {shlex.quote(url)}  # and so on with limit and offset, to the end of the list"
    words = ["curl", "-sS"] + (["-X", step.method] if step.method != "GET" else [])
    for name, value in step.headers:
        words += ["-H", shlex.quote(f"{name}: {value}")]
    if step.body is not None:
        words += ["--data-raw", shlex.quote(dialogue.symbols.in_body(step.body))]
    return " ".join([*words, shlex.quote(url)])


# To replay


def steps_of(document: Mapping[str, Any]) -> tuple[str, tuple[Step, ...]]:
    """Return the rule and the steps of a counterexample's JSON; raise ReplayError."""
    try:
        rule = document["rule"]
        steps = tuple(
            Step(
                step["method"],
                step["target"],
                step["body"],
                tuple((str(name), str(value)) for name, value in step["headers"].items()),
                step.get("names", ""),
            )
            for step in document["steps"]
        )
    except (KeyError, TypeError, AttributeError) as exc:
        raise ReplayError(f"no counterexample: {exc!r} is missing or of the wrong type") from exc
    if not isinstance(rule, str) or not steps:
        raise ReplayError("no counterexample: it names no rule, or has no steps")
    return rule, steps
