"""Every example in the contract is true: the mock server, asked as the example says, answers what it says."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from mock_server import MockServer

from .document import METHODS, SPEC, resolve

RECORD = "rec-0003"
ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}

# What to send for an answer that belongs to no example body: the keyword arguments of a request, and
# under "api_id" the record to send it to.
REQUESTS: dict[str, dict[str, Any]] = {
    "first_page": {"params": "limit=2&offset=0"},
    "no_match": {"params": "search=archery"},
    "existing": {"api_id": RECORD},
    "limit_too_small": {"params": "limit=0&offset=abc"},
    "two_errors": {"json": ASSIGNED | {"person_api_id": 7, "date_started": "2026-01-31T09:00:00"}},
    "not_an_api_id": {"api_id": "-", "json": ASSIGNED},
    "no_such_record": {"api_id": "rec-9999", "json": ASSIGNED},
    "api_id_taken": {"json": ASSIGNED | {"api_id": "rec-0001"}},
    "nobody": {"json": {"person_api_id": "usr-nobody", "package_api_id": "pkg-nothing"}},
    "too_large": {"json": ASSIGNED | {"note": "x" * 1024 * 1024}},
    "form": {"data": ASSIGNED},
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in SPEC["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


EACH_OPERATION = [pytest.param(operation, id=operation["operationId"]) for _, _, operation in operations()]


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each status of an operation with its content."""
    for status, response in operation["responses"].items():
        for content in resolve(response).get("content", {}).values():
            yield status, content


def bodies(operation: dict[str, Any]) -> dict[str, Any]:
    if "requestBody" not in operation:
        return {}
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in examples.items()}


@dataclass(frozen=True)
class Example:
    """An example answer, and the example body of its request if there is one."""

    path: str
    method: str
    status: int
    name: str
    answer: Any
    body: Any

    @property
    def changes(self) -> bool:
        return self.method != "get" and self.status < 300

    def __str__(self) -> str:
        return f"{self.method}-{self.name}"


EXAMPLES = [
    Example(path, method, int(status), name, example["value"], bodies(operation).get(name))
    for path, method, operation in operations()
    for status, content in contents(operation)
    for name, example in content["examples"].items()
]


def parameters() -> Iterator[Any]:
    for path, item in SPEC["paths"].items():
        for parameter in item.get("parameters", []) + item.get("get", {}).get("parameters", []):
            yield pytest.param(path, parameter, id=parameter["name"])


def inlined(schema: Any) -> Any:
    """Return a schema with its references put in."""
    if isinstance(schema, list):
        return [inlined(item) for item in schema]
    return {k: inlined(v) for k, v in resolve(schema).items()} if isinstance(schema, dict) else schema


def assert_valid(schema: dict[str, Any], value: Any) -> None:
    OAS30Validator(inlined(schema), format_checker=OAS30Validator.FORMAT_CHECKER).validate(value)


def example_server() -> MockServer:
    return MockServer(scenario="default", clock=lambda: datetime(2026, 2, 1, 8, tzinfo=UTC))


@pytest.fixture(scope="module")
def unchanging() -> Iterator[MockServer]:
    """A server for the examples that change nothing."""
    with example_server() as server:
        yield server


def assert_true(http: requests.Session, server: MockServer, example: Example) -> None:
    sent = {"json": example.body} if example.body is not None else dict(REQUESTS[example.name])
    path = example.path.format(api_id=sent.pop("api_id", RECORD))
    got = http.request(example.method, server.url + path, headers={"Host": "127.0.0.1:8080"}, **sent)
    assert (example.status, example.answer) == (got.status_code, got.json())


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.changes], ids=str)
def test_example_answer_is_the_mock_servers(http: requests.Session, unchanging: MockServer, example: Example) -> None:
    assert_true(http, unchanging, example)


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.changes], ids=str)
def test_example_answer_to_a_change_is_the_mock_servers(http: requests.Session, example: Example) -> None:
    with example_server() as server:
        assert_true(http, server, example)


@pytest.mark.parametrize("operation", EACH_OPERATION)
def test_example_answer_is_valid(operation: dict[str, Any]) -> None:
    for _, content in contents(operation):
        for example in content["examples"].values():
            assert_valid(content["schema"], example["value"])


@pytest.mark.parametrize("operation", EACH_OPERATION)
def test_every_body_has_an_example_both_ways_under_one_name(operation: dict[str, Any]) -> None:
    assert [status for status, content in contents(operation) if not content["examples"]] == []
    if "requestBody" in operation:
        success = [content for status, content in contents(operation) if status < "300"]
        assert bodies(operation).keys() == success[0]["examples"].keys()


@pytest.mark.parametrize("operation", EACH_OPERATION)
def test_example_body_is_valid(operation: dict[str, Any]) -> None:
    for body in bodies(operation).values():
        assert_valid(operation["requestBody"]["content"]["application/json"]["schema"], body)


@pytest.mark.parametrize(("path", "parameter"), [*parameters()])
def test_example_parameter_is_valid_and_finds_something(
    organisation: str, http: requests.Session, path: str, parameter: dict[str, Any]
) -> None:
    assert parameter["examples"]
    for example in parameter["examples"].values():
        assert_valid(parameter["schema"], example["value"])
        given = {parameter["name"]: example["value"]}
        query = given if parameter["in"] == "query" else {}
        got = http.get(organisation + path.format(**given), params=query)
        assert got.status_code == 200
        assert got.json().get("results") != []


def test_every_request_in_the_table_belongs_to_an_example() -> None:
    names = {example.name for example in EXAMPLES}
    own = {name for _, _, operation in operations() for name in bodies(operation)}
    assert REQUESTS.keys() == names - own


def test_every_media_type_has_examples() -> None:
    components = SPEC["components"]["responses"].items()
    bare = [name for name, response in components for c in response["content"].values() if not c["examples"]]
    assert bare == []
