"""The JSON Schemas of the project's own files are made from what they describe, and an editor can show each member."""

import json
import re
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonpath
import jsonschema_rs
import pytest

from api_spec.file import SpecError
from api_spec.overlay import apply_overlay, load_overlay
from api_spec.schema_files import schema_file, schema_names

from .document import SPEC

DOCS = Path(__file__).parents[2] / "docs"
MADE = ["ledger", "overlay", "report", "scenario", "state"]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    sys.path.insert(0, str(DOCS))  # as when it is run
    try:
        return runpy.run_path(str(DOCS / "schemas.py"))
    finally:
        sys.path.remove(str(DOCS))


def schema(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(schema_file(name).read_text("utf-8"))
    return document


def members(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every member that a schema lists, with its place."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key == "properties" and isinstance(value, dict) and not path.endswith("/properties"):
            yield from ((f"{path}/properties/{name}", member) for name, member in value.items())
        yield from members(value, f"{path}/{key}")


@pytest.mark.parametrize("name", MADE)
def test_the_file_is_what_its_source_makes_of_it(script: dict[str, Any], name: str) -> None:
    assert schema_file(name).read_text("utf-8") == script["text"](name), "make docs"


@pytest.mark.parametrize("name", MADE)
def test_it_is_json_schema_of_the_draft_that_editors_know_and_names_no_host(name: str) -> None:
    document = schema(name)
    assert document["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert document["$id"] == f"{name}.schema.json"
    jsonschema_rs.meta.validate(document)


@pytest.mark.parametrize("name", MADE)
def test_every_member_has_a_title_and_a_description(name: str) -> None:
    document = schema(name)
    listed = [*members(document)]
    assert len(listed) > 5
    for place, member in listed:
        # `anyOf` and `dependencies` speak of members that are described where they are listed.
        if not re.search("/(anyOf|dependencies)/", place):
            there = document["definitions"][member["$ref"].rpartition("/")[2]] if "$ref" in member else member
            assert there.get("title"), place
            assert there.get("description"), place


def test_a_schema_is_found_by_its_name_alone() -> None:
    assert set(MADE) <= set(schema_names())
    with pytest.raises(ValueError, match=r"'../openapi'; there are ledger, overlay"):
        schema_file("../openapi")


# Overlays


def accepted(overlay: Any) -> bool:
    return jsonschema_rs.Draft7Validator(schema("overlay")).is_valid(overlay)


def test_every_target_that_is_offered_matches_one_node_of_the_spec() -> None:
    targets = schema("overlay")["definitions"]["Action"]["properties"]["target"]["examples"]
    assert len(targets) > 80
    assert [target for target in targets if len(jsonpath.findall(target, SPEC)) != 1] == []


UPDATE: dict[str, Any] = {"target": "$.info", "update": {"title": "Ours"}}
REMOVE: dict[str, Any] = {"target": "$.info", "remove": True}


@pytest.mark.parametrize(
    "overlay",
    [
        {"overlay": "1.0.0", "actions": [UPDATE, REMOVE]},
        {"overlay": "1.1.0", "actions": [UPDATE | {"description": "Ours.", "x-why": "It is."}]},
        {"overlay": "1.0.0", "info": {"title": "Ours", "version": "1"}, "extends": "openapi.yaml", "actions": [REMOVE]},
        {"overlay": "1.0.0", "actions": [{"target": "$.servers", "update": 7}], "x-why": ["It", "is"]},
        {"overlay": "1.0.0", "actions": [UPDATE | {"remove": False}]},
    ],
)
def test_an_overlay_that_its_schema_takes_can_be_read_and_applied(tmp_path: Path, overlay: dict[str, Any]) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(json.dumps(overlay), "utf-8")  # JSON is YAML
    assert accepted(overlay)
    assert apply_overlay(SPEC, load_overlay(file), "ours") != SPEC


@pytest.mark.parametrize(
    "overlay",
    [
        [],
        {"actions": [UPDATE]},
        {"overlay": "2.0.0", "actions": [UPDATE]},
        {"overlay": None, "actions": [UPDATE]},
        {"overlay": "1.0.0"},
        {"overlay": "1.0.0", "actions": []},
        {"overlay": "1.0.0", "actions": {}},
        {"overlay": "1.0.0", "actions": ["remove it"]},
        {"overlay": "1.0.0", "actions": [{"update": {}}]},
        {"overlay": "1.0.0", "actions": [{"target": 7, "update": {}}]},
        {"overlay": "1.0.0", "actions": [{"target": "$.info"}]},
        {"overlay": "1.0.0", "actions": [{"target": "$.info", "remove": False}]},
        {"overlay": "1.0.0", "actions": [{"target": "$.info", "remove": "yes"}]},
    ],
)
def test_an_overlay_that_is_refused_for_its_shape_is_refused_by_its_schema(tmp_path: Path, overlay: Any) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(json.dumps(overlay), "utf-8")
    with pytest.raises(SpecError):
        apply_overlay(SPEC, load_overlay(file), "ours")
    assert not accepted(overlay)


@pytest.mark.parametrize("misspelt", [{"action": []}, {"actions": [UPDATE | {"descripton": "Ours."}]}])
def test_a_misspelt_member_of_an_overlay_is_seen(misspelt: dict[str, Any]) -> None:
    assert not accepted({"overlay": "1.0.0", "actions": [UPDATE]} | misspelt)
