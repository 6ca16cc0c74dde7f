"""The parameters of an operation, and the headers of an answer, which are told in the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed
from mock_server.docs.example import Example, examples
from mock_server.docs.fact import Fact, facts
from mock_server.docs.provenance import KEYS, Provenance, provenance
from mock_server.docs.shape import Shape, shape

_SHOWN = (*KEYS, "name", "in", "required", "description", "schema", "examples")


@dataclass(frozen=True)
class Parameter:
    """One parameter, or one header of an answer."""

    anchor: str
    name: str
    place: str
    """path, query, header or cookie."""
    required: bool
    description: str
    provenance: Provenance
    shape: Shape
    examples: tuple[Example, ...]
    facts: tuple[Fact, ...]


def parameter(spec: Mapping[str, Any], part: Mapping[str, Any], anchor: str) -> Parameter:
    """Return a parameter. Raises SpecError."""
    return _parameter(spec, part, part["name"], part["in"], anchor)


def header(spec: Mapping[str, Any], name: str, part: Mapping[str, Any], anchor: str) -> Parameter:
    """Return a header of an answer. Raises SpecError."""
    return _parameter(spec, followed(spec, part), name, "header", anchor)


def _parameter(spec: Mapping[str, Any], part: Mapping[str, Any], name: str, place: str, anchor: str) -> Parameter:
    return Parameter(
        anchor=anchor,
        name=name,
        place=place,
        required=part.get("required") is True,
        description=part.get("description", ""),
        provenance=provenance(part),
        shape=shape(spec, part.get("schema", {}), anchor),
        examples=examples(spec, part),
        facts=facts(part, _SHOWN),
    )
