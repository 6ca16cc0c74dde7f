"""Where an answer leads on to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed
from mock_server.docs.fact import Fact, facts

_SHOWN = ("operationId", "description", "parameters")


@dataclass(frozen=True)
class Link:
    """A link of OpenAPI: the operation to go on with, and what it takes from the answer."""

    name: str
    operation: str
    """operationId; empty where the link names none."""
    description: str
    parameters: tuple[Fact, ...]
    facts: tuple[Fact, ...]


def links(spec: Mapping[str, Any], answer: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return the links of an answer. Raises SpecError."""
    named = {name: followed(spec, part) for name, part in answer.get("links", {}).items()}
    return tuple(
        Link(
            name=name,
            operation=part.get("operationId", ""),
            description=part.get("description", ""),
            parameters=facts(part.get("parameters", {}), ()),
            facts=facts(part, _SHOWN),
        )
        for name, part in named.items()
    )
