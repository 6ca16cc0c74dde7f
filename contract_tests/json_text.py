"""JSON as it comes over the wire."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any


class Missing:
    """The value of a text that is not JSON, and of a field that is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


def parse_json(raw: bytes, content_type: str = "") -> Any:
    """Return the JSON in `raw`, or MISSING. It is UTF-8, -16 or -32 (RFC 8259), or else as its Content-Type says."""
    try:
        return json.loads(raw)
    except UnicodeDecodeError:
        return _in_charset(raw, content_type)
    except (ValueError, RecursionError):
        return MISSING


def _in_charset(raw: bytes, content_type: str) -> Any:
    header = Message()
    header["Content-Type"] = content_type
    try:
        return json.loads(raw.decode(header.get_content_charset("utf-8")))
    except (ValueError, LookupError, RecursionError):
        return MISSING
