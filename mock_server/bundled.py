"""The files that come with the server."""

from pathlib import Path

from api_spec.file import bundled

_PACKAGE = Path(__file__).resolve().parent

CONTROL = _PACKAGE / "control.yaml"
"""The spec of the control API."""

FIXTURES = bundled(_PACKAGE, "fixtures")
"""The folder of the scenarios."""
