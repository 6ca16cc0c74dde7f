"""spec/schemas/provenance.schema.json, by itself: what it takes, and each thing that it refuses."""

import json
import re
from typing import Any

import jsonschema_rs
import pytest
import yaml
from broken_provenance import EXAMPLE, OF_FORM, OF_THE_WHOLE, PAGE, Break
from papers import ROOT, blocks

from .document import SPEC, plain, walk

SCHEMA: dict[str, Any] = json.loads((ROOT / "spec" / "schemas" / "provenance.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def places(spec: Any) -> set[str]:
    """Return the places at which a document breaks the schema, each as /its/path."""
    return {"".join(f"/{step}" for step in error.instance_path) for error in VALIDATOR.iter_errors(spec)}


def test_schema_is_one() -> None:
    jsonschema_rs.meta.validate(SCHEMA)


def test_every_definition_and_member_is_described() -> None:
    for name, definition in SCHEMA["definitions"].items():
        assert definition["title"], name
        assert definition["description"], name


def test_our_spec_and_the_example_keep_it() -> None:
    assert places(SPEC) == set()
    assert places(EXAMPLE) == set()


@pytest.mark.parametrize("broken", OF_FORM.values(), ids=OF_FORM)
def test_what_lacks_its_form_is_refused_at_its_place(broken: Break) -> None:
    assert places(broken.done()) == {"".join(f"/{step}" for step in broken.where)}


@pytest.mark.parametrize("broken", OF_THE_WHOLE.values(), ids=OF_THE_WHOLE)
def test_what_needs_a_look_at_two_places_is_left_to_the_ruleset(broken: Break) -> None:
    assert places(broken.done()) == set()


def test_every_part_of_our_spec_is_one() -> None:
    validator = jsonschema_rs.validator_for(SCHEMA | {"allOf": [{"$ref": "#/definitions/part"}], "properties": {}})
    parts = [node for _, node in walk() if isinstance(node, dict) and "x-basis" in node]
    assert len(parts) > 40
    assert [error.message for part in parts for error in validator.iter_errors(part)] == []


def annotated(schema: Any) -> Any:
    """Return a schema without the words that only people read."""
    if isinstance(schema, list):
        return [annotated(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    words = {name for name in ("title", "description") if isinstance(schema.get(name), str)}
    return {name: annotated(value) for name, value in schema.items() if name not in words}


def test_ruleset_has_the_definitions_of_the_schema() -> None:
    ruleset = yaml.safe_load((ROOT / "spec" / "provenance.spectral.yaml").read_text("utf-8"))
    options = [rule["then"]["functionOptions"] for rule in ruleset["rules"].values()]
    schemas = [option["schema"] for option in options if "schema" in option]
    assert len(schemas) == 7
    for schema in schemas:
        assert schema["definitions"].items() <= annotated(SCHEMA["definitions"]).items()
        assert schema["$ref"].removeprefix("#/definitions/") in schema["definitions"]


def test_quotations_of_the_example_are_its_sources_own_words() -> None:
    source = plain(*blocks(PAGE, "text"))
    quoted = [node for pointer, node in walk(EXAMPLE) if re.search("/(x-)?source$", pointer)]
    assert len(quoted) > 5
    assert [quotation for quotation in quoted if plain(quotation) not in source] == []


def test_page_names_every_member() -> None:
    members = {
        name
        for definition in SCHEMA["definitions"].values()
        for name in definition.get("properties", {})
        if name not in ("x-rules", "x-questions")
    }
    assert {name for name in members if f"`{name}`" not in PAGE and f"`{name}:" not in PAGE} == set()
