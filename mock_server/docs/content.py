"""What a body holds, in one media type."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.docs.example import Example, examples
from mock_server.docs.fact import Fact, facts
from mock_server.docs.shape import Shape, shape


@dataclass(frozen=True)
class Content:
    """A media type, and the form of what comes in it."""

    media_type: str
    shape: Shape
    examples: tuple[Example, ...]
    facts: tuple[Fact, ...]


def contents(spec: Mapping[str, Any], part: Mapping[str, Any], anchor: str) -> tuple[Content, ...]:
    """Return what a body or an answer may hold. Raises SpecError."""
    return tuple(
        Content(
            media_type=media_type,
            shape=shape(spec, content.get("schema", {}), anchor),
            examples=examples(spec, content),
            facts=facts(content, ("schema", "examples")),
        )
        for media_type, content in part.get("content", {}).items()
    )
