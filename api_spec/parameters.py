"""The parameters of an operation: its own, and those that its path item shares among its operations."""

from collections.abc import Iterable
from typing import Any


def distinct(parameters: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each parameter once, the first of each place and name.

    Given an operation's own ones before those of its path item, this is what holds for the operation: an own parameter
    overrides a shared one (OpenAPI 3.0.3, Path Item Object, "parameters").
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for parameter in parameters:
        found.setdefault((parameter["in"], parameter["name"]), parameter)
    return [*found.values()]
