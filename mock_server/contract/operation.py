"""One operation of the contract, compiled."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from connexion.operations import AbstractOperation

from api_spec.parameters import distinct
from mock_server.contract.answer import Answer
from mock_server.contract.body import Body
from mock_server.contract.parameter import Parameter, path_text
from mock_server.contract.reading import Reading
from mock_server.contract.schema import Schema, answer_schema
from mock_server.values.violation import Violation
from mock_server.web.json import to_json
from mock_server.web.problem import MEDIA_TYPE, Problem
from mock_server.web.request import Request
from mock_server.web.response import Response

Handler = Callable[..., Any]

logger = logging.getLogger(__name__)

_NAME_SHOWN = 60


BROKEN = Problem(500, "The server's answer breaks its own contract; its log says where.")


class Answered(NamedTuple):
    """The answer to a request, and what of the request was used and what ignored (see `Reading`)."""

    response: Response
    used: tuple[str, ...] = ()
    ignored: Sequence[str] = ()


class Operation:
    """An operation: what it takes, who answers it, and what it may answer.

    `asides` are query parameters that are no concern of the contract: they are passed over without a word.
    """

    def __init__(self, operation: AbstractOperation, asides: frozenset[str] = frozenset()) -> None:
        self._asides = asides
        self.id: str = operation.operation_id
        self.method: str = operation.method.upper()
        self.path: str = operation.path
        self.handler: Handler = operation.function
        parameters = [Parameter(definition) for definition in distinct(operation.parameters)]
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

    def read(self, request: Request, segments: Mapping[str, str]) -> Reading:
        """Return what is found in a request, whose path has these segments. Raises Problem 415."""
        reading = Reading()
        for parameter in self._in_path:
            parameter.read((path_text(segments[parameter.name]),), reading)
        if self._in_query or request.query:
            self._read_query(request.query, reading)
        if self.body is not None:
            self._read_body(self.body, request, reading)
        return reading

    def refused(self, problem: Problem) -> Response:
        """Return a problem as an answer, or 500 in place of one that breaks the contract."""
        schema, document = self._problems.get(problem.status), problem.document()
        if schema is None or schema.is_valid(document):
            return problem.response()
        self.log(problem.status, schema.violations("body", document))
        return BROKEN.response()

    def log(self, status: int, violations: Iterable[Violation]) -> None:
        """Log where an answer with this status breaks the contract."""
        for violation in violations:
            logger.error("%s: answer %d breaks the contract: %s", self.id, status, violation)

    def _read_body(self, body: Body, request: Request, reading: Reading) -> None:
        value, unknown, violations = body.read(request)
        reading.arguments["body"] = value
        reading.violations.add(violations)
        if isinstance(value, dict):
            reading.used += tuple([f"body:{name}" for name in value])
        if unknown:
            reading.ignored.add(len(unknown), map(self._unknown_property, unknown))

    def _unknown_property(self, name: str) -> str:
        # What the service itself puts into a record is no mistake of a client that sends it back.
        why = "is set by the service" if name in self.success.properties else "is not in the contract"
        return f"property `{_shown(name)}` {why}, ignored"

    def _read_query(self, query: bytes, reading: Reading) -> None:
        given = _given(query) if query else {}
        for parameter in self._in_query:
            texts = given.pop(parameter.name, None)
            if texts is not None:
                reading.used += (parameter.use,)
            parameter.read(texts, reading)
        unknown = [name for name in given if name not in self._asides]
        if unknown:
            reading.ignored.add(len(unknown), map(_unknown_parameter, unknown))


def _unknown_parameter(name: str) -> str:
    shown = _shown(name.encode("utf-8", "replace").decode())
    return f"query parameter `{shown}` is not in the contract, ignored"


def _shown(name: str) -> str:
    return name if len(name) <= _NAME_SHOWN else f"{name[:_NAME_SHOWN]}..."


def _given(query: bytes) -> dict[str, list[str]]:
    """Return the values of a query string by name, what is not UTF-8 in them as `path_text` gives it."""
    text = query.decode("ascii", "surrogateescape")
    given: dict[str, list[str]] = {}
    if "%" in text or "+" in text:
        for name, value in parse_qsl(text, keep_blank_values=True, errors="surrogateescape"):
            given.setdefault(name, []).append(value)
        return given
    for pair in text.split("&"):
        name, _, value = pair.partition("=")
        given.setdefault(name, []).append(value)
    return given


def _problems(responses: Mapping[str, Any]) -> dict[int, Schema]:
    """Return the schemas of the problems that the contract names, by status."""
    return {
        int(status): answer_schema(response["content"][MEDIA_TYPE]["schema"])
        for status, response in responses.items()
        if status.isdigit() and MEDIA_TYPE in response.get("content", {})
    }


def _documented(responses: Mapping[str, Any]) -> dict[int, Response]:
    """Return the first example of the answer with each status."""
    return {int(status): _example(int(status), response) for status, response in responses.items() if status.isdigit()}


def _example(status: int, response: Mapping[str, Any]) -> Response:
    for media_type, content in response.get("content", {}).items():
        for example in content.get("examples", {}).values():
            return Response(status, to_json(example["value"]), media_type)
    return Response(status)
