"""Schemas of OpenAPI 3.0, compiled to validators."""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, lru_cache
from math import inf
from typing import Any

import jsonschema_rs

from api_spec.json_schema import json_schema
from mock_server.values import instant
from mock_server.values.violation import Violation, Violations

Formats = Mapping[str, Callable[[str], bool]]

INPUT_FORMATS: Formats = {"date-time": instant.is_instant}
"""What a client sends must be what we can read; of our own answers the validator judges alone."""

_SHOWN = 60

_REMEMBERED = 256


class Schema:
    """A schema of OpenAPI 3.0 that values can be held against."""

    def __init__(self, schema: Mapping[str, Any], formats: Formats | None = INPUT_FORMATS) -> None:
        self._definition = schema
        self._formats = formats
        self._validator = _validator(schema, formats)
        self.is_valid: Callable[[Any], bool] = self._validator.is_valid

    def violations(self, part: str, value: Any, pointer: str = "") -> Violations:
        """Return what is wrong with `value`, which stands at `pointer` in that part of a request."""
        found = Violations()
        self._find(found, part, value, pointer)
        return found

    def _find(self, found: Violations, part: str, value: Any, pointer: str) -> None:
        """Add what is wrong with a value: with itself, then with what it holds.

        The validator looks for all errors before it tells the first one, at 10 microseconds each. So arrays are gone
        through here, and where there are errors enough their items are only counted.
        """
        for error in self._outside.iter_errors(value):
            at = pointer + "".join(f"/{_token(step)}" for step in error.instance_path)
            found.add(_violations(error, part, at))
        if isinstance(value, dict):
            for name, member in self._members.items():
                if name in value:
                    member._find(found, part, value[name], f"{pointer}/{_token(name)}")
        elif isinstance(value, list) and self._items is not None and len(value) <= self._most:
            self._find_in_items(found, self._items, part, value, pointer)

    def _find_in_items(self, found: Violations, items: "Schema", part: str, value: list[Any], pointer: str) -> None:
        for index, item in enumerate(value):
            if items.is_valid(item):
                continue
            if found.is_full:
                found.more += 1
            else:
                items._find(found, part, item, f"{pointer}/{index}")

    @cached_property
    def _outside(self) -> jsonschema_rs.Draft4Validator:
        """The validator of all that the schema says but of what its arrays hold."""
        definition = {keyword: value for keyword, value in self._definition.items() if keyword != "items"}
        if self._members:
            definition["properties"] = self._definition["properties"] | {
                # Whether it is there, and no more: it has a schema of its own.
                name: {}
                for name in self._members
            }
        return _validator(definition, self._formats)

    @cached_property
    def _members(self) -> "dict[str, Schema]":
        """The schemas of the properties that are arrays, or have some."""
        properties = self._definition.get("properties", {})
        return {name: Schema(schema, self._formats) for name, schema in properties.items() if _has_items(schema)}

    @cached_property
    def _items(self) -> "Schema | None":
        items = self._definition.get("items")
        return None if items is None else Schema(items, self._formats)

    @property
    def _most(self) -> float:
        most: float = self._definition.get("maxItems", inf)
        return most


def _validator(schema: Mapping[str, Any], formats: Formats | None) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(json_schema(schema), validate_formats=True, formats=dict(formats or {}))


def _has_items(schema: Mapping[str, Any]) -> bool:
    return "items" in schema or any(map(_has_items, schema.get("properties", {}).values()))


def answer_schema(definition: Mapping[str, Any]) -> Schema:
    """Return the schema of an answer, of which the validator judges alone: the same one for the same definition."""
    return _answer_schema(json.dumps(definition, sort_keys=True, default=str))


@lru_cache(maxsize=_REMEMBERED)
def _answer_schema(definition: str) -> Schema:
    return Schema(json.loads(definition), formats=None)


def _token(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def quote(value: Any) -> str:
    """Return a value as JSON, cut to a length that can be read; of an array or object only what it is."""
    if isinstance(value, (list, dict)):
        return "an array" if isinstance(value, list) else "an object"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


_WORDS = {
    "enum": "must be one of {options}, not {value}",
    "maximum": "must be at most {limit}, not {value}",
    "maxItems": "must have at most {limit} items",
    "maxProperties": "must have at most {limit} of its properties",
    "minimum": "must be at least {limit}, not {value}",
    "minItems": "must have at least {limit} items",
    "minLength": "must have at least {limit} characters",
    "minProperties": "must have at least {limit} of its properties",
    "pattern": "must match {pattern}, not {value}",
    "format": "must be an RFC 3339 date-time with an offset, such as 2026-01-31T09:00:00Z, not {value}",
    "type": "must be {types}, not {value}",
    "not": "must not be {unwanted}",
}


def _violations(error: jsonschema_rs.ValidationError, part: str, pointer: str) -> Iterator[Violation]:
    """Yield an error in the words of a person, at the very place that has to be mended."""
    name, kind = error.kind.name, error.kind.as_dict()
    if name == "required":
        yield Violation(part, f"{pointer}/{_token(kind['property'])}", "is required")
    elif name == "additionalProperties":
        for unexpected in kind["unexpected"]:
            yield Violation(part, f"{pointer}/{_token(unexpected)}", "is not a known property")
    elif name in _WORDS:
        said = {
            "options": ", ".join(map(quote, kind.get("options", ()))),
            "types": _one_of_types(kind.get("types", [])),
            "unwanted": kind["schema"].get("description", "what it is") if name == "not" else None,
            "value": quote(error.instance),
        }
        yield Violation(part, pointer, _WORDS[name].format(**{**kind, **said}))
    else:
        yield Violation(part, pointer, f"breaks {name}: {error.message[:200]}")


def _one_of_types(types: list[str]) -> str:
    named = [name for name in types if name != "null"] + [name for name in types if name == "null"]
    return " or ".join(name if name == "null" else f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for name in named)
