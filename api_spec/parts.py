"""The parts of a spec that say where they come from, and where each stands.

A part is an object with `x-basis`: an operation, a parameter, a body, a response, a schema or a property.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from api_spec.file import SpecError
from api_spec.provenance import METHODS, Basis, line
from api_spec.references import dereferenced


class Kind(StrEnum):
    """What a part is, in OpenAPI's words."""

    OPERATION = "operation"
    PARAMETER = "parameter"
    BODY = "body"
    RESPONSE = "response"
    SCHEMA = "schema"
    PROPERTY = "property"


@dataclass(frozen=True)
class Assumption:
    """What is assumed about a part that is documented: one of its `x-assumptions`."""

    text: str
    """Without the words that say where to look."""
    rules: tuple[str, ...]
    """The ids of the rules that say it in full."""
    question: str
    """The id of the question that it answers, where no rule says it; empty otherwise."""


@dataclass(frozen=True)
class Part:
    """One part of the spec that says where it comes from."""

    pointer: str
    """Where it stands in the file, as a JSON Pointer (RFC 6901)."""
    kind: Kind
    name: str
    """operationId, name of the parameter, schema or property, or status; empty for a body."""
    at: tuple[str, ...]
    """The operationIds that it is used in, or the name of the schema that it is or stands in."""
    description: str
    basis: Basis
    source: str
    """The document's own words (documented), or the reason of the choice (assumed)."""
    question: str
    """The id of the question that it answers; empty where it is documented, or answers none."""
    assumptions: tuple[Assumption, ...]
    """What is assumed about it although it is documented."""


def parts(spec: Mapping[str, Any]) -> list[Part]:
    """Return every part, in the order of the file. `spec` has its references as they stand. Raises SpecError."""
    uses = list(_uses(spec))
    return [_part(way, node, uses) for way, node in _marked(spec, ())]


_Way = tuple[str, ...]
"""The keys and indexes that lead to a node."""

_DATA = ("example", "examples", "default", "enum")
"""Members that hold values, and no parts."""


def _marked(node: Any, way: _Way) -> Iterator[tuple[_Way, Mapping[str, Any]]]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _marked(item, (*way, str(index)))
    elif isinstance(node, Mapping):
        # Among the properties of a schema `x-basis` and `example` would be names like any other.
        named = way[-1:] == ("properties",)
        if "x-basis" in node and not named:
            yield way, node
        for key, value in node.items():
            if named or key not in _DATA:
                yield from _marked(value, (*way, str(key)))


@dataclass(frozen=True)
class _Use:
    """One part as one operation uses it."""

    way: _Way
    """To the part itself, where the operation refers to it."""
    kind: Kind
    name: str
    operation: str


def _uses(spec: Mapping[str, Any]) -> Iterator[_Use]:
    for path, item in spec["paths"].items():
        for method in (method for method in METHODS if method in item):
            yield from _uses_of(spec, item[method], ("paths", path, method))
            own = {parameter.get("name") for parameter in item[method].get("parameters", ())}
            for use in _parameters(spec, item, ("paths", path), item[method]["operationId"]):
                if use.name not in own:
                    yield use


def _uses_of(spec: Mapping[str, Any], operation: Mapping[str, Any], way: _Way) -> Iterator[_Use]:
    operation_id = operation["operationId"]
    yield _Use(way, Kind.OPERATION, operation_id, operation_id)
    yield from _parameters(spec, operation, way, operation_id)
    if "requestBody" in operation:
        yield _Use(_followed(operation["requestBody"], (*way, "requestBody")), Kind.BODY, "", operation_id)
    for status, response in operation["responses"].items():
        yield _Use(_followed(response, (*way, "responses", str(status))), Kind.RESPONSE, str(status), operation_id)


def _parameters(spec: Mapping[str, Any], owner: Mapping[str, Any], way: _Way, operation_id: str) -> Iterator[_Use]:
    for index, parameter in enumerate(owner.get("parameters", ())):
        there = _followed(parameter, (*way, "parameters", str(index)))
        yield _Use(there, Kind.PARAMETER, dereferenced(spec, parameter)["name"], operation_id)


def _followed(node: Mapping[str, Any], way: _Way) -> _Way:
    """The way to what a node refers to; its own where it refers to nothing."""
    reference: str = node.get("$ref", "")
    steps = reference.removeprefix("#/").split("/")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps) if reference else way


def _part(way: _Way, node: Mapping[str, Any], uses: Sequence[_Use]) -> Part:
    pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in way)
    try:
        basis = Basis(node["x-basis"])
        source = line(node["x-source" if basis is Basis.DOCUMENTED else "x-reason"])
        assumptions = tuple(_assumption(text) for text in node.get("x-assumptions", ()))
        description = line(node.get("description", ""))
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise SpecError(f"the part at {pointer} lacks its x-basis, x-source or x-reason") from exc
    kind, name, at = _standing(way, uses)
    return Part(pointer, kind, name, at, description, basis, source, node.get("x-question", ""), assumptions)


def _standing(way: _Way, uses: Sequence[_Use]) -> tuple[Kind, str, tuple[str, ...]]:
    """What a part is, what it is called, and where it stands."""
    here = [use for use in uses if use.way == way]
    if here:
        names = dict.fromkeys(use.name for use in here)
        return here[0].kind, ", ".join(names), tuple(use.operation for use in here)
    match way:
        case ("components", "schemas", schema):
            return Kind.SCHEMA, schema, (schema,)
        case ("components", "schemas", schema, *_, name):
            return Kind.PROPERTY, name, (schema,)
        case ("components", ("responses" | "parameters" | "requestBodies") as what, name):
            return _UNUSED[what], name, ()
    operations = [use for use in uses if use.kind is Kind.OPERATION and use.way == way[: len(use.way)]]
    return Kind.PROPERTY, way[-1], tuple(use.operation for use in operations)


_UNUSED = {"responses": Kind.RESPONSE, "parameters": Kind.PARAMETER, "requestBodies": Kind.BODY}
"""What a component is that no operation refers to."""

_POINTER = re.compile(r"[,;]? *see the (?:rules? (.+?)|question (.+?))\.?$")


def _assumption(text: str) -> Assumption:
    said = line(text)
    found = _POINTER.search(said)
    if found is None:
        return Assumption(said, (), "")
    rules, question = found[1] or "", found[2] or ""
    return Assumption(said[: found.start()] + ".", tuple(re.split(r",? and |, ", rules)) if rules else (), question)
