"""The files that come with the server."""

from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).parent

CONTROL = _PACKAGE / "control.yaml"
"""The spec of the control API."""


def bundled(name: str) -> Path:
    """Return the path of `spec` or `fixtures`: beside this package in a checkout, in it when installed."""
    installed = _PACKAGE / name
    return installed if installed.exists() else _PACKAGE.parent / name


def read_yaml(path: Path) -> Any:
    """Return the content of a YAML file that comes with the server."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is ten times as fast
    return yaml.load(path.read_bytes(), loader)  # noqa: S506
