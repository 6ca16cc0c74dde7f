"""Schemas of OpenAPI 3.0 as JSON Schema: the same values are valid."""

from typing import Any

import jsonschema_rs
import pytest

from api_spec.json_schema import json_schema


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"type": "string"}, None, False),
        ({"type": "string", "nullable": False}, None, False),
        ({"type": "string", "nullable": True}, None, True),
        ({"type": "string", "nullable": True}, "a", True),
        ({"type": "string", "nullable": True}, 1, False),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None, True),
        ({"type": "string", "nullable": True, "enum": ["a"]}, "b", False),
        ({"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}, {"a": None}, True),
        ({"type": "array", "items": {"type": "integer", "nullable": True}}, [1, None], True),
        ({"allOf": [{"type": "string", "nullable": True}]}, None, True),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 1, False),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, True),
    ],
)
def test_the_same_values_are_valid(schema: dict[str, Any], value: Any, valid: bool) -> None:
    assert jsonschema_rs.Draft4Validator(json_schema(schema)).is_valid(value) is valid
