"""A part of a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.values.rows import Rows


@dataclass(slots=True)
class Page:
    """Some of the objects that match, `count` of all that do, and the window that was asked for.

    `offset` counts from 0; `limit` and `search` are None where the request had none.
    """

    items: Sequence[Mapping[str, Any]] | Rows
    count: int
    search: str | None
    limit: int | None
    offset: int
