"""Schemathesis: each operation, boundary values ("coverage") and fuzzing, valid data and invalid data.

Its cases are sent through the guarded session, with our ids put in. What must become of them is said by the judge,
which knows the data; from Schemathesis come the cases and its checks of each answer against the spec.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation.modes import GenerationMode
from schemathesis.openapi.checks import (
    ContentDeserializationError,
    JsonSchemaError,
    MalformedMediaType,
    MissingContentType,
    UndefinedContentType,
    UndefinedStatusCode,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ..client.exchange import Exchange
from ..client.service import ObservedSession
from ..client.step import Step
from ..judge import Findings
from ..safety.guard import Blocked
from .bench import Bench
from .context import Check, CheckContext
from .dialogue import JSON, Dialogue
from .strategies import instants

OPERATIONS = ("list_records", "create_record", "get_record", "replace_record", "update_record", "delete_record")

ILLEGAL_TAIL = " "


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


class _Cases:
    """Sends Schemathesis' cases for one operation about one record of ours."""

    def __init__(self, context: CheckContext, dialogue: Dialogue, operation: str, mode: GenerationMode) -> None:
        self._context = context
        self._dialogue = dialogue
        self._mode = mode
        self.operation = _schema(context.bench).find_operation_by_id(operation)
        self._record = ""

    def map_case(self, case: Any) -> Any:
        """Put our own ids into a case, so that it speaks of our record, our people and our packages."""
        if "api_id" in case.path_parameters:
            case.path_parameters["api_id"] = self._path_id(case)
        if isinstance(case.body, dict):
            case.body = self._own_body(case.body, case.method)
        return case

    def _path_id(self, case: Any) -> str:
        record = self._own_record(fresh=case.method == "DELETE")
        api_id = self._dialogue.symbols.plain(record)
        generated = str(case.path_parameters["api_id"])
        if self._mode.is_negative and not _legal(generated):
            if case.method in ("GET", "HEAD"):
                return generated if generated.strip(" ./") else ILLEGAL_TAIL
            return api_id + ILLEGAL_TAIL
        return api_id

    def _own_record(self, *, fresh: bool) -> str:
        if not self._record or fresh:
            body = self._context.body(api_id=self._dialogue.new_id("st"), date_started="2020-01-01T00:00:00Z")
            self._record = self._dialogue.create(body)
        return self._record

    def _own_body(self, body: dict[str, Any], method: str) -> dict[str, Any]:
        plain = self._dialogue.symbols.plain
        # Of unknown members only the JSON types matter; a nested api_id of somebody would be blocked by the guard.
        mapped = {name: value for name, value in body.items() if "api" not in name.lower() or name in KNOWN}
        if "api_id" in mapped:
            mapped["api_id"] = self._own_id(mapped["api_id"], method)
        for name, symbol in (("person_api_id", "<<person:1>>"), ("package_api_id", "<<package:1>>")):
            if isinstance(mapped.get(name), str):
                mapped[name] = plain(symbol)
        return mapped

    def _own_id(self, value: Any, method: str) -> Any:
        if isinstance(value, str):
            if value == "":
                return value
            fresh = method == "POST" or not self._record
            own = self._dialogue.symbols.plain(self._dialogue.new_id("st") if fresh else self._record)
            return own if _legal(value) else own + ILLEGAL_TAIL
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return self._dialogue.service.ledger.number
        return type(value)()

    def send(self, case: Any) -> None:
        """Send one case through the guarded session and judge the answer."""
        dialogue, context = self._dialogue, self._context
        case = self.map_case(case)
        session = ObservedSession(dialogue.service, lambda exchange: dialogue.take(_step(dialogue, exchange), exchange))
        try:
            response = case.call(base_url=dialogue.service.base_url, session=session)
        except (Blocked, requests.RequestException, ValueError, UnicodeError):
            return  # blocked by the guard, not to be put into HTTP at all, or judged already as without an answer
        if not context.documented:
            _validate(case, response, dialogue.judge.findings)


