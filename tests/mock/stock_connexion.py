"""The same contract and the same handlers, served by Connexion as it is shipped."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from connexion import AsyncApp
from connexion.context import scope
from connexion.lifecycle import ConnexionRequest, ConnexionResponse

from api_spec.references import dereferenced
from mock_server.api import records
from mock_server.api.problems import problem_of
from mock_server.contract.envelope import Envelope
from mock_server.organisation.errors import Conflict, RecordNotFound
from mock_server.sandbox.sandbox import Sandbox
from mock_server.values.page import Page
from mock_server.web.problem import MEDIA_TYPE
from mock_server.web.request import Request

Handler = Callable[..., Awaitable[Any]]


def stock_app(spec: dict[str, Any], sandbox: Sandbox) -> AsyncApp:
    """Return Connexion's own application for this spec and this sandbox; it checks requests and answers."""
    operations = {
        operation["operationId"]: operation
        for item in dereferenced(spec)["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    }
    app = AsyncApp(__name__)
    app.add_api(spec, resolver=lambda name: _handler(name, operations[name], sandbox), validate_responses=True)
    app.add_error_handler(RecordNotFound, _refused)
    app.add_error_handler(Conflict, _refused)
    return app


def _handler(name: str, operation: dict[str, Any], sandbox: Sandbox) -> Handler:
    """Return a handler that also does what Connexion leaves to one.

    That is the status, the media type, the form of a list, and to pass over properties that the spec does not list.
    """
    status = min(status for status in operation["responses"] if status.startswith("2"))
    answer = _schema(operation["responses"][status])
    listed = _schema(operation.get("requestBody", {})).get("properties", {})
    headers = {"content-type": "application/json"} if answer else {}

    async def handler(**arguments: Any) -> Any:
        if "body" in arguments:
            arguments["body"] = {key: value for key, value in arguments["body"].items() if key in listed}
        result = getattr(records, name)(sandbox, **arguments)
        if isinstance(result, Page):
            request = Request(scope, "", scope["raw_path"].decode())
            result = Envelope(answer).wrap(result, request)
        return result, int(status), headers

    return handler


def _schema(described: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a request's body or of an answer, empty where it has none."""
    schema: dict[str, Any] = described.get("content", {}).get("application/json", {}).get("schema", {})
    return schema


def _refused(_: ConnexionRequest, error: Exception) -> ConnexionResponse:
    problem = problem_of(error)
    return ConnexionResponse(problem.status, MEDIA_TYPE, MEDIA_TYPE, json.dumps(problem.document()))
