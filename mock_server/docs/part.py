"""The parts of a spec that tell where they come from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mock_server.docs.answer import Answer
from mock_server.docs.operation import Operation
from mock_server.docs.parameter import Parameter
from mock_server.docs.provenance import Provenance
from mock_server.docs.shape import Shape


@dataclass(frozen=True)
class Part:
    """One part of the spec, where the page tells of it."""

    anchor: str
    kind: str
    """What it is, such as `answer`."""
    name: str
    """Its own name, such as the status; empty for a body."""
    whose: str
    """The operation or schema that it is of; empty for a schema itself."""
    description: str
    provenance: Provenance


def parts(operations: Sequence[Operation], schemas: Mapping[str, Shape]) -> Iterator[Part]:
    """Yield every part of these operations and schemas, but for rules and for operations themselves."""
    for operation in operations:
        yield from _of_operation(operation)
    for name, schema in schemas.items():
        yield Part(name, "schema", name, "", schema.description, schema.provenance)
        yield from _fields(schema, name)


def _of_operation(operation: Operation) -> Iterator[Part]:
    for parameter in operation.parameters:
        yield from _parameter(parameter, operation.id)
    body = operation.body
    if body is not None:
        yield Part(body.anchor, "body", "", operation.id, body.description, body.provenance)
        for content in body.contents:
            yield from _fields(content.shape, operation.id)
    for answer in operation.answers:
        yield from _of_answer(answer, operation.id)


def _of_answer(answer: Answer, operation: str) -> Iterator[Part]:
    yield Part(answer.anchor, "answer", answer.status, operation, answer.description, answer.provenance)
    for header in answer.headers:
        yield from _parameter(header, operation)
    for content in answer.contents:
        yield from _fields(content.shape, operation)


def _parameter(parameter: Parameter, operation: str) -> Iterator[Part]:
    kind = "header" if parameter.place == "header" else "parameter"
    yield Part(parameter.anchor, kind, parameter.name, operation, parameter.description, parameter.provenance)
    yield from _fields(parameter.shape, operation)


def _fields(shape: Shape, whose: str) -> Iterator[Part]:
    for field in shape.all_fields():
        if not field.shape.name:  # what a schema with a name says is told at that schema
            yield Part(field.anchor, "field", field.name, whose, field.shape.description, field.shape.provenance)