KNOWN = ("api_id", "person_api_id", "package_api_id")


def _legal(api_id: str) -> bool:
    return (
        bool(api_id)
        and len(api_id) <= 128
        and api_id[0].isalnum()
        and all((letter.isascii() and letter.isalnum()) or letter in "._~-" for letter in api_id)
        and api_id[0].isascii()
    )


def _step(dialogue: Dialogue, exchange: Exchange) -> Step:
    """The exchange as a step that can be sent again with other ids."""
    symbols = dialogue.symbols
    target = symbols.symbolic(exchange.url.removeprefix(dialogue.service.base_url))
    media_type = exchange.request_headers.get("content-type")
    headers = (("Content-Type", media_type),) if media_type else ()
    if not exchange.sent:
        return Step(exchange.method, target, None, headers)
    text = exchange.sent.decode("utf-8", "replace")
    if headers == (JSON,):
        try:
            text = json.dumps(symbols.symbolic_json(json.loads(text)))
        except ValueError:
            text = symbols.symbolic(text)
    return Step(exchange.method, target, text, headers)


def _validate(case: Any, response: Any, findings: Findings) -> None:
    """Have Schemathesis hold the answer against the spec; its failures come as a group, which nobody else sees."""
    checks = [status_code_conformance, content_type_conformance, response_schema_conformance]
    if response.status_code >= 500:
        return
    try:
        case.validate_response(response, checks=checks)
    except FailureGroup as group:
        for failure in _failures(group.exceptions):
            findings.find(_rule(case, response, failure), "an answer as the spec describes it", _message(failure))
    except Failure as failure:
        findings.find(_rule(case, response, failure), "an answer as the spec describes it", _message(failure))


def _failures(exceptions: Iterable[BaseException]) -> Iterable[Failure]:
    for exception in exceptions:
        if isinstance(exception, FailureGroup):
            yield from _failures(exception.exceptions)
        elif isinstance(exception, Failure):
            yield exception


def _message(failure: Failure) -> str:
    return " ".join(f"{failure.title}: {failure.message}".split())


def _rule(case: Any, response: Any, failure: Failure) -> str:
    """The most specific rule for what Schemathesis found."""
    ok = response.status_code < 400
    shape = (JsonSchemaError, MissingContentType, UndefinedContentType, MalformedMediaType, ContentDeserializationError)
    if not ok:
        if isinstance(failure, shape):
            return "errors-are-problems"
        positive = case.meta is None or case.meta.generation.mode.is_positive
        return "valid-request-is-accepted" if positive else "invalid-request-is-400"
    if isinstance(failure, UndefinedStatusCode):
        return "success-statuses"
    if isinstance(failure, JsonSchemaError):
        return "list-envelope" if case.operation.path.endswith("record/") and case.method == "GET" else "field-types"
    if case.method == "GET":
        return "list-is-object" if "{" not in case.path else "get-returns-record"
    return {"POST": "create-returns-record", "PUT": "put-updates", "PATCH": "patch-is-partial"}.get(
        case.method, "delete-returns-nothing"
    )


def _boundaries(context: CheckContext, operation: str, mode: GenerationMode) -> None:
    """Every boundary value that Schemathesis derives from the spec, in one dialogue."""

    def play(dialogue: Dialogue) -> None:
        cases = _Cases(context, dialogue, operation, mode)
        schema = cases.operation.schema
        generation = schema.config.generation_for(operation=cases.operation)
        for case in schema.iter_coverage_cases(cases.operation, generation_modes=[mode], generation_config=generation):
            cases.send(case)
        _compare(context, dialogue, mode)

    context.once(play)


def _fuzzing(context: CheckContext, operation: str, mode: GenerationMode) -> None:
    """Generated cases, one dialogue for all of them."""
    dialogue = context.dialogue()
    cases = _Cases(context, dialogue, operation, mode)

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


CHECKS = tuple(
    _check(operation, mode, kind)
    for operation in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for kind in ("boundaries", "fuzzing")
)
