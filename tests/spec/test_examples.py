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

# What to send for an answer whose request breaks the contract, so that no example of the contract can show it: the
# keyword arguments of a request, and under "api_id" the record to send it to.
REQUESTS: dict[str, dict[str, Any]] = {
    "limit_too_small": {"params": "limit=0&offset=abc"},
    "two_errors": {"json": ASSIGNED | {"person_api_id": 7, "date_started": "2026-01-31T09:00:00"}},
    "not_an_api_id": {"api_id": "-", "json": ASSIGNED},
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
    """An example answer, and those examples of its request that have the same name."""

    path: str
    method: str
    status: int
    name: str
    answer: Any
    query: dict[str, Any]
    in_path: dict[str, Any]
    body: Any

    @property
    def changes(self) -> bool:
        return self.method != "get" and self.status < 300

    def __str__(self) -> str:
        return f"{self.method}-{self.name}"


def values(parameters: list[dict[str, Any]], where: str, name: str) -> dict[str, Any]:
    """Return the values of the examples with a name, by parameter."""
    here = [parameter for parameter in parameters if parameter["in"] == where and name in parameter["examples"]]
    return {parameter["name"]: parameter["examples"][name]["value"] for parameter in here}


def parameters(path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of an operation; its own go before those of its path."""
    every = [*SPEC["paths"][path].get("parameters", []), *operation.get("parameters", [])]
    return [*{parameter["name"]: parameter for parameter in every}.values()]


EXAMPLES = [
    Example(
        path,
        method,
        int(status),
        name,
        example["value"],
        values(parameters(path, operation), "query", name),
        values(parameters(path, operation), "path", name),
        bodies(operation).get(name),
    )
    for path, method, operation in operations()
    for status, content in contents(operation)
    for name, example in content["examples"].items()
]
EACH_PARAMETER = {
    (path, parameter["name"]): parameter
    for path, _, operation in operations()
    for parameter in parameters(path, operation)
}


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
    sent = dict(REQUESTS.get(example.name, {"json": example.body, "params": example.query}))
    path = example.path.format_map({"api_id": sent.pop("api_id", RECORD)} | example.in_path)
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
def test_every_example_of_a_request_has_its_answer_under_the_same_name(operation: dict[str, Any]) -> None:
    assert [status for status, content in contents(operation) if not content["examples"]] == []
    answered = {name for _, content in contents(operation) for name in content["examples"]}
    asked = {name for parameter in operation.get("parameters", []) for name in parameter["examples"]}
    assert asked | bodies(operation).keys() <= answered


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.name not in REQUESTS], ids=str)
def test_every_example_of_an_answer_has_its_request_under_the_same_name(example: Example) -> None:
    assert example.in_path.keys() == ({"api_id"} if "{api_id}" in example.path else set())
    if example.method == "get":
        assert example.query or example.in_path
    else:
        assert example.method == "delete" or example.body is not None


@pytest.mark.parametrize("operation", EACH_OPERATION)
def test_example_body_is_valid(operation: dict[str, Any]) -> None:
    for body in bodies(operation).values():
        assert_valid(operation["requestBody"]["content"]["application/json"]["schema"], body)


@pytest.mark.parametrize("parameter", EACH_PARAMETER.values(), ids=map("".join, EACH_PARAMETER))
def test_example_parameter_is_valid_and_answered(parameter: dict[str, Any]) -> None:
    assert parameter["examples"]
    assert parameter["examples"].keys() <= {example.name for example in EXAMPLES}
    for example in parameter["examples"].values():
        assert_valid(parameter["schema"], example["value"])


@pytest.mark.parametrize("operation", EACH_OPERATION)
def test_first_examples_of_a_request_together_succeed(operation: dict[str, Any]) -> None:
    """A form that is filled in with them shows its reader a success."""
    path, method = next((path, method) for path, method, each in operations() if each is operation)
    first = {p["name"]: next(iter(p["examples"].values()))["value"] for p in parameters(path, operation)}
    body = next(iter(bodies(operation).values()), None)
    query = {name: value for name, value in first.items() if f"{{{name}}}" not in path}
    with example_server() as server:
        got = requests.request(method, server.url + path.format_map(first), params=query, json=body)
    assert got.status_code < 300


@pytest.mark.parametrize("name", ["RecordInput", "RecordPatch"])
def test_example_of_a_body_as_a_whole_is_accepted_by_every_operation_that_takes_it(name: str) -> None:
    """Tools that read no named examples fill it in."""
    schema = SPEC["components"]["schemas"][name]
    assert_valid(schema, schema["example"])
    for path, method, operation in operations():
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if content.get("schema", {}).get("$ref", "").endswith(f"/{name}"):
            with example_server() as server:
                url = server.url + path.format(api_id=SPEC["components"]["schemas"]["ApiId"]["example"])
                assert requests.request(method, url, json=schema["example"]).status_code < 300


def test_examples_of_fields_are_valid_and_are_those_of_one_believable_whole() -> None:
    for schema in SPEC["components"]["schemas"].values():
        fields = {field: resolve(value) for field, value in schema.get("properties", {}).items()}
        whole = {field: value["example"] for field, value in fields.items() if "example" in value}
        for field, value in whole.items():
            assert_valid(fields[field], value)
    record = SPEC["components"]["schemas"]["TrainingRecord"]
    shown = {field: resolve(value)["example"] for field, value in record["properties"].items()}
    with example_server() as server:
        dates = {name: shown[name] for name in ("date_started", "date_completed")}
        got = requests.patch(f"{server.url}/training/record/{shown['api_id']}/", json=dates)
    assert got.json() == shown


def test_requests_in_the_table_are_those_that_break_the_contract() -> None:
    shown = {example.name: example for example in EXAMPLES}
    assert {shown[name].status for name in REQUESTS} == {400, 413, 415}
    assert REQUESTS.keys() == {name for name, example in shown.items() if example.status in (400, 413, 415)}


def test_every_media_type_has_examples() -> None:
    components = SPEC["components"]["responses"].items()
    bare = [name for name, response in components for c in response["content"].values() if not c["examples"]]
    assert bare == []
