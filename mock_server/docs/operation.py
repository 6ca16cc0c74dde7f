"""The operations of an API."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api_spec.parameters import distinct
from api_spec.provenance import METHODS, Rule
from api_spec.references import followed
from mock_server.docs.answer import Answer, answers
from mock_server.docs.body import Body, body
from mock_server.docs.fact import Fact, facts
from mock_server.docs.parameter import Parameter, parameter
from mock_server.docs.provenance import KEYS, Provenance, provenance
from mock_server.docs.sample import Asking

_SHOWN = (
    *KEYS,
    *("operationId", "tags", "summary", "description", "parameters", "requestBody", "responses", "x-rules"),
)


@dataclass(frozen=True)
class Operation:
    """One operation with all that the spec says of it."""

    id: str
    method: str
    path: str
    tags: tuple[str, ...]
    summary: str
    description: str
    provenance: Provenance
    rules: tuple[Rule, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]


def operations(spec: Mapping[str, Any], rules: Sequence[Rule], url: str) -> Iterator[Operation]:
    """Yield the operations in the order of the file; examples ask a server at `url`. Raises SpecError."""
    for path, item in spec["paths"].items():
        for method, part in item.items():
            if method in METHODS:
                yield _operation(spec, rules, url, path, method.upper(), part, item)


def _operation(
    spec: Mapping[str, Any],
    rules: Sequence[Rule],
    url: str,
    path: str,
    method: str,
    part: Mapping[str, Any],
    item: Mapping[str, Any],
) -> Operation:
    name = part["operationId"]
    entries = distinct(followed(spec, entry) for own in (part, item) for entry in own.get("parameters", ()))
    parameters = tuple(parameter(spec, entry, f"{name}-parameter-{entry['name']}") for entry in entries)
    taken = body(spec, part.get("requestBody"), f"{name}-body")
    asking = Asking(url, method, path, parameters, taken)
    return Operation(
        id=name,
        method=method,
        path=path,
        tags=tuple(part.get("tags", ())),
        summary=part.get("summary", ""),
        description=part.get("description", ""),
        provenance=provenance(part),
        rules=tuple(rule for rule in rules if rule.operation == name),
        parameters=parameters,
        body=taken,
        answers=answers(spec, part["responses"], asking, name),
        facts=(*facts(part, _SHOWN), *facts(item, (*METHODS, "parameters"))),
    )
