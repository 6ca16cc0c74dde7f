"""The files that come with the server."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from api_spec.file import bundled, read_yaml

_PACKAGE = Path(__file__).resolve().parent

CONTROL = _PACKAGE / "control.yaml"
"""The file with the spec of the control API."""

FIXTURES = bundled(_PACKAGE, "fixtures")
"""The folder of the scenarios."""


@cache
def control_spec() -> Mapping[str, Any]:
    """Return the spec of the control API, its references as they stand. It is read once."""
    spec: Mapping[str, Any] = read_yaml(CONTROL)
    return spec
