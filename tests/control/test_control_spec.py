"""The control API's spec is one that tools take as it is, and the server takes what it allows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mock.problems import SPEC as API

from mock_server import MockServer

from .broken import SPEC, operations
from .generated_value import values
from .test_control_examples import bodies

OPERATIONS = operations()
SCHEMAS: dict[str, Any] = SPEC["components"]["schemas"]
OPERATION_IDS = [o["operationId"] for item in API["paths"].values() for m, o in item.items() if m != "parameters"]


def references(node: Any) -> Iterator[str]:
    """Yield every reference in a part of the spec."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for child in node.values():
            yield from references(child)


def contents() -> Iterator[dict[str, Any]]:
    """Yield the contents of all bodies, both ways, as they stand."""
    for response in SPEC["components"]["responses"].values():
        yield from response["content"].values()
    for item in SPEC["paths"].values():
        for operation in item.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                yield from part.get("content", {}).values()


def test_references_are_to_whole_components_and_each_component_is_used() -> None:
    found = {*references(SPEC)}
    assert [ref for ref in found if not re.fullmatch(r"#/components/(schemas|responses)/\w+", ref)] == []
    there = {f"#/components/{kind}/{name}" for kind, parts in SPEC["components"].items() for name in parts}
    assert found == there


def test_schema_of_every_body_has_a_name() -> None:
    assert [content["schema"] for content in contents() if content["schema"].keys() != {"$ref"}] == []


def test_no_schema_but_a_named_one_has_properties_of_its_own() -> None:
    members = [member for schema in SCHEMAS.values() for member in schema.get("properties", {}).values()]
    assert [m for m in members if "properties" in m or "properties" in m.get("items", {})] == []


def test_everything_is_described() -> None:
    assert [name for name, schema in SCHEMAS.items() if not (schema.get("title") and schema.get("description"))] == []
    bare = [
        f"{name}.{member}"
        for name, schema in SCHEMAS.items()
        for member, part in schema.get("properties", {}).items()
        if not ("$ref" in part or part.get("description"))
    ]
    assert bare == []
    for operation in OPERATIONS.values():
        assert operation["summary"]
        assert operation["description"]
        assert all(p["description"] and "example" in p for p in operation.get("parameters", ()))


def test_operations_to_name_are_those_of_the_api() -> None:
    assert SCHEMAS["OperationId"]["enum"] == OPERATION_IDS
    assert SCHEMAS["Exchange"]["properties"]["operation"]["enum"] == [*OPERATION_IDS, None]


def test_fault_that_is_set_has_every_member_of_a_fault_and_how_often_it_struck() -> None:
    told = dict(SCHEMAS["StruckFault"]["properties"])
    del told["struck"]
    assert told == SCHEMAS["Fault"]["properties"]


def test_first_example_of_faults_passes_after_one_request() -> None:
    for operation_id in ("put_faults", "add_faults"):
        first = next(iter(bodies(OPERATIONS[operation_id]).values()))
        assert [(fault["times"], "delay" in fault, "hang" in fault) for fault in first["faults"]] == [(1, False, False)]


@pytest.mark.parametrize(
    ("operation_id", "body"),
    [(operation_id, body) for operation_id, o in OPERATIONS.items() for body in bodies(o).values() or (None,)],
)
def test_every_operation_succeeds_with_its_own_examples(
    http: requests.Session, control: str, operation_id: str, body: Any
) -> None:
    assert send(http, control, operation_id, body, examples(operation_id)).ok


def examples(operation_id: str) -> dict[str, Any]:
    """Return the examples of the parameters of an operation."""
    return {p["name"]: p["example"] for p in OPERATIONS[operation_id].get("parameters", ())}


def send(
    http: requests.Session, control: str, operation_id: str, body: Any, parameters: dict[str, Any]
) -> requests.Response:
    """Send a request to an operation."""
    operation = OPERATIONS[operation_id]
    path = operation["path"].format(**parameters)
    query = parameters if operation["method"] == "GET" else {}
    return http.request(operation["method"], control + path, json=body, params=query)


# What is refused beyond the schema, as the descriptions of the answers say: all of it is in the data.
CONFLICTS = re.compile(
    r"must be at least .*, the start|must be within the years 1 to 9999|must be a duration that stays within"
    r"|but there is no (person|package)|already has|stands alone|must be one of default, edge-cases, empty, large, not"
)


@pytest.mark.parametrize("operation_id", [name for name, o in OPERATIONS.items() if "requestBody" in o])
@settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck])
@given(data=st.data())
def test_body_that_keeps_to_the_schema_is_taken_but_for_conflicts_that_are_described(
    http: requests.Session, server: MockServer, operation_id: str, data: st.DataObject
) -> None:
    body = data.draw(values(OPERATIONS[operation_id]["requestBody"]["content"]["application/json"]["schema"]))
    control = f"{server.url}/org/generated/_mock/"
    http.delete(control + "faults").raise_for_status()
    answer = send(http, control, operation_id, body, examples(operation_id))
    if answer.status_code == 400:
        assert [e for e in answer.json()["errors"] if not CONFLICTS.search(e["detail"])] == []
    else:
        assert answer.ok or answer.status_code == 507, answer.text
