"""One operation of the contract, compiled."""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from connexion.operations import AbstractOperation

from mock_server.contract.body import Body
from mock_server.contract.envelope import Envelope
from mock_server.contract.parameter import Parameter, path_text
from mock_server.contract.schema import Schema
from mock_server.organisation.errors import Violation
from mock_server.organisation.organisation import Page
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
        self._known = PREFERENCES.union(parameter.name for parameter in self._in_query)
        self.body = Body(operation.request_body) if operation.request_body else None
        self._answers = _answers(operation.responses)
        self.success, self._media_type, schema = _success(operation.responses)
        self._success_schema = self._answers.get((self.success, self._media_type or ""))
        self._envelope = Envelope(schema)
        # What the service itself puts into a record is no mistake of a client that sends it back.
        self._answered = frozenset(schema.get("properties", ()))
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
            if isinstance(result, Page):
                result = self._envelope.wrap(result, request)
            return self._checked(result)
        except Exception as error:
            problem = Problem.of(error)
            if problem.status == 500:
                logger.exception("%s failed", self.id)
            self._keeps(self._answers.get((problem.status, MEDIA_TYPE)), problem.status, problem.document())
            return problem.response()

    def answer_violations(self, document: Any) -> list[Violation]:
        """Return where a document breaks what the contract says of a successful answer."""
        schema = self._success_schema
        return list(schema.violations("body", document)) if schema is not None else []

    def _arguments(self, request: Request, segments: Mapping[str, str]) -> dict[str, Any]:
        """Return what the handler is called with. Raises Problem 400 with all that is wrong."""
        values: dict[str, Any] = {}
        violations: list[Violation] = []
        for parameter in self._in_path:
            try:
                violations += parameter.read([path_text(segments[parameter.name])], values)
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
            why = "is set by the service" if name in self._answered else "is not in the contract"
            request.ignored += (f"property `{name}` {why}, ignored",)
        return value, violations

    def _read_query(self, request: Request, values: dict[str, Any]) -> list[Violation]:
        try:
            pairs = _pairs(request.query) if request.query else []
        except ValueError:
            return [Violation("query", "", "is not UTF-8 in percent-encoding")]
        violations = []
        for parameter in self._in_query:
            texts = [text for name, text in pairs if name == parameter.name]
            violations += parameter.read(texts, values)
            if texts:
                request.used += (parameter.use,)
        for name, _ in pairs:
            if name not in self._known:
                request.ignored += (f"query parameter `{name}` is not in the contract, ignored",)
        return violations

    def _checked(self, result: Any) -> Response:
        """Return the answer of a request that succeeds. Raises Problem 500 if the contract does not allow it."""
        if self._media_type is None:
            return Response(self.success)
        if not self._keeps(self._success_schema, self.success, result):
            raise Problem(500, "The server's answer breaks its own contract; its log says where.")
        return Response(self.success, orjson.dumps(result), self._media_type)

    def _keeps(self, schema: Schema | None, status: int, document: Any) -> bool:
        """Say whether an answer keeps the contract, and log where it does not."""
        if schema is None or schema.is_valid(document):
            return True
        for violation in schema.violations("body", document):
            logger.error("%s: answer %d breaks the contract: %s", self.id, status, violation)
        return False


def _pairs(query: bytes) -> list[tuple[str, str]]:
    """Return names and values of a query string. Raises ValueError if it is not UTF-8."""
    text = query.decode("ascii")
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    return [(name, value) for name, _, value in (pair.partition("=") for pair in text.split("&"))]


def _answers(responses: Mapping[str, Any]) -> dict[tuple[int, str], Schema]:
    return {
        (int(status), media_type): Schema(content["schema"], formats=None)
        for status, response in responses.items()
        if status.isdigit()
        for media_type, content in response.get("content", {}).items()
    }


def _documented(responses: Mapping[str, Any]) -> dict[int, Response]:
    """Return the first example of the answer with each status."""
    return {int(status): _example(int(status), response) for status, response in responses.items() if status.isdigit()}


def _example(status: int, response: Mapping[str, Any]) -> Response:
    for media_type, content in response.get("content", {}).items():
        for example in content.get("examples", {}).values():
            return Response(status, orjson.dumps(example["value"]), media_type)
    return Response(status)


def _success(responses: Mapping[str, Any]) -> tuple[int, str | None, Mapping[str, Any]]:
    """Return status, media type and schema of the answer to a request that succeeds."""
    status = min(status for status in responses if status.startswith("2"))
    for media_type, content in responses[status].get("content", {}).items():
        return int(status), media_type, content["schema"]
    return int(status), None, {}
