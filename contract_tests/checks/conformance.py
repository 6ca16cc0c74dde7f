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

from ..exchange import Exchange, Step
from ..guard import Blocked
from ..judge import Findings
from ..scenario import JSON, Scenario
from ..strategies import instants
from ..trial import Check, Trial, Workbench

OPERATIONS = ("list_records", "create_record", "get_record", "replace_record", "update_record", "delete_record")

ILLEGAL_TAIL = " "


def _schema(bench: Workbench) -> Any:
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

    def __init__(self, trial: Trial, scenario: Scenario, operation: str, mode: GenerationMode) -> None:
        self._trial = trial
        self._scenario = scenario
        self._mode = mode
        self.operation = _schema(trial.bench).find_operation_by_id(operation)
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
        api_id = self._scenario.symbols.plain(record)
        generated = str(case.path_parameters["api_id"])
        if self._mode.is_negative and not _legal(generated):
            if case.method in ("GET", "HEAD"):
                return generated if generated.strip(" ./") else ILLEGAL_TAIL
            return api_id + ILLEGAL_TAIL
        return api_id

    def _own_record(self, *, fresh: bool) -> str:
        if not self._record or fresh:
            body = self._trial.body(api_id=self._scenario.new_id("st"), date_started="2020-01-01T00:00:00Z")
            self._record = self._scenario.create(body)
        return self._record

    def _own_body(self, body: dict[str, Any], method: str) -> dict[str, Any]:
        plain = self._scenario.symbols.plain
        # Of unknown members only the JSON types matter; a nested api_id of somebody would be refused by the guard.
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
            own = self._scenario.symbols.plain(self._scenario.new_id("st") if fresh else self._record)
            return own if _legal(value) else own + ILLEGAL_TAIL
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return self._scenario.service.ledger.number
        return type(value)()

    def send(self, case: Any) -> None:
        """Send one case through the guarded session and judge the answer."""
        scenario, trial = self._scenario, self._trial
        case = self.map_case(case)
        heard: list[Exchange] = []

        def listen(exchange: Exchange) -> None:
            scenario.judge.findings.step = len(scenario.performed) + 1
            scenario.heard(_step(scenario, exchange), exchange)
            scenario.judge.observe(exchange)
            heard.append(exchange)

        scenario.service.listener = listen
        try:
            response = case.call(base_url=scenario.service.base_url, session=scenario.service.session)
        except (Blocked, requests.RequestException, ValueError, UnicodeError):
            return  # refused by the guard, not to be put into HTTP at all, or judged already as without an answer
        finally:
            scenario.service.listener = None
        if trial.strict and heard:
            _validate(case, response, scenario.judge.findings)


KNOWN = ("api_id", "person_api_id", "package_api_id")


def _legal(api_id: str) -> bool:
    return (
        bool(api_id)
        and len(api_id) <= 128
        and api_id[0].isalnum()
        and all((letter.isascii() and letter.isalnum()) or letter in "._~-" for letter in api_id)
        and api_id[0].isascii()
    )


def _step(scenario: Scenario, exchange: Exchange) -> Step:
    """The exchange as a step that can be sent again with other ids."""
    symbols = scenario.symbols
    target = symbols.symbolic(exchange.url.removeprefix(scenario.service.base_url))
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


def _boundaries(trial: Trial, operation: str, mode: GenerationMode) -> None:
    """Every boundary value that Schemathesis derives from the spec, in one scenario."""

    def play(scenario: Scenario) -> None:
        cases = _Cases(trial, scenario, operation, mode)
        schema = cases.operation.schema
        generation = schema.config.generation_for(operation=cases.operation)
        for case in schema.iter_coverage_cases(cases.operation, generation_modes=[mode], generation_config=generation):
            cases.send(case)
        _compare(trial, scenario, mode)

    trial.once(play)


def _fuzzing(trial: Trial, operation: str, mode: GenerationMode) -> None:
    """Generated cases, one scenario for all of them."""
    scenario = trial.bench.scenario()
    cases = _Cases(trial, scenario, operation, mode)

    @seed(trial.seed())
    @settings(
        max_examples=trial.bench.profile.fuzzing,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases.operation.as_strategy(generation_mode=mode))
    def example(case: Any) -> None:
        if trial.halted:
            return
        try:
            cases.send(case)
        except Exception as exc:
            trial.halt(exc)

    def play() -> None:
        example()
        trial.reraise()
        _compare(trial, scenario, mode)

    trial.guarded(scenario, play)


def _compare(trial: Trial, scenario: Scenario, mode: GenerationMode) -> None:
    """What was refused must have changed nothing: compare our records with the model."""
    if trial.bench.writes and scenario.judge.model.records and mode.is_negative:
        scenario.walk()


def _check(operation: str, mode: GenerationMode, kind: str) -> Check:
    play = _boundaries if kind == "boundaries" else _fuzzing

    def run(trial: Trial) -> None:
        play(trial, operation, mode)

    return Check(
        rule="valid-request-is-accepted" if mode.is_positive else "invalid-request-is-400",
        name=f"conformance.{operation}_{mode.value}_{kind}",
        run=run,
        writes=operation != "list_records",
        documented_rule="no-server-error",
    )


CHECKS = tuple(
    _check(operation, mode, kind)
    for operation in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    for kind in ("boundaries", "fuzzing")
)
