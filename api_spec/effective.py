"""The effective spec: the file with overlays applied."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api_spec.file import SPEC, SpecError, read_yaml
from api_spec.overlay import apply_overlay, load_overlay


def read_spec(overlays: Sequence[Path] = (), file: Path = SPEC) -> dict[str, Any]:
    """Return the effective spec: an OpenAPI document, its references as they stand. Raises SpecError.

    Overlays are files in the form of OpenAPI Overlay 1.0, applied in this order.
    """
    document: dict[str, Any] = read_yaml(file)
    if not isinstance(document, dict):
        raise SpecError(f"{file} is not an OpenAPI document: it holds no object")
    for path in overlays:
        document = apply_overlay(document, load_overlay(path), str(path))
    return document
