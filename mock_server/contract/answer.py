"""The answer of an operation that succeeds: how it is formed, checked and written."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from mock_server.contract.envelope import Envelope
from mock_server.contract.schema import Schema
from mock_server.organisation.errors import Violation
from mock_server.organisation.organisation import Page
from mock_server.organisation.shown import MOST, Shown
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
        self._whole = Texts(self._schema)
        around, record = (Schema(part, formats=None) for part in self._envelope.parts(definition))
        self._around, self._record = around, Texts(record)

    def response(self, result: Any, request: Request) -> Response:
        """Return a result as an answer. Raises AnswerInvalid."""
        if self._media_type is None:
            return Response(self.status)
        if type(result) is Shown:
            body: Any = self._whole[result]
        elif isinstance(result, Page):
            body = self._page(result, request)
        elif self._schema.is_valid(result):
            body = result
        else:
            raise AnswerInvalid(list(self.violations(result)))
        return Response(self.status, orjson.dumps(body), self._media_type)

    def violations(self, result: Any) -> Iterator[Violation]:
        """Yield where a result, already in its form, breaks the contract."""
        return self._schema.violations("body", result)

    def _page(self, page: Page, request: Request) -> Any:
        """Return a page ready to be written.

        It keeps to the schema if each record keeps to that of the records, and the page to all the rest.
        """
        body = self._envelope.wrap(page, request)
        try:
            if self._around.is_valid(body):
                texts = list(map(self._record.__getitem__, page.records))  # type: ignore[arg-type]  # see TypeError
                return self._envelope.with_records(body, texts)
        except AnswerInvalid:
            pass  # to be told with pointers into the whole page
        except TypeError:  # not all are shown records
            if self._schema.is_valid(body):
                return body
        raise AnswerInvalid(list(self.violations(body)))


class Texts(dict[Shown, orjson.Fragment]):
    """Shown records that keep to a schema, as JSON. As they never change, each is checked and written once."""

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, shown: Shown) -> orjson.Fragment:
        """Check and write one. Raises AnswerInvalid."""
        if not self._schema.is_valid(shown):
            raise AnswerInvalid(list(self._schema.violations("body", shown)))
        if len(self) >= MOST:
            self.clear()
        text = self[shown] = orjson.Fragment(orjson.dumps(shown))
        return text
