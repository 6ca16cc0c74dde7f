"""References within one document: `{"$ref": "#/components/schemas/TrainingRecord"}`."""

from collections.abc import Mapping
from typing import Any

from api_spec.file import SpecError


def dereferenced(document: Mapping[str, Any], node: Any = None) -> Any:
    """Return a copy of a document, or of one node of it, with every reference replaced by what it refers to.

    Raises SpecError where a reference leads nowhere, to another document, or back to itself.
    """
    return _followed(document, document if node is None else node, ())


def _followed(document: Mapping[str, Any], node: Any, way: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_followed(document, item, way) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: _followed(document, value, way) for key, value in node.items()}
    if reference in way:
        raise SpecError(f"{reference} refers back to itself")
    return _followed(document, _target(document, reference), (*way, reference))


def _target(document: Mapping[str, Any], reference: str) -> Any:
    """Return what a JSON Pointer in a URI fragment (RFC 6901, section 6) points at."""
    if not reference.startswith("#/"):
        raise SpecError(f"{reference} leads out of the document")
    node: Any = document
    for token in reference.removeprefix("#/").split("/"):
        name = token.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or name not in node:
            raise SpecError(f"{reference} leads nowhere")
        node = node[name]
    return node
