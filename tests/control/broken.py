"""Documents that break a schema, made from one that keeps to it."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml

from mock_server.bundled import CONTROL

SPEC: dict[str, Any] = yaml.safe_load(CONTROL.read_text("utf-8"))

WRONG: dict[str, list[Any]] = {
    "string": [None, 7, 1.5, True, [], {}],
    "integer": [None, "7", 1.5, True, [], {}],
    "number": [None, "7", True, [], {}],
    "boolean": [None, "true", 0, 1, [], {}],
    "array": [None, "a", 7, True, {}, {"0": {}}],
    "object": [None, "a", 7, True, [], [{}]],
}
"""Values of any type but this one, by type."""

NO_INSTANTS = ["", "soon", "2026-02-01", "2026-02-01T07:00:00", "2026-02-30T07:00:00Z", "10000-01-01T00:00:00Z", "\0"]


def resolve(node: Any, root: dict[str, Any] = SPEC) -> Any:
    """Return a part of a spec with all its references replaced by what they refer to."""
    if isinstance(node, list):
        return [resolve(item, root) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: resolve(child, root) for name, child in node.items()}
    target: Any = root
    for step in node["$ref"].split("/")[1:]:
        target = target[step.replace("~1", "/").replace("~0", "~")]
    return resolve(target, root)


def operations() -> dict[str, dict[str, Any]]:
    """Return the operations of the control API by operationId, each with its `method` and `path`."""
    return {
        operation["operationId"]: resolve(operation) | {"method": method.upper(), "path": path[1:]}
        for path, item in SPEC["paths"].items()
        for method, operation in item.items()
    }


def wrong_values(schema: dict[str, Any]) -> Iterator[Any]:
    """Yield values that this schema alone, not those of its members, refuses."""
    nullable = schema.get("nullable", False)
    yield from (value for value in WRONG[schema["type"]] if not (nullable and value is None))
    if schema.get("format") == "date-time":
        yield from NO_INSTANTS
    if "minLength" in schema:
        yield ""
    if "pattern" in schema:
        yield from ("", "\n", "?", "x" * 999 + "/")
    if "enum" in schema:
        yield {"boolean": False, "string": "never"}[schema["type"]]
    if "minimum" in schema:
        yield from (schema["minimum"] - 1, -(10**18))
    if "maximum" in schema:
        yield from (schema["maximum"] + 1, 10**18)
    if "maxItems" in schema:
        yield [{}] * (schema["maxItems"] + 1)
    if schema.get("minItems"):
        yield []


def breaks(schema: dict[str, Any], document: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield copies of a document that keeps to `schema`, each broken in one place, and a pointer to that."""
    for value in wrong_values(schema):
        yield pointer, value
    if isinstance(document, dict):
        if schema.get("additionalProperties") is False:
            yield f"{pointer}/colour~1~0", document | {"colour/~": "red"}
        for name in schema.get("required", ()):
            yield f"{pointer}/{name}", {key: value for key, value in document.items() if key != name}
        for name, value in document.items():
            for at, broken in breaks(schema["properties"][name], value, f"{pointer}/{name}"):
                yield at, document | {name: broken}
    if isinstance(document, list):
        for index, item in enumerate(document[:1]):
            for at, broken in breaks(schema["items"], item, f"{pointer}/{index}"):
                yield at, [broken, *document[1:]]


def place(document: Any, pointer: str) -> Any:
    """Return what stands at a JSON Pointer (RFC 6901). Raises LookupError where nothing does."""
    for step in pointer.split("/")[1:]:
        token = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and token.isdecimal():
            document = document[int(token)]
        elif isinstance(document, dict):
            document = document[token]
        else:
            raise LookupError(pointer)
    return document


def names_a_place(document: Any, pointer: str) -> bool:
    """Say whether something stands at `pointer`, or could: a member that an object does not have."""
    try:
        place(document, pointer)
    except LookupError:
        try:
            return isinstance(place(document, pointer.rpartition("/")[0]), dict)
        except LookupError:
            return False
    return True


def changed(document: Any, pointer: str, value: Any) -> Any:
    """Return a copy of a document with another value at a pointer."""
    copy = deepcopy(document)
    holder, key = _member(copy, pointer)
    holder[key] = value
    return copy


def without(document: Any, pointer: str) -> Any:
    """Return a copy of a document without what stands at a pointer, if anything does."""
    copy = deepcopy(document)
    holder, key = _member(copy, pointer)
    if isinstance(holder, list) or key in holder:
        del holder[key]
    return copy


def _member(document: Any, pointer: str) -> tuple[Any, Any]:
    """Return the array or object that a pointer leads into, and the index or name there."""
    above, _, token = pointer.rpartition("/")
    holder = place(document, above)
    return holder, int(token) if isinstance(holder, list) else token.replace("~1", "/").replace("~0", "~")
