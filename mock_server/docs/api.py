"""A whole spec as the page tells it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api_spec.provenance import Rule, rules
from mock_server.docs.credit import Credit, credits_of
from mock_server.docs.fact import Fact, facts
from mock_server.docs.operation import Operation, operations
from mock_server.docs.part import parts
from mock_server.docs.question import Question, questions
from mock_server.docs.shape import Shape, named_shape

_SHOWN = ("openapi", "info", "servers", "tags", "x-rules", "paths", "components", "x-questions")
_INFO_SHOWN = ("title", "version", "description", "contact", "license")
# They stand on the page wherever they are used.
_COMPONENTS_SHOWN = ("schemas", "responses", "parameters", "examples", "requestBodies", "headers", "links")


@dataclass(frozen=True)
class Api:
    """All that a spec says."""

    title: str
    version: str
    openapi: str
    description: str
    credits: tuple[Credit, ...]
    facts: tuple[Fact, ...]
    tags: Mapping[str, str]
    """What the spec says of each tag."""
    rules: tuple[Rule, ...]
    """Every rule, those of the operations among them."""
    operations: tuple[Operation, ...]
    schemas: Mapping[str, Shape]
    questions: Mapping[str, Question]

    @property
    def shared_rules(self) -> tuple[Rule, ...]:
        """The rules of the whole API."""
        return tuple(rule for rule in self.rules if not rule.operation)


def api(spec: Mapping[str, Any], url: str) -> Api:
    """Return a spec, its references as they stand, as the page tells it. Raises SpecError.

    Examples ask a server at `url`, which has no slash at its end.
    """
    info = spec["info"]
    every = tuple(rules(spec))
    told = tuple(operations(spec, every, url))
    schemas = {name: named_shape(spec, name) for name in spec.get("components", {}).get("schemas", {})}
    return Api(
        title=info["title"],
        version=info["version"],
        openapi=spec["openapi"],
        description=info.get("description", ""),
        credits=credits_of(info),
        facts=tuple(_facts(spec)),
        tags={tag["name"]: tag.get("description", "") for tag in spec.get("tags", ())},
        rules=every,
        operations=told,
        schemas=schemas,
        questions={question.asked.id: question for question in questions(spec, every, tuple(parts(told, schemas)))},
    )


def _facts(spec: Mapping[str, Any]) -> Iterator[Fact]:
    for server in spec.get("servers", ()):
        yield Fact("server", server["url"], server.get("description", ""))
    yield from facts(spec, _SHOWN)
    yield from facts(spec["info"], _INFO_SHOWN)
    yield from facts(spec.get("components", {}), _COMPONENTS_SHOWN)
