"""The body that an operation takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed
from mock_server.docs.content import Content, contents
from mock_server.docs.fact import Fact, facts
from mock_server.docs.provenance import KEYS, Provenance, provenance

_SHOWN = (*KEYS, "required", "description", "content")


@dataclass(frozen=True)
class Body:
    """The body of a request."""

    anchor: str
    required: bool
    description: str
    provenance: Provenance
    contents: tuple[Content, ...]
    facts: tuple[Fact, ...]


def body(spec: Mapping[str, Any], part: Mapping[str, Any] | None, anchor: str) -> Body | None:
    """Return the body that an operation takes, or None where it takes none. Raises SpecError."""
    if part is None:
        return None
    part = followed(spec, part)
    return Body(
        anchor=anchor,
        required=part.get("required") is True,
        description=part.get("description", ""),
        provenance=provenance(part),
        contents=contents(spec, part, anchor),
        facts=facts(part, _SHOWN),
    )
