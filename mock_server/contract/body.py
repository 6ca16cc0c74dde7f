"""The body of a request: JSON, read strictly."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mock_server.contract.schema import Schema
from mock_server.values.repeated_names import refuse_repeated_names
from mock_server.values.violation import Violation, Violations
from mock_server.web.problem import Problem
from mock_server.web.request import Request

JSON = "application/json"


class BodyReading(NamedTuple):
    """The value of a body without the properties that the contract does not list, their names, and what is wrong.

    The value is None where anything is wrong.
    """

    value: Any
    unknown: list[str]
    violations: Violations


class Body:
    """What the body of an operation may be."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.required: bool = definition.get("required", False)
        self.media_types = list(definition["content"])
        schema = definition["content"][JSON]["schema"]
        self._schema = Schema(schema)
        # OpenAPI takes any property that a schema does not list, unless it says otherwise. Those are
        # dropped here, so that no handler ever sees one.
        closed = "additionalProperties" in schema
        self._properties = None if closed else frozenset(schema.get("properties", ())) or None
        required = schema.get("required", ())
        self.optional = [name for name in schema.get("properties", ()) if name not in required]

    def check(self, request: Request) -> None:
        """Raise Problem 415 unless a body with these Content-Type and Content-Encoding can be read."""
        content_type = request.header(b"content-type")
        if content_type is not None:
            self._check_media_type(content_type)
        content_encoding = request.header(b"content-encoding")
        # RFC 9110, section 15.5.16
        if content_encoding is not None and content_encoding.strip().lower() != "identity":
            raise Problem(415, f'The body must be sent without a Content-Encoding, not as "{content_encoding}".')

    def _check_media_type(self, content_type: str) -> None:
        if content_type == JSON:
            return
        media_type, _, parameters = content_type.partition(";")
        if media_type.strip().lower() not in self.media_types:
            raise Problem(415, f'The body must be {" or ".join(self.media_types)}, not "{content_type}".')
        for parameter in parameters.split(";"):
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "charset" and value.strip('"').lower() not in ("utf-8", "utf8"):
                # RFC 8259, section 8.1: JSON is UTF-8.
                raise Problem(415, f'The body must be in UTF-8, not in charset "{value}".')

    def read(self, request: Request) -> BodyReading:
        """Read the body of a request, whose content is there already. Raises Problem 415 where it has no media type."""
        content = request.body
        if not content:
            return _wrong("is required") if self.required else BodyReading(None, [], Violations())
        if request.header(b"content-type") is None:
            self._check_media_type("")
        try:
            value = orjson.loads(content)
            refuse_repeated_names(content)
        except ValueError as error:  # both raise kinds of it
            return _wrong(f"is not JSON: {error}")
        except RecursionError:
            return _wrong("is nested too deeply")
        violations = self._violations(value)
        if violations:
            return BodyReading(None, [], violations)
        if self._properties is None or not isinstance(value, dict) or self._properties.issuperset(value):
            return BodyReading(value, [], Violations())
        unknown = [name for name in value if name not in self._properties]
        return BodyReading(
            {name: member for name, member in value.items() if name in self._properties}, unknown, Violations()
        )

    def _violations(self, value: Any) -> Violations:
        try:
            return Violations() if self._schema.is_valid(value) else self._schema.violations("body", value)
        except ValueError:  # the validator's word for deeper than it looks
            return Violations([Violation("body", "", "is nested too deeply")])


def _wrong(detail: str) -> BodyReading:
    return BodyReading(None, [], Violations([Violation("body", "", detail)]))
