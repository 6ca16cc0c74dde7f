"""One operation of the contract, compiled."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from connexion.operations import AbstractOperation

from mock_server.contract.answer import Answer, AnswerInvalid
from mock_server.contract.body import Body
from mock_server.contract.parameter import Parameter, path_text
from mock_server.contract.schema import Schema
from mock_server.organisation.errors import Violation
from mock_server.web.problem import MEDIA_TYPE, Problem
from mock_server.web.request import Request
from mock_server.web.response import Response

Handler = Callable[..., Any]

PREFERENCES = frozenset({"__code", "__delay"})
"""Query parameters that ask something of the mock itself."""

logger = logging.getLogger(__name__)


class Operation:
    """An operation: what it takes, who answers it, and what it may answer."""

    def __init__(self, operation: AbstractOperation) -> None:
        self.id: str = operation.operation_id
        self.method: str = operation.method.upper()
        self.path: str = operation.path
        self.handler: Handler = operation.function
        parameters = [Parameter(definition) for definition in operation.parameters]
        self._in_path = [p for p in parameters if p.part == "path"]
        self._in_query = [p for p in parameters if p.part == "query"]
        self.body = Body(operation.request_body) if operation.request_body else None
        self.success = Answer(operation.responses)
        self._problems = _problems(operation.responses)
        self._documented = _documented(operation.responses)

    @property
    def statuses(self) -> list[int]:
        """The statuses that the contract names for it."""
        return list(self._documented)

    @property
    def optional_parameters(self) -> list[str]:
        """The names of the parameters that need not be given."""
        return [parameter.name for parameter in self._in_query if not parameter.required]

    @property
    def optional_properties(self) -> list[str]:
        """The names of the properties that its body need not have."""
        return self.body.optional if self.body is not None else []

    def forced(self, status: int) -> Response:
        """Return an answer with this status: the contract's own example, or else a plain problem."""
        documented = self._documented.get(status)
        return (
            documented or Problem(status, "This answer was asked for, as a fault or by the request itself.").response()
        )

    def answer(self, request: Request, segments: Mapping[str, str]) -> Response:
        """Return the answer to a request, checked against the contract on its way in and out."""
        try:
            result = self.handler(request.organisation, **self._arguments(request, segments))
            return self.success.response(result, request)
        except AnswerInvalid as error:
            self._log(self.success.status, error.violations)
            problem = Problem(500, "The server's answer breaks its own contract; its log says where.")
        except Exception as error:
            problem = Problem.of(error)
            if problem.status == 500:
                logger.exception("%s failed", self.id)
        schema, document = self._problems.get(problem.status), problem.document()
        if schema is not None and not schema.is_valid(document):
            self._log(problem.status, schema.violations("body", document))
        return problem.response()

    def _log(self, status: int, violations: Iterable[Violation]) -> None:
        for violation in violations:
            logger.error("%s: answer %d breaks the contract: %s", self.id, status, violation)

    def _arguments(self, request: Request, segments: Mapping[str, str]) -> dict[str, Any]:
        """Return what the handler is called with. Raises Problem 400 with all that is wrong."""
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for parameter in self._in_path:
            try:
                violations += parameter.read((path_text(segments[parameter.name]),), values)
            except ValueError:
                violations.append(Violation("path", f"/{parameter.name}", "is not UTF-8 in percent-encoding"))
        if self._in_query or request.query:
            violations += self._read_query(request, values)
        if self.body is not None:
            values["body"], wrong = self._read_body(request)
            violations += wrong
        if violations:
            raise Problem.invalid(violations)
        return values

    def _read_body(self, request: Request) -> tuple[Any, list[Violation]]:
        assert self.body is not None
        value, unknown, violations = self.body.read(request.body)
        if isinstance(value, dict):
            request.used += tuple(f"body:{name}" for name in value)
        for name in unknown:
            # What the service itself puts into a record is no mistake of a client that sends it back.
            why = "is set by the service" if name in self.success.properties else "is not in the contract"
            request.ignored += (f"property `{name}` {why}, ignored",)
        return value, violations

    def _read_query(self, request: Request, values: dict[str, Any]) -> list[Violation]:
        try:
            given = _given(request.query) if request.query else {}
        except ValueError:
            return [Violation("query", "", "is not UTF-8 in percent-encoding")]
        violations: list[Violation] = []
        for parameter in self._in_query:
            texts = given.pop(parameter.name, None)
            if texts is not None:
                request.used += (parameter.use,)
                violations += parameter.read(texts, values)
            else:
                violations += parameter.absent(values)
        for name in given:
            if name not in PREFERENCES:
                request.ignored += (f"query parameter `{name}` is not in the contract, ignored",)
        return violations


def _given(query: bytes) -> dict[str, list[str]]:
    """Return the values of a query string by name. Raises ValueError if it is not UTF-8."""
    text = query.decode("ascii")
    given: dict[str, list[str]] = {}
    if "%" in text or "+" in text:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="strict"):
            given.setdefault(name, []).append(value)
        return given
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        given.setdefault(name, []).append(value)
    return given


def _problems(responses: Mapping[str, Any]) -> dict[int, Schema]:
    """Return the schemas of the problems that the contract names, by status."""
    return {
        int(status): Schema(response["content"][MEDIA_TYPE]["schema"], formats=None)
        for status, response in responses.items()
        if status.isdigit() and MEDIA_TYPE in response.get("content", {})
    }


def _documented(responses: Mapping[str, Any]) -> dict[int, Response]:
    """Return the first example of the answer with each status."""
    return {int(status): _example(int(status), response) for status, response in responses.items() if status.isdigit()}


def _example(status: int, response: Mapping[str, Any]) -> Response:
    for media_type, content in response.get("content", {}).items():
        for example in content.get("examples", {}).values():
            return Response(status, orjson.dumps(example["value"]), media_type)
    return Response(status)
