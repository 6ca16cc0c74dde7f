"""Values that keep to a schema of the control API."""

from datetime import UTC
from typing import Any

from hypothesis import strategies as st

from mock_server.contract.schema import Schema


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy of values that keep to a schema, its references followed already."""
    some = _some(schema) if "enum" not in schema else st.sampled_from(schema["enum"])
    some = some | st.none() if schema.get("nullable") else some
    return some.filter(Schema(schema).is_valid) if "not" in schema else some


def _some(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match schema["type"]:
        case "object":
            return _objects(schema)
        case "array":
            return st.lists(values(schema["items"]), min_size=schema.get("minItems", 0), max_size=3)
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.floats(schema["minimum"], schema["maximum"])
        case "boolean":
            return st.booleans()
        case "string":
            return _texts(schema)
    raise AssertionError(schema["type"])


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    members = {name: values(member) for name, member in schema["properties"].items()}
    required = {name: members.pop(name) for name in schema.get("required", ())}
    if schema.get("maxProperties") == 1:
        return st.one_of([st.fixed_dictionaries({name: member}) for name, member in members.items()])
    return st.fixed_dictionaries(required, optional=members)


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones() | st.just(UTC)).map(_rendered)
    return st.text(st.characters(codec="utf-8"), min_size=schema.get("minLength", 0))


def _rendered(at: Any) -> str:
    offset = f"{at:%z}"[:5]
    return f"{at.replace(tzinfo=None).isoformat()}{offset[:3]}:{offset[3:]}"
