"""JSON written in parts, so that a large answer is never there whole."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson

from mock_server.values.rows import Rows
from mock_server.web.json import to_json

PART = 64 * 1024
"""About how many bytes a part has, one object more at most."""

_HERE = b"\0"
"""Where rows belong: no JSON text has this character in it as it is (RFC 8259, section 7)."""


def written(document: Any, texts: Callable[[Rows], Iterator[bytes]]) -> Iterator[bytes]:
    """Yield a document as JSON. `texts` yields that of each item of the rows in it, of which there may be some."""
    all_rows: list[Rows] = []

    def leave_room(value: Any) -> orjson.Fragment:
        if not isinstance(value, Rows):
            raise TypeError(f"{type(value).__name__} is not JSON")
        all_rows.append(value)
        return orjson.Fragment(_HERE)

    first, *following = to_json(document, default=leave_room).split(_HERE)
    yield first
    for rows, after in zip(all_rows, following, strict=True):
        yield from _array(texts(rows))
        yield after


def _array(items: Iterator[bytes]) -> Iterator[bytes]:
    opening = b"["
    gathered: list[bytes] = []
    size = 0
    for item in items:
        gathered.append(item)
        size += len(item)
        if size >= PART:
            yield opening + b",".join(gathered)
            opening, gathered, size = b",", [], 0
    if opening == b"[" or gathered:
        yield opening + b",".join(gathered)
    yield b"]"
