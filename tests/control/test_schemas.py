"""The JSON Schemas of scenarios and states say what the mock says, and are served for editors."""

import json
from typing import Any

import jsonschema_rs
import pytest
import requests
import yaml
from mock.test_fixtures import BROKEN as BROKEN_FIXTURES
from mock.test_fixtures import GOOD as GOOD_FIXTURE

from api_spec.schema_files import schema_file, schema_names
from api_spec.yaml_text import parse
from mock_server import MockServer
from mock_server.bundled import FIXTURES
from mock_server.contract.schema import Schema
from mock_server.organisation.record import Person
from mock_server.sandbox.errors import DocumentInvalid
from mock_server.sandbox.fixture import fixture_names
from mock_server.sandbox.scenario_document import control_schema, read_scenario
from mock_server.sandbox.state_file import render

from .test_scenario import BROKEN as BROKEN_DOCUMENTS
from .test_scenario import DOCUMENT
from .test_state_file import AT, sandboxes, whole
from .test_state_file import GOOD as GOOD_STATE
from .test_state_file import WRONG as WRONG_STATES


def validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(json.loads(schema_file(name).read_text("utf-8")), validate_formats=True)


def changed_fixtures() -> dict[str, Any]:
    """Return the broken fixtures that are YAML, as data."""
    documents = {}
    for name, (old, new, *_) in BROKEN_FIXTURES.items():
        try:
            documents[name] = parse(GOOD_FIXTURE.replace(old, new, 1))
        except yaml.YAMLError:
            continue
    return documents


BROKEN = {name: document for name, (document, _) in BROKEN_DOCUMENTS.items()} | changed_fixtures()


@pytest.mark.parametrize("name", fixture_names())
def test_every_scenario_that_comes_with_the_server_is_taken_and_names_its_schema(name: str) -> None:
    text = (FIXTURES / f"{name}.yaml").read_text("utf-8")
    assert validator("scenario").is_valid(parse(text))
    _, _, named = text.splitlines()[0].partition("# yaml-language-server: $schema=")
    assert (FIXTURES / named).resolve() == schema_file("scenario").resolve()


RECORD = {"person_api_id": "usr-1", "package_api_id": "pkg-1"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        DOCUMENT,
        parse(GOOD_FIXTURE),
        DOCUMENT | {"records": [RECORD, RECORD]},
        DOCUMENT | {"records": [RECORD | {"date_started": None, "date_completed": "2026-01-05T09:00:00.25+01:00"}]},
        {"generate": {"seed": -7, "people": 1, "packages": 1, "records": 0}},
    ],
)
def test_what_the_mock_takes_as_a_scenario_its_schema_takes(document: dict[str, Any]) -> None:
    read_scenario("mine", document, most=1000)
    assert validator("scenario").is_valid(document)


@pytest.mark.parametrize("document", BROKEN.values(), ids=BROKEN)
def test_what_the_mock_refuses_for_its_shape_the_schema_of_a_scenario_refuses(document: Any) -> None:
    """What no JSON Schema can say is left to the mock: whom records refer to, and that each api_id stands once."""
    with pytest.raises(DocumentInvalid):
        read_scenario("mine", document, most=10_000_000)
    shape = Schema(control_schema("Scenario")).violations("body", document)
    refused = bool(shape) or (isinstance(document, dict) and "generate" in document)
    assert validator("scenario").is_valid(document) is not refused


@pytest.mark.parametrize("name", fixture_names())
def test_state_of_an_organisation_and_of_all_is_taken(name: str) -> None:
    saved = sandboxes(name)
    saved["a"].organisation.put_person(Person("usr/x", "Xaver"))
    validator("state").validate(whole(saved["a"]))
    validator("state").validate(json.loads(render(saved, AT)))


def test_what_the_mock_takes_as_a_state_file_its_schema_takes() -> None:
    validator("state").validate(GOOD_STATE)


# What the mock refuses these for, no JSON Schema can say; the last is an integer to it.
OF_GOOD_SHAPE = {
    "unknown person",
    "person twice",
    "clock without a year",
    "more than may live",
    "one more than may live with the default one",
    "version that is no integer",
}


@pytest.mark.parametrize("name", WRONG_STATES)
def test_state_file_that_is_refused_for_its_shape_is_refused_by_its_schema(name: str) -> None:
    document, _ = WRONG_STATES[name]
    assert validator("state").is_valid(document) is (name in OF_GOOD_SHAPE)


def test_schemas_are_served_for_every_organisation(http: requests.Session, server: MockServer) -> None:
    for name in schema_names():
        answer = http.get(f"{server.url}/org/mine/_mock/schemas/{name}.schema.json")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.content == schema_file(name).read_bytes()


@pytest.mark.parametrize("path", ["", "colour.schema.json", "..%2Fopenapi.yaml", "scenario"])
def test_schema_that_is_not_there_is_404_with_those_there_are(
    http: requests.Session, server: MockServer, path: str
) -> None:
    answer = http.get(f"{server.url}/_mock/schemas/{path}")
    assert answer.status_code == 404
    assert "ledger.schema.json, overlay.schema.json" in answer.json()["detail"]


def test_schemas_are_for_no_strangers(http: requests.Session, server: MockServer) -> None:
    asked = http.get(f"{server.url}/_mock/schemas/state.schema.json", headers={"Origin": "https://stranger.test"})
    assert asked.status_code == 403
