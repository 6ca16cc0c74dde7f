"""Bad input to the control API: a 4xx problem that names every place, and nothing changed."""

import json
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from mock.problems import pointers, problem
from mock.raw_http import request

from mock_server import MockServer
from mock_server.bundled import CONTROL

from .broken import breaks, operations
from .world import NOON, put, world

OPERATIONS = operations()
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "TRACE")

RECORD = {
    "api_id": "rec-1",
    "person_api_id": "usr-1",
    "package_api_id": "pkg-1",
    "date_assigned": NOON,
    "date_started": NOON,
    "date_completed": None,
}
SCENARIO: dict[str, Any] = {
    "people": [{"api_id": "usr-1", "name": "One"}],
    "packages": [{"api_id": "pkg-1", "name": "One", "description": "The first"}],
    "records": [RECORD],
}
FAULT: dict[str, Any] = {"operations": ["get_record"], "when": "after", "times": 1, "probability": 0.5}

# Good bodies that have every property of each operation between them.
BODIES: dict[str, list[Any]] = {
    "put_scenario": [
        {"name": "empty"},
        {"document": SCENARIO},
        {"document": {"generate": {"seed": 1, "people": 1, "packages": 1, "records": 1}}},
    ],
    "put_state": [SCENARIO | {"clock": {"now": NOON, "frozen": True}}],
    "put_person": [{"name": "One"}],
    "put_package": [{"name": "One", "description": "The first"}],
    "put_clock": [{"freeze": NOON}, {"advance": "P1D"}, {"run": True}],
    "put_faults": [
        {"faults": [FAULT | {"status": 503}]},
        {"faults": [FAULT | {"drop": True, "delay": {"from": 1, "to": 2}}]},
        {"faults": [FAULT | {"hang": True}]},
    ],
}
BODIES["add_faults"] = BODIES["put_faults"]

BROKEN = [
    (operation_id, document, pointer, value)
    for operation_id, documents in BODIES.items()
    for document in documents
    for pointer, value in breaks(
        OPERATIONS[operation_id]["requestBody"]["content"]["application/json"]["schema"], document
    )
]

NOT_JSON: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n",
    "no JSON": b"name=empty",
    "truncated": b'{"name": "empty"',
    "two values": b"{} {}",
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "empty"}'.encode("utf-16"),
    "lone surrogate": b'{"name": "\\ud800"}',
    "NaN": b'{"name": NaN}',
    "name twice": b'{"name": "empty", "name": "empty"}',
    "nested deep": b"[" * 100_000,
    "number without end": b'{"name": 1' + b"0" * 5000 + b"}",
}

with_body = pytest.mark.parametrize("operation_id", BODIES)


def url(control: str, operation_id: str) -> str:
    """Return where an operation is."""
    at: str = control + OPERATIONS[operation_id]["path"].replace("{api_id}", "usr-1")
    return at


def send(http: requests.Session, control: str, operation_id: str, body: bytes, media_type: str) -> requests.Response:
    """Send these bytes to an operation."""
    at = url(control, operation_id)
    return http.request(OPERATIONS[operation_id]["method"], at, data=body, headers={"Content-Type": media_type})


def test_every_operation_with_a_body_is_tried() -> None:
    assert {name for name, operation in OPERATIONS.items() if "requestBody" in operation} == {*BODIES}


@with_body
def test_bodies_to_be_broken_are_good_and_have_every_property(
    http: requests.Session, control: str, operation_id: str
) -> None:
    for document in BODIES[operation_id]:
        put(http, url(control, operation_id), document)
    properties = OPERATIONS[operation_id]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {name for document in BODIES[operation_id] for name in document} == {*properties}


@with_body
def test_document_that_breaks_the_schema_anywhere_is_400_that_names_the_place(
    http: requests.Session, lived_in: str, operation_id: str
) -> None:
    before = world(http, lived_in)
    tried = [(pointer, value) for tested, _, pointer, value in BROKEN if tested == operation_id]
    assert len(tried) > 10
    missed = []
    for pointer, value in tried:
        answer = http.put(url(lived_in, operation_id), json=value)
        if answer.status_code != 400 or f"body{pointer}" not in pointers(answer):
            missed.append((pointer, value, answer.status_code, answer.text))
    assert missed == []
    assert before == world(http, lived_in)


@with_body
def test_body_that_is_no_json_is_400(http: requests.Session, lived_in: str, operation_id: str) -> None:
    before = world(http, lived_in)
    for name, body in NOT_JSON.items():
        assert pointers(send(http, lived_in, operation_id, body, "application/json")) == ["body"], name
    assert before == world(http, lived_in)


@with_body
def test_body_that_nests_deep_is_400(http: requests.Session, lived_in: str, operation_id: str) -> None:
    before = world(http, lived_in)
    for depth, name in product((20, 900, 50_000), [*BODIES[operation_id][0], "colour"]):
        body = f'{{"{name}": {"[" * depth}{"]" * depth}}}'.encode()
        problem(send(http, lived_in, operation_id, body, "application/json"), 400)
    assert before == world(http, lived_in)


@with_body
def test_other_media_type_is_415(http: requests.Session, lived_in: str, operation_id: str) -> None:
    before = world(http, lived_in)
    good = json.dumps(BODIES[operation_id][0]).encode()
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "a", ""):
        problem(send(http, lived_in, operation_id, good, media_type), 415)
    assert before == world(http, lived_in)


@pytest.mark.parametrize("path", sorted({operation["path"] for operation in OPERATIONS.values()}))
def test_method_that_a_path_has_not_is_405_with_those_it_has(http: requests.Session, lived_in: str, path: str) -> None:
    before = world(http, lived_in)
    there = {operation["method"] for operation in OPERATIONS.values() if operation["path"] == path}
    allowed = there | {"OPTIONS"} | ({"HEAD"} if "GET" in there else set())
    at = urlsplit(lived_in + path.replace("{api_id}", "usr-1")).path
    for method in {*METHODS} - there:
        answer = request(lived_in, method, at)
        problem(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == allowed
    assert before == world(http, lived_in)


@pytest.mark.parametrize(
    "path",
    ["nothing", "state/", "reset/now", "people/", "people//", "people/a/b", "clock%2F"],
)
def test_unknown_path_is_404(http: requests.Session, lived_in: str, path: str) -> None:
    before = world(http, lived_in)
    problem(http.put(lived_in + path, json={"name": "One"}), 404)
    assert {**before, "journal": b""} == {**world(http, lived_in), "journal": b""}


def test_parameter_that_is_not_utf_8_is_400_only_where_it_is_listed(control: str) -> None:
    at = urlsplit(control + "journal").path
    assert pointers(request(control, "GET", f"{at}?operation=%FF")) == ["query/operation"]
    assert request(control, "GET", f"{at}?%FF=1").status_code == 200, "as any parameter that is not listed"


def test_stock_schemathesis_finds_nothing_but_what_a_schema_cannot_say(tmp_path: Path) -> None:
    command = [Path(sys.executable).parent / "schemathesis", "run", CONTROL, "--checks", "all", "--no-color"]
    # Ids that must exist and must not be repeated are refused with 400, and stand in no schema.
    command += ["--exclude-checks", "positive_data_acceptance", "--seed", "1"]
    with MockServer(scenario="empty") as server:
        command += ["--url", f"{server.url}/_mock", "--phases", "coverage"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Tested: {len(OPERATIONS)}" in done.stdout
