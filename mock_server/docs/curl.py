"""Requests as lines for a shell."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote


def query(pairs: Sequence[tuple[str, Any]]) -> str:
    """Return the query string of these values with its question mark, or nothing where there are none."""
    parts = [f"{quote(name)}={quote(text(item))}" for name, value in pairs for item in _items(value)]
    return "?" + "&".join(parts) if parts else ""


def line(method: str, url: str, headers: Sequence[tuple[str, str]], body: str | None) -> str:
    """Return a request as one command of a POSIX shell."""
    parts = [f"curl {_quoted(url)}" if method == "GET" else f"curl -X {method} {_quoted(url)}"]
    parts += [f"-H {_quoted(f'{name}: {value}')}" for name, value in headers]
    if body is not None:
        parts.append(f"-d {_quoted(body)}")
    return " ".join(parts)


def text(value: Any) -> str:
    """Return a value as it stands in an address: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _quoted(word: str) -> str:
    """Return a word as a POSIX shell takes it, whatever is in it."""
    return "'" + word.replace("'", "'\\''") + "'"
