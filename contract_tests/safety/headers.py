"""Which headers may be added to a request, and which would change what it means."""

from __future__ import annotations

import re

OVERRIDE = re.compile(r"method|override|original|rewrite|forwarded|content-encoding|transfer-encoding", re.IGNORECASE)
"""Some frameworks let these replace the method or the path of the request."""

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header (RFC 9110, 5.6.2)."""

FRAMING = frozenset({"host", "connection", "content-length", "content-type"})
"""What each request says of itself."""


def settable(name: str) -> bool:
    """Whether a header may be added to every request: one that tells how to read it may not."""
    return not OVERRIDE.search(name) and name.lower() not in FRAMING
