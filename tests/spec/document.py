"""The document that the spec was written from, and where the spec says so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
SPEC: dict[str, Any] = yaml.safe_load((HERE.parents[1] / "spec" / "openapi.yaml").read_text("utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")


def plain(text: str) -> str:
    """Return a text with every stretch of white space as one space."""
    return " ".join(text.split())


DOCUMENT = plain((HERE / "training-record-api.txt").read_text("utf-8"))


def in_document(quotation: str) -> bool:
    """Say whether these are the document's own words, `...` standing for words left out."""
    pattern = ".*?".join(re.escape(part.strip()) for part in plain(quotation).split("..."))
    return re.search(pattern, DOCUMENT) is not None


def operations() -> dict[str, dict[str, Any]]:
    """Return the operations by operationId."""
    return {item[m]["operationId"]: item[m] for item in SPEC["paths"].values() for m in METHODS if m in item}


def walk(node: Any = SPEC, pointer: str = "#") -> Iterator[tuple[str, Any]]:
    """Yield every value of the spec with its JSON Pointer."""
    yield pointer, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from walk(child, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference refers to, or the node itself if it is none."""
    while "$ref" in node:
        pointer: str = node["$ref"]
        node = SPEC
        for step in pointer.split("/")[1:]:
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def rules() -> list[dict[str, Any]]:
    """Return every rule, of the API and of its operations."""
    return [rule for pointer, node in walk() if pointer.endswith("/x-rules") for rule in node]
