"""JSON laid out on lines of its own, without reading it: every value stays as it was sent, however odd or cut short."""

from __future__ import annotations

import re
from collections.abc import Iterator

DEEPEST = 12
"""Below this everything stays on one line; an answer of 1,000 brackets must not become a page of blanks."""

_WORD = re.compile(r'"(?:\\.|[^"\\])*"?|[\[\]{},:]|[^"\[\]{},:]+', re.DOTALL)


def laid_out(text: str) -> str:
    """Return JSON with each member on a line of its own; text that does not look like JSON as it is."""
    if not text.lstrip().startswith(("{", "[")):
        return text
    words = (word.strip() for word in _WORD.findall(text))
    return "".join(_lines([word for word in words if word]))


def _lines(words: list[str]) -> Iterator[str]:
    depth = 0
    before = ""
    for word in words:
        if word in ("}", "]"):
            depth -= 1
            if before not in ("{", "["):
                yield _newline(depth)
        elif before in ("{", "[", ","):
            yield _newline(depth)
        yield ": " if word == ":" else word
        depth += word in ("{", "[")
        before = word


def _newline(depth: int) -> str:
    return "\n" + "  " * max(0, depth) if depth <= DEEPEST else ""
