"""The answer of an operation that succeeds: how it is formed, checked and written."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mock_server.contract.envelope import Envelope
from mock_server.contract.schema import Schema
from mock_server.organisation.errors import Violation
from mock_server.organisation.organisation import Page
from mock_server.organisation.shown import Shown
from mock_server.web.request import Request
from mock_server.web.response import Response


class AnswerInvalid(Exception):
    """What was to be answered breaks the contract; `violations` says where."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


class Answer:
    """What a request that succeeds is answered with: the first 2xx of the contract, in its first media type."""

    def __init__(self, responses: Mapping[str, Any]) -> None:
        status = min(status for status in responses if status.startswith("2"))
        self.status = int(status)
        content: Mapping[str, Any] = responses[status].get("content", {})
        self._media_type = next(iter(content), None)
        definition = content[self._media_type]["schema"] if self._media_type is not None else {}
        self.properties = frozenset(definition.get("properties", ()))
        self._schema = Schema(definition, formats=None)
        self._envelope = Envelope(definition)
        self._around, self._record = (Schema(part, formats=None) for part in self._envelope.parts(definition))

    def response(self, result: Any, request: Request) -> Response:
        """Return a result as an answer. Raises AnswerInvalid."""
        if self._media_type is None:
            return Response(self.status)
        body = self._page(result, request) if isinstance(result, Page) else _text(self._schema, result)
        return Response(self.status, orjson.dumps(body), self._media_type)

    def violations(self, result: Any) -> Iterator[Violation]:
        """Yield where a result, already in its form, breaks the contract."""
        return self._schema.violations("body", result)

    def _page(self, page: Page, request: Request) -> Any:
        """Return a page ready to be written.

        It keeps to the schema if each record keeps to that of the records, and the page to all the rest.
        """
        body, schema = self._envelope.wrap(page, request), self._record
        try:
            if self._around.is_valid(body):
                # Looked up here for what is known already, as for nearly all of a page.
                texts = [
                    (type(record) is Shown and record.texts.get(schema)) or _text(schema, record)
                    for record in page.records
                ]
                return self._envelope.with_records(body, texts)
        except AnswerInvalid:
            pass  # to be told with pointers into the whole page
        raise AnswerInvalid(list(self.violations(body)))


def _text(schema: Schema, value: Any) -> Any:
    """Return a value that keeps to the schema, ready to be written. Raises AnswerInvalid.

    A shown record never changes: it is checked and written once for each schema.
    """
    if type(value) is not Shown:
        _check(schema, value)
        return value
    text = value.texts.get(schema)
    if text is None:
        _check(schema, value)
        text = value.texts[schema] = orjson.Fragment(orjson.dumps(value))
    return text


def _check(schema: Schema, value: Any) -> None:
    if not schema.is_valid(value):
        raise AnswerInvalid(list(schema.violations("body", value)))
