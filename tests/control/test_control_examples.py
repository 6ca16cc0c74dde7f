"""Every example in the control API's spec is true: the server, asked as the example says, answers what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from mock_server import MockServer
from mock_server.client import OrganisationClient

from .broken import operations

OPERATIONS = operations()
HOST = {"Host": "127.0.0.1:8080"}
DOCUMENT = OPERATIONS["put_scenario"]["requestBody"]["content"]["application/json"]["examples"]["document"]["value"]
SMALL = OPERATIONS["put_state"]["requestBody"]["content"]["application/json"]["examples"]["small_state"]["value"]

# What to send for an answer that belongs to no example body: the keyword arguments of a request.
REQUESTS: dict[str, dict[str, Any]] = {
    "unknown_name": {"json": {"name": "nothing"}},
    "broken_reference": {"json": SMALL | {"people": []}},
    "no_name": {"json": {}},
    "no_description": {"json": {"name": "First Aid"}},
    "not_a_duration": {"json": {"advance": "one day"}},
    "nothing_goes_wrong": {"json": {"faults": [{"operations": ["create_record"], "times": 1}]}},
    "unknown_operation": {"json": {"faults": [{"operations": ["reset"], "status": 503}]}},
    "limit_too_small": {"params": {"limit": 0}},
    "no_room": {"json": {"name": "large"}},
    "other_origin": {"headers": HOST | {"Origin": "https://app.example"}},
    "other_host": {"headers": {"Host": "mock.example"}},
}
SMALL_ONES = {"small", "one_person", "one_package"}
OPTIONS: dict[str, dict[str, Any]] = {"no_token": {"control_token": "a-token"}, "no_room": {"max_records": 60}}
"""What the server is started with, by the name of the example."""

TIMES = {"at", "startedDateTime", "duration_ms", "time", "wait", "headers", "version"}
"""What differs from one exchange, client or release to another."""


@dataclass(frozen=True)
class Example:
    operation_id: str
    status: int
    name: str
    answer: Any
    body: Any

    def __str__(self) -> str:
        return f"{self.operation_id}-{self.status}-{self.name}"


def bodies(operation: dict[str, Any]) -> dict[str, Any]:
    """Return the example bodies of an operation, by name."""
    if "requestBody" not in operation:
        return {}
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


def contents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield operationId, status and content of every answer that has one."""
    for operation_id, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                yield operation_id, status, content


EXAMPLES = [
    Example(operation_id, int(status), name, example["value"], bodies(OPERATIONS[operation_id]).get(name))
    for operation_id, status, content in contents()
    for name, example in content["examples"].items()
]


def ask(example: Example) -> requests.Response:
    """Ask a server of its own for an example."""
    options = OPTIONS.get(example.name, {})
    with MockServer(clock=lambda: datetime(2026, 2, 1, 8, tzinfo=UTC), **options) as server:
        _prepare(server, example.name)
        operation = OPERATIONS[example.operation_id]
        sent = {"headers": HOST} | REQUESTS.get(example.name, {})
        if example.body is not None:
            sent["json"] = example.body
        path = operation["path"].format(api_id=_api_id(operation))
        with requests.Session() as session:
            session.trust_env = False
            return session.request(operation["method"], f"{server.url}/_mock/{path}", **sent)


def _api_id(operation: dict[str, Any]) -> str | None:
    return next((p["example"] for p in operation.get("parameters", ()) if p["in"] == "path"), None)


def _prepare(server: MockServer, name: str) -> None:
    """Do what an example of what there is takes for granted."""
    if name in SMALL_ONES:
        OrganisationClient(server.url).set_state(SMALL)
    if name == "struck_once":
        OrganisationClient(server.url).fault(operations=["create_record"], status=503, times=1)
        requests.post(f"{server.url}/training/record/", json={}, headers=HOST, timeout=10)
    if name == "one_deletion":
        requests.delete(f"{server.url}/training/record/rec-0001/", headers=HOST, timeout=10)


def steady(value: Any) -> Any:
    """Return a document without what differs each time."""
    if isinstance(value, list):
        return [steady(item) for item in value]
    if isinstance(value, dict):
        return {name: steady(member) for name, member in value.items() if name not in TIMES}
    return value


# Strangers are refused alike by every operation, and so is what finds no room: one is asked.
SHARED = {"no_token", "other_origin", "other_host"}
ASKED = [
    example
    for example in EXAMPLES
    if (example.name not in SHARED or example.operation_id == "get_clock")
    and (example.name != "no_room" or example.operation_id == "put_scenario")
]


@pytest.mark.parametrize("example", ASKED, ids=str)
def test_example_answer_is_the_servers(example: Example) -> None:
    got = ask(example)
    assert (example.status, steady(example.answer)) == (got.status_code, steady(got.json()))


def test_example_answer_is_valid() -> None:
    for _, _, content in contents():
        for example in content["examples"].values():
            OAS30Validator(content["schema"], format_checker=OAS30Validator.FORMAT_CHECKER).validate(example["value"])
