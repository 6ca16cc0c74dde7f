"""Make spec/schemas/: JSON Schemas (draft 7) of the project's own file formats.

    .venv/bin/python docs/schemas.py

Scenario and state are made from the control API's spec, the targets of an overlay from the spec, the report from the
classes that it is written from, and the lines of a ledger from docs/ledger_events.py.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ledger_events import line_schema
from report_members import report_schema

from api_spec.effective import read_spec
from api_spec.json_schema import json_schema
from api_spec.provenance import METHODS
from mock_server.bundled import control_spec
from mock_server.sandbox.sandboxes import NAME
from mock_server.sandbox.scenario_document import KINDS
from mock_server.sandbox.state_file import file_schema

FOLDER = Path(__file__).parents[1] / "spec" / "schemas"

Json = dict[str, Any]


def scenario() -> Json:
    """Return the schema of a scenario: a YAML file for `--scenario`, or what `PUT scenario` takes as a document."""
    return {
        **_component("Scenario"),
        "dependencies": {"generate": {"properties": dict.fromkeys(KINDS, False)}},
        "definitions": _definitions("Scenario"),
    }


def state() -> Json:
    """Return the schema of a state: what `GET state` gives and `PUT state` takes, or the file of `--state`."""
    file = _named(file_schema({"$ref": "#/components/schemas/State"}))
    name = NAME.pattern.replace(r"\Z", "$")  # Python's word for the end is not JavaScript's
    file["properties"]["organisations"]["propertyNames"] = {"pattern": f"^{name}$"}
    return {
        "title": "State",
        "description": "One organisation, as GET state gives it, or all of a server, as --state keeps them.",
        "type": "object",
        "if": {"required": ["organisations"]},
        "then": {"$ref": "#/definitions/StateFile"},
        "else": {"$ref": "#/definitions/State"},
        "definitions": {"StateFile": file, "State": _component("State"), **_definitions("State")},
    }


def _component(name: str) -> Json:
    """A schema of the control API's spec as JSON Schema, its references among `definitions`."""
    schema: Json = _named(control_spec()["components"]["schemas"][name])
    return schema


def _definitions(name: str) -> Json:
    """The schemas that one refers to, and those that these refer to."""
    found: Json = {}
    missing = _references(_component(name))
    while missing:
        found |= {name: _component(name) for name in missing}
        missing = [name for schema in found.values() for name in _references(schema) if name not in found]
    return found


def _references(schema: Any) -> list[str]:
    return re.findall(r"#/definitions/(\w+)", json.dumps(schema))


def _named(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 in which every property has a title: an editor shows that of its object otherwise."""
    translated = json.loads(json.dumps(json_schema(schema)).replace("#/components/schemas/", "#/definitions/"))
    _title(translated)
    return translated


def _title(schema: Json) -> None:
    for name, member in schema.get("properties", {}).items():
        if "$ref" not in member:
            schema["properties"][name] = {"title": name, **member}
            if member.get("format") == "int64":  # OpenAPI's own
                del schema["properties"][name]["format"]


def overlay() -> Json:
    """Return the schema of an overlay: OpenAPI Overlay 1.0 as `api_spec.overlay` applies it to the spec."""
    action = {
        "title": "Action",
        "description": "One change: an update or a removal of what the target matches.",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^x-": {}},
        "required": ["target"],
        "anyOf": [{"required": ["update"]}, {"required": ["remove"], "properties": {"remove": {"const": True}}}],
        "properties": {
            "target": {
                "title": "target",
                "description": "A JSONPath (RFC 9535) that matches at least one node of the spec.",
                "type": "string",
                "examples": list(_targets(read_spec())),
            },
            "description": {"title": "description", "description": "What the change is for.", "type": "string"},
            "update": {
                "title": "update",
                "description": "Merged into each object that the target matches, or appended to each array.",
            },
            "remove": {
                "title": "remove",
                "description": "Whether what the target matches is taken out; an update beside it does nothing then.",
                "type": "boolean",
            },
        },
    }
    return {
        "title": "Overlay",
        "description": "Another reading of the document: changes to the spec, in the form of OpenAPI Overlay 1.0.",
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {"^x-": {}},
        "required": ["overlay", "actions"],
        "properties": {
            "overlay": {
                "title": "overlay",
                "description": "The version of the form: 1.0.0.",
                "type": "string",
                "pattern": r"^1\.",
                "examples": ["1.0.0"],
            },
            "info": {
                "title": "info",
                "description": "What the overlay is. Only people and other tools read it.",
                "type": "object",
                "properties": {
                    "title": {"title": "title", "description": "What it is called.", "type": "string"},
                    "version": {"title": "version", "description": "Which version of it this is.", "type": "string"},
                },
            },
            "extends": {
                "title": "extends",
                "description": "The URL of the spec that it changes. Only people and other tools read it.",
                "type": "string",
            },
            "actions": {
                "title": "actions",
                "description": "The changes, in the order in which they are made.",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/definitions/Action"},
            },
        },
        "definitions": {"Action": action},
    }


def _targets(spec: Mapping[str, Any]) -> Iterator[str]:
    """The JSONPaths that a reading most often aims at: each rule, each operation and its answers, each schema."""
    yield from _rules("$", spec)
    for path, item in spec["paths"].items():
        for method in (method for method in METHODS if method in item):
            operation = f"$.paths['{path}'].{method}"
            yield operation
            yield f"{operation}.responses"
            yield from (f"{operation}.responses['{status}']" for status in item[method]["responses"])
            yield from _rules(operation, item[method])
    yield from (f"$.components.schemas.{name}" for name in spec["components"]["schemas"])


def _rules(owner: str, node: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{owner}['x-rules'][?@.id == '{rule['id']}']" for rule in node.get("x-rules", ()))


SCHEMAS: dict[str, Callable[[], Json]] = {
    "scenario": scenario,
    "state": state,
    "overlay": overlay,
    "report": report_schema,
    "ledger": line_schema,
}


def text(name: str) -> str:
    """Return a schema as its file holds it. Its `$id` is relative: it is that of wherever the file was found."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": f"{name}.schema.json"}
    return json.dumps(head | SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in SCHEMAS:
        (FOLDER / f"{each}.schema.json").write_text(text(each), "utf-8")
