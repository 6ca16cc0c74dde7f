"""What a schema says of a value, and of the fields that it has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed
from mock_server.docs.fact import Fact, facts, written
from mock_server.docs.provenance import KEYS, Provenance, provenance

SCHEMAS = "#/components/schemas/"

_SHOWN = (*KEYS, "title", "type", "format", "nullable", "description", "example", "properties", "required", "items")


@dataclass(frozen=True)
class Shape:
    """A schema. Where it has a `name` of its own, its fields are told at that name alone."""

    name: str
    title: str
    type: str
    """Type and format in words; those of an array end in "of", where `items` go on."""
    nullable: bool
    items: "Shape | None"
    description: str
    facts: tuple[Fact, ...]
    """What else holds for the value, such as its bounds."""
    example: str
    provenance: Provenance
    fields: tuple["Field", ...]

    def all_fields(self) -> Iterator["Field"]:
        """Yield its fields, those of fields without a name of their own among them."""
        for field in self.fields:
            yield field
            yield from field.shape.all_fields()
        if self.items is not None:
            yield from self.items.all_fields()


@dataclass(frozen=True)
class Field:
    """A member of an object."""

    anchor: str
    name: str
    required: bool
    shape: Shape


def shape(spec: Mapping[str, Any], schema: Mapping[str, Any], anchor: str) -> Shape:
    """Return what a schema says; `anchor` is that of the place where it stands. Raises SpecError."""
    return _shape(spec, followed(spec, schema), anchor, schema.get("$ref", "").removeprefix(SCHEMAS))


def named_shape(spec: Mapping[str, Any], name: str) -> Shape:
    """Return what one of the spec's schemas says, with its fields. Raises SpecError."""
    return _shape(spec, followed(spec, spec["components"]["schemas"][name]), name, "")


def _shape(spec: Mapping[str, Any], schema: Mapping[str, Any], anchor: str, name: str) -> Shape:
    items = schema.get("items")
    return Shape(
        name=name,
        title=schema.get("title", ""),
        type=_type(schema),
        nullable=schema.get("nullable") is True,
        items=None if items is None else shape(spec, items, anchor),
        description=schema.get("description", ""),
        facts=facts(schema, _SHOWN),
        example=written(schema["example"]) if "example" in schema else "",
        provenance=provenance(schema),
        fields=() if name else tuple(_fields(spec, schema, anchor)),
    )


def _fields(spec: Mapping[str, Any], schema: Mapping[str, Any], anchor: str) -> Iterator[Field]:
    needed = schema.get("required", ())
    for name, value in schema.get("properties", {}).items():
        place = f"{anchor}.{name}"
        yield Field(place, name, name in needed, shape(spec, value, place))


def _type(schema: Mapping[str, Any]) -> str:
    kind = str(schema.get("type", "any"))
    if "format" in schema:
        return f"{kind} ({schema['format']})"
    return "array of" if kind == "array" and "items" in schema else kind
