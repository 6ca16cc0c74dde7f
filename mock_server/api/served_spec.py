"""A spec as it holds at the address that it was asked for."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request as Page


def at_address(spec: Mapping[str, Any], base_path: str, page: Page) -> dict[str, Any]:
    """Return the spec with the server that it was asked of, the organisation's path included."""
    return {**spec, "servers": [{"url": page.scope["root_path"] + base_path or "/"}]}
