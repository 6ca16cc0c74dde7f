"""Schemathesis: each operation, boundary values ("coverage") and fuzzing, valid data and invalid data.

Its cases are sent through the guarded session, with our ids put in. What must become of them is said by the judge,
which knows the data; from Schemathesis come the cases and its checks of each answer against the spec.
"""

from __future__ import annotations

import json
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode, checks

from ..client.exchange import Exchange
from ..client.service import ObservedSession
from ..client.step import Step
from ..judge import Findings
from ..safety.guard import Blocked
from .bench import Bench
from .context import Check, CheckContext
from .dialogue import JSON, Dialogue
from .own_ids import OwnIds
from .strategies import instants

OPERATIONS = ("list_records", "create_record", "get_record", "replace_record", "update_record", "delete_record")


def _schema(bench: Bench) -> Any:
    """The effective spec as Schemathesis reads it, loaded once a run."""
    if bench.schemathesis is None:
        config = schemathesis.Config.from_dict(
            {
                "base-url": bench.service.base_url,
                "seed": bench.seed,
                "generation": {"database": "none"},
                # Probing unlisted methods would send DELETE to the collection; a check of ours does it with care.
                "phases": {"coverage": {"unexpected-methods": []}},
            }
        )
        # As shipped it makes years and offsets that leave the calendar once they are turned into UTC.
        schemathesis.openapi.format("date-time", instants())
        bench.schemathesis = schemathesis.openapi.from_dict(bench.service.spec.document, config=config)
    return bench.schemathesis


class Cases:
    """Sends Schemathesis' cases for one operation about one record of ours."""

    def __init__(self, context: CheckContext, dialogue: Dialogue, operation: str) -> None:
        self._context = context
        self._dialogue = dialogue
        self._own_ids = OwnIds(dialogue, {"date_started": "2020-01-01T00:00:00Z"}, malformed=True)
        self.operation = _schema(context.bench).find_operation_by_id(operation)

    def send(self, case: Any) -> None:
        """Send one case through the guarded session and judge the answer; count it when it can't be sent."""
        dialogue, context = self._dialogue, self._context
        self._own_ids.put_in(case)
        session = ObservedSession(dialogue.service, lambda exchange: dialogue.take(step(dialogue, exchange), exchange))
        sent = dialogue.service.session.requests
        try:
            response = case.call(base_url=dialogue.service.base_url, session=session)
        except Blocked as exc:
            context.unsent[f"blocked by the guard: {exc.reason}"] += 1
            return
        except (requests.RequestException, ValueError) as exc:
            if dialogue.service.session.requests == sent:
                context.unsent[f"not to be put into HTTP: {_kind(exc)}"] += 1
            return  # else it was sent and judged already, as one without an answer
        _validate(case, response, dialogue.judge.findings)


def _kind(error: Exception) -> str:
    """Why requests could not make a request of a case, without the case's own odd text."""
    return "a text that has no encoding" if isinstance(error, UnicodeError) else type(error).__name__


def step(dialogue: Dialogue, exchange: Exchange) -> Step:
    """The exchange as a step that can be sent again with other ids."""
    symbols = dialogue.symbols
    target = symbols.symbolic(exchange.url.removeprefix(dialogue.service.base_url))
    media_type = exchange.request_headers.get("content-type")
    headers = (("Content-Type", media_type),) if media_type else ()
    if not exchange.sent:
        return Step(exchange.method, target, None, headers)
    text = exchange.sent.decode("utf-8", "surrogateescape")
    if headers == (JSON,):
        try:
            text = json.dumps(symbols.symbolic_json(json.loads(text)))
        except ValueError:
            text = symbols.symbolic(text)
    return Step(exchange.method, target, text, headers)


def _validate(case: Any, response: Any, findings: Findings) -> None:
    """Have Schemathesis hold the answer against the spec, one check at a time, which tells what kind of failure it is.

    What fails is raised as an AssertionError, or as a group of them, which nobody else sees.
    """
    if response.status_code >= 500:
        return
    for check in (checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance):
        try:
            case.validate_response(response, checks=[check])
        except schemathesis.errors.FailureGroup as group:
            for failure in group.exceptions:
                findings.find(_rule(case, response, check), "an answer as the spec describes it", _message(failure))


def _message(failure: Exception) -> str:
    return " ".join(str(failure).split())


def _rule(case: Any, response: Any, check: Any) -> str:
    """The most specific rule for what one check of Schemathesis' found."""
    if response.status_code >= 400:
        if check is not checks.status_code_conformance:
            return "errors-are-problems"
        positive = case.meta is None or case.meta.generation.mode.is_positive
        return "valid-request-is-accepted" if positive else "invalid-request-is-400"
    if check is checks.status_code_conformance:
        return "success-statuses"
    if check is checks.content_type_conformance:
        return "answers-are-json"
    return "list-envelope" if "{" not in case.path and case.method == "GET" else "all-fields-are-shown"


def _boundaries(context: CheckContext, operation: str, mode: GenerationMode) -> None:
    """Every boundary value that Schemathesis derives from the spec, in one dialogue."""

    def play(dialogue: Dialogue) -> None:
        cases = Cases(context, dialogue, operation)
        schema = cases.operation.schema
        generation = schema.config.generation_for(operation=cases.operation)
        for case in schema.iter_coverage_cases(cases.operation, generation_modes=[mode], generation_config=generation):
            cases.send(case)
        _compare(context, dialogue, mode)

    context.once(play)


def _fuzzing(context: CheckContext, operation: str, mode: GenerationMode) -> None:
    """Generated cases, one dialogue for all of them."""
    dialogue = context.dialogue()
    cases = Cases(context, dialogue, operation)

    @seed(context.seed())
    @settings(
        max_examples=context.bench.profile.fuzzing,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases.operation.as_strategy(generation_mode=mode))
    def example(case: Any) -> None:
        if context.halted:
            return
        try:
            cases.send(case)
        except Exception as exc:
            context.halt(exc)

    def play() -> None:
        example()
        context.reraise()
        _compare(context, dialogue, mode)

    context.guarded(dialogue, play)


def _compare(context: CheckContext, dialogue: Dialogue, mode: GenerationMode) -> None:
    """What was refused must have changed nothing: compare our records with the model."""
    if context.bench.writes and dialogue.judge.model.records and mode.is_negative:
        dialogue.walk()


def _check(operation: str, mode: GenerationMode, kind: str) -> Check:
    play = _boundaries if kind == "boundaries" else _fuzzing

    def run(context: CheckContext) -> None:
        play(context, operation, mode)

    return Check(
        rule="valid-request-is-accepted" if mode.is_positive else "invalid-request-is-400",
        name=f"conformance.{operation}_{mode.value}_{kind}",
        run=run,
        writes=operation != "list_records",
    )


ALIKE = (
    ("get_record", GenerationMode.POSITIVE),
    ("delete_record", GenerationMode.POSITIVE),
    ("delete_record", GenerationMode.NEGATIVE),
)
"""Where nothing but the id is generated, which gives way to one of ours: more cases would be the same request again."""

CHECKS = tuple(
    _check(operation, mode, kind)
    for operation in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for kind in ("boundaries", "fuzzing")
    if kind == "boundaries" or (operation, mode) not in ALIKE
)
