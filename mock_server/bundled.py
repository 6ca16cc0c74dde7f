"""The files that come with the server."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """Return the path of `spec` or `fixtures`: beside this package in a checkout, in it when installed."""
    installed = _PACKAGE / name
    return installed if installed.exists() else _PACKAGE.parent / name
