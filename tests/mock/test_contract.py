"""The server keeps to its spec, whatever that says: it follows it, and sends no answer that breaks it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from mock_server import MockServer

from .problems import SPEC, problem

ASSIGNED = {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"}
LIST, RECORD = "/training/record/", "/training/record/rec-0001/"
COMPLETED = {
    "api_id": "rec-0001",
    "person_api_id": "usr-amara-okafor",
    "package_api_id": "pkg-fire-safety",
    "package_desc": "Fire safety",
    "date_assigned": "2025-01-13T09:00:00Z",
    "date_started": "2025-01-14T08:30:00Z",
    "date_completed": None,
}

# An operation, and an answer of its handler that breaks the spec.
OPERATIONS = [
    ("POST", "create_record", LIST, {"api_id": "new"}),
    ("GET", "list_records", LIST, {"results": [{}]}),
    ("GET", "get_record", RECORD, {"api_id": 7}),
    ("PUT", "replace_record", RECORD, None),
    ("PATCH", "update_record", RECORD, COMPLETED | {"colour": "red", "api_id": None}),
]

Serve = Callable[[dict[str, Any]], MockServer]


@pytest.fixture
def spec() -> dict[str, Any]:
    """The spec, to be changed at will."""
    return deepcopy(SPEC)


@pytest.fixture
def serve() -> Serve:
    """Make a server that keeps to another spec."""

    def serve(spec: dict[str, Any]) -> MockServer:
        server = MockServer(scenario="default")
        server.app.use_spec(spec)
        return server

    return serve


@dataclass
class Stub:
    """A server on which every handler gives this answer, whatever it is asked."""

    url: str = ""
    answer: Any = None


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    stub = Stub()
    with pytest.MonkeyPatch.context() as patch:
        for _, operation_id, _, _ in OPERATIONS:
            patch.setattr(f"mock_server.api.records.{operation_id}", lambda *_, **__: stub.answer)
        made = MockServer(scenario="default")
    with made as server:
        stub.url = server.url
        yield stub


def logged(caplog: pytest.LogCaptureFixture, operation_id: str) -> str:
    """Return what was logged about an operation."""
    return "\n".join(line for line in caplog.messages if operation_id in line)


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        ({name: value for name, value in COMPLETED.items() if name != "date_started"}, "/date_started"),
        (COMPLETED | {"package_desc": 7}, "/package_desc"),
        (COMPLETED | {"date_assigned": None}, "/date_assigned"),
        (COMPLETED | {"date_completed": "2026-02-30T00:00:00Z"}, "/date_completed"),
        (COMPLETED | {"api_id": "a/b"}, "/api_id"),
        (None, "the body"),
        ([COMPLETED], "the body"),
    ],
)
def test_answer_that_breaks_the_spec_is_logged_and_never_sent(
    http: requests.Session,
    stub: Stub,
    caplog: pytest.LogCaptureFixture,
    answer: Any,
    pointer: str,
) -> None:
    stub.answer = answer
    got = http.get(stub.url + RECORD)
    problem(got, 500)
    assert "usr-amara-okafor" not in got.text
    assert pointer in logged(caplog, "get_record")


@pytest.mark.parametrize(("method", "operation_id", "path", "answer"), OPERATIONS)
def test_no_operation_sends_what_breaks_the_spec(
    http: requests.Session,
    stub: Stub,
    caplog: pytest.LogCaptureFixture,
    method: str,
    operation_id: str,
    path: str,
    answer: Any,
) -> None:
    stub.answer = answer
    problem(http.request(method, stub.url + path, json=ASSIGNED), 500)
    assert "breaks the contract" in logged(caplog, operation_id)


@pytest.mark.parametrize("answer", [{"api_id": object()}, {7: 7}, COMPLETED | {"package_desc": "\ud800"}, float("nan")])
def test_answer_that_is_no_json_is_500(http: requests.Session, stub: Stub, answer: Any) -> None:
    stub.answer = answer
    problem(http.get(stub.url + RECORD), 500)
    stub.answer = COMPLETED
    assert http.get(stub.url + RECORD).json() == COMPLETED


def test_handler_that_fails_is_500_and_its_error_stands_in_the_log_alone(
    http: requests.Session, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("mock_server.api.records.get_record", fail)
    with MockServer() as server:
        got = http.get(server.url + RECORD)
    problem(got, 500)
    assert "secret" not in got.text
    assert "ZeroDivisionError: a secret" in caplog.text


def test_answer_is_held_against_the_spec_that_is_served(
    http: requests.Session, serve: Serve, spec: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    spec["components"]["schemas"]["TrainingRecord"]["properties"]["package_desc"]["enum"] = ["Fire safety"]
    with serve(spec) as server:
        problem(http.get(server.url + LIST), 500)
    assert "/results/0/package_desc" in logged(caplog, "list_records")


def test_record_that_was_good_under_one_spec_is_held_against_the_next(
    http: requests.Session, spec: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with MockServer(scenario="default") as server:
        assert [http.get(server.url + path).status_code for path in (RECORD, LIST)] == [200, 200]
        spec["components"]["schemas"]["TrainingRecord"]["properties"]["package_desc"]["enum"] = ["First aid"]
        server.app.use_spec(spec)
        problem(http.get(server.url + RECORD), 500)
        problem(http.get(server.url + LIST), 500)
    assert "/package_desc" in logged(caplog, "get_record")
    assert "/results/0/package_desc" in logged(caplog, "list_records")


@pytest.mark.parametrize("bare", [False, True], ids=["in an object", "bare"])
@pytest.mark.parametrize(
    ("rule", "limit", "status"),
    [
        ({"minItems": 3}, 3, 200),
        ({"minItems": 3}, 2, 500),
        ({"maxItems": 3}, 3, 200),
        ({"maxItems": 3}, 4, 500),
        ({"uniqueItems": True}, 60, 200),
    ],
)
def test_list_is_held_against_what_the_spec_says_of_it_as_a_whole(
    http: requests.Session,
    serve: Serve,
    spec: dict[str, Any],
    bare: bool,
    rule: dict[str, Any],
    limit: int,
    status: int,
) -> None:
    results = list_schema(spec)["properties"]["results"]
    results |= rule
    if bare:
        spec["paths"][LIST]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = results
    with serve(spec) as server:
        for _ in range(2):  # the second time from what is remembered
            assert http.get(f"{server.url}{LIST}?limit={limit}").status_code == status


def test_request_is_held_against_the_spec_that_is_served(
    http: requests.Session, serve: Serve, spec: dict[str, Any]
) -> None:
    limit = next(p for p in spec["paths"][LIST]["get"]["parameters"] if p["name"] == "limit")
    limit["schema"]["maximum"] = 10
    with serve(spec) as server:
        assert http.get(f"{server.url}{LIST}?limit=10").status_code == 200
        problem(http.get(f"{server.url}{LIST}?limit=11"), 400)


def test_parameter_that_is_not_given_has_the_default_of_the_spec(
    http: requests.Session, serve: Serve, spec: dict[str, Any]
) -> None:
    for parameter in spec["paths"][LIST]["get"]["parameters"]:
        parameter["schema"] |= {"limit": {"default": 3}, "offset": {"default": 5}}.get(parameter["name"], {})
    with serve(spec) as server:
        results = http.get(server.url + LIST).json()["results"]
    assert [record["api_id"] for record in results] == ["rec-0006", "rec-0007", "rec-0008"]


def test_parameter_of_an_operation_overrides_that_of_its_path(
    http: requests.Session, serve: Serve, spec: dict[str, Any]
) -> None:
    item = spec["paths"]["/training/record/{api_id}/"]
    schema = {"type": "string", "maxLength": 8}
    item["get"]["parameters"] = [{"name": "api_id", "in": "path", "required": True, "schema": schema}]
    with serve(spec) as server:
        assert http.get(f"{server.url}/training/record/-/").status_code == 404
        assert problem(http.get(f"{server.url}/training/record/rec-00003/"), 400)["errors"] != []
        assert http.delete(f"{server.url}/training/record/rec-00003/").status_code == 404
        shown = http.get(f"{server.url}/openapi.json").json()
    assert shown["paths"]["/training/record/{api_id}/"]["get"]["parameters"] == item["get"]["parameters"]


@pytest.mark.parametrize(
    ("method", "path", "old", "new"),
    [
        ("POST", LIST, "201", "200"),
        ("POST", LIST, "201", "202"),
        ("PUT", RECORD, "200", "201"),
        ("DELETE", RECORD, "204", "200"),
    ],
)
def test_success_status_is_the_specs(
    http: requests.Session, serve: Serve, spec: dict[str, Any], method: str, path: str, old: str, new: str
) -> None:
    item = spec["paths"][LIST if path == LIST else "/training/record/{api_id}/"]
    responses = item[method.lower()]["responses"]
    responses[new] = responses.pop(old)
    with serve(spec) as server:
        assert int(new) == http.request(method, server.url + path, json=ASSIGNED).status_code


def list_schema(spec: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = spec["components"]["schemas"]["RecordList"]
    return schema


def test_list_is_bare_where_the_spec_says_array(http: requests.Session, serve: Serve, spec: dict[str, Any]) -> None:
    results = list_schema(spec)["properties"]["results"]
    spec["paths"][LIST]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = results
    with serve(spec) as server:
        whole = http.get(server.url + LIST).json()
        assert (len(whole), whole[0]["api_id"]) == (60, "rec-0001")
        assert http.get(f"{server.url}{LIST}?limit=2&offset=1").json() == whole[1:3]


def test_records_stand_where_the_spec_puts_them(http: requests.Session, serve: Serve, spec: dict[str, Any]) -> None:
    schema = list_schema(spec)
    schema["properties"]["records"] = schema["properties"].pop("results")
    schema["required"] = ["records"]
    with serve(spec) as server:
        page = http.get(f"{server.url}{LIST}?limit=1").json()
    assert sorted(page) == ["count", "next", "previous", "records"]
    assert page["records"][0]["api_id"] == "rec-0001"


def test_list_has_no_more_than_the_spec_names(http: requests.Session, serve: Serve, spec: dict[str, Any]) -> None:
    schema = list_schema(spec)
    schema["properties"] = {"results": schema["properties"]["results"]}
    schema["required"] = ["results"]
    with serve(spec) as server:
        assert [*http.get(f"{server.url}{LIST}?limit=1").json()] == ["results"]


def test_operation_answers_at_the_path_that_the_spec_gives(
    http: requests.Session, serve: Serve, spec: dict[str, Any]
) -> None:
    spec["paths"] = {path.replace("/training/record/", "/v2/records/"): item for path, item in spec["paths"].items()}
    with serve(spec) as server:
        assert http.get(f"{server.url}/v2/records/rec-0001/").status_code == 200
        problem(http.get(server.url + RECORD), 404)
