"""What a body holds, in one media type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.docs.example import Example, examples
from mock_server.docs.shape import Shape, shape


@dataclass(frozen=True)
class Content:
    """A media type, and the form of what comes in it."""

    media_type: str
    shape: Shape
    examples: tuple[Example, ...]


def contents(spec: Mapping[str, Any], part: Mapping[str, Any], anchor: str) -> tuple[Content, ...]:
    """Return what a body or an answer may hold. Raises SpecError."""
    return tuple(
        Content(media_type, shape(spec, content.get("schema", {}), anchor), examples(spec, content))
        for media_type, content in part.get("content", {}).items()
    )
