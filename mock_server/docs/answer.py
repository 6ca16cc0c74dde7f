"""The answers that an operation gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.references import followed
from mock_server.docs.content import Content, contents
from mock_server.docs.fact import Fact, facts
from mock_server.docs.link import Link, links
from mock_server.docs.parameter import Parameter, header
from mock_server.docs.provenance import KEYS, Provenance, provenance
from mock_server.docs.sample import Asking, Sample

_SHOWN = (*KEYS, "description", "headers", "content", "links")


@dataclass(frozen=True)
class Answer:
    """The answer of one status."""

    anchor: str
    status: str
    """Three digits, a range such as `4XX`, or `default`."""
    description: str
    provenance: Provenance
    headers: tuple[Parameter, ...]
    contents: tuple[Content, ...]
    links: tuple[Link, ...]
    samples: tuple[Sample, ...]
    facts: tuple[Fact, ...]


def answers(spec: Mapping[str, Any], responses: Mapping[str, Any], asking: Asking, anchor: str) -> tuple[Answer, ...]:
    """Return the answers of an operation; `anchor` is the operation's. Raises SpecError."""
    parts = {str(status): followed(spec, part) for status, part in responses.items()}
    found = {status: contents(spec, part, f"{anchor}-answer-{status}") for status, part in parts.items()}
    told = {example.name for several in found.values() for content in several for example in content.examples}
    silent = [name for name in asking.names() if name not in told]
    return tuple(
        _answer(spec, status, part, found[status], _samples(asking, status, found[status], silent), anchor)
        for status, part in parts.items()
    )


def _samples(asking: Asking, status: str, several: tuple[Content, ...], silent: list[str]) -> tuple[Sample, ...]:
    """Return the examples of one answer: a success without a body is that of every request that no answer names."""
    if several or not status.startswith("2"):
        return tuple(asking.sample(example.name, example) for content in several for example in content.examples)
    return tuple(asking.sample(name, None) for name in silent)


def _answer(
    spec: Mapping[str, Any],
    status: str,
    part: Mapping[str, Any],
    several: tuple[Content, ...],
    samples: tuple[Sample, ...],
    operation: str,
) -> Answer:
    anchor = f"{operation}-answer-{status}"
    return Answer(
        anchor=anchor,
        status=status,
        description=part.get("description", ""),
        provenance=provenance(part),
        headers=tuple(
            header(spec, name, entry, f"{anchor}-header-{name}") for name, entry in part.get("headers", {}).items()
        ),
        contents=several,
        links=links(spec, part),
        samples=samples,
        facts=facts(part, _SHOWN),
    )
