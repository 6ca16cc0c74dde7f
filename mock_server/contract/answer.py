"""The answer of an operation that succeeds: how it is formed, checked and written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from mock_server.contract.envelope import Envelope
from mock_server.contract.schema import Schema, answer_schema
from mock_server.contract.writing import written
from mock_server.values.frozen import Checked, FrozenObject
from mock_server.values.page import Page
from mock_server.values.rows import Rows
from mock_server.values.violation import Violations
from mock_server.web.json import to_json
from mock_server.web.request import Request
from mock_server.web.response import Response


class AnswerInvalid(Exception):
    """What was to be answered breaks the contract; `violations` says where."""

    def __init__(self, violations: Violations) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


WHOLE = 256 * 1024
"""An answer of fewer bytes is sent whole, and a larger one in parts."""


class Answer:
    """What a request that succeeds is answered with: the first 2xx of the contract, in its first media type."""

    def __init__(self, responses: Mapping[str, Any]) -> None:
        status = min(status for status in responses if status.startswith("2"))
        self.status = int(status)
        content: Mapping[str, Any] = responses[status].get("content", {})
        self._media_type = next(iter(content), None)
        definition = content[self._media_type]["schema"] if self._media_type is not None else {}
        self.properties = frozenset(definition.get("properties", ()))
        self._schema = answer_schema(definition)
        self._envelope = Envelope(definition)
        self._around, self._item = map(answer_schema, self._envelope.parts(definition))
        self._row = {name: answer_schema(array["items"]) for name, array in _arrays(definition)}

    def response(self, result: Any, request: Request) -> Response:
        """Return a result as an answer; what is too large to be written at once is left to be written in parts.

        Raises AnswerInvalid, and so may its parts.
        """
        if self._media_type is None:
            return Response(self.status)
        if isinstance(result, Page):
            document = self._envelope.wrap(result, request)
            if not isinstance(result.items, Rows):
                return Response(self.status, to_json(self._page(result, document)), self._media_type)
            return self._in_parts(document, _rows(document), request)
        # What never changes has no rows in it, and needs no look.
        rows = {} if isinstance(result, FrozenObject) else _rows(result)
        if rows:
            return self._in_parts(result, rows, request)
        return Response(self.status, _checked(result, self._schema)[2], self._media_type)

    def violations(self, result: Any) -> Violations:
        """Return where a result, already in its form, breaks the contract."""
        return self._schema.violations("body", result)

    def _page(self, page: Page, body: Any) -> Any:
        """Return a page ready to be written.

        It keeps to the schema if each of its items keeps to that of the items, and the page to all the rest.
        """
        if self._around.is_valid(body):
            try:
                return self._envelope.with_items(body, [_checked(item, self._item)[1] for item in page.items])
            except AnswerInvalid:
                pass  # to be told with pointers into the whole page
        raise AnswerInvalid(self.violations(body))

    def _in_parts(self, document: Any, rows: Mapping[int, str], request: Request) -> Response:
        """Return the answer that holds these rows, whole if it turns out to be small."""
        _check(_hollow(document), self._around)
        parts = written(document, lambda of: _texts(of, self._row.get(rows[id(of)])))
        first: list[bytes] = []
        size = 0
        for part in parts:
            first.append(part)
            size += len(part)
            if size >= WHOLE and request.takes_parts:
                rest = iter(()) if request.method == "HEAD" else parts
                return Response(self.status, b"".join(first), self._media_type, rest=rest)
        return Response(self.status, b"".join(first), self._media_type)


def _arrays(definition: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the arrays of an answer by name: its own properties, or itself, without a name."""
    members = {"": definition, **definition.get("properties", {})}
    return ((name, schema) for name, schema in members.items() if "items" in schema)


def _rows(document: Any, name: str = "") -> dict[int, str]:
    """Return the identity of all rows in a document, with the names that they stand under."""
    if isinstance(document, Rows):
        return {id(document): name}
    if type(document) is not dict:
        return {}
    found: dict[int, str] = {}
    for key, member in document.items():
        found |= _rows(member, key)
    return found


def _hollow(document: Any) -> Any:
    """Return a document without its rows."""
    if isinstance(document, Rows):
        return []
    if type(document) is not dict:
        return document
    return {name: _hollow(member) for name, member in document.items()}


def _texts(items: Iterable[Any], schema: Schema | None) -> Iterator[bytes]:
    """Return the JSON of each of these items, which keep to the schema if there is one. Raises AnswerInvalid."""
    return map(to_json, items) if schema is None else (_checked(item, schema)[2] for item in items)


def _check(item: Any, schema: Schema) -> None:
    if not schema.is_valid(item):
        raise AnswerInvalid(schema.violations("body", item))


def _checked(item: Any, schema: Schema) -> Checked:
    """Return a value that keeps to a schema as it is to be written. Raises AnswerInvalid.

    With an object that never changes it is remembered. It makes a page of 20 a quarter faster, and a list of 10,000
    six times as fast (benchmarks/throughput.py).
    """
    known: Checked | None = getattr(item, "checked", None)
    if known and known[0] is schema:
        return known
    _check(item, schema)
    text = to_json(item)
    checked = schema, orjson.Fragment(text), text
    if isinstance(item, FrozenObject):
        item.checked = checked
    return checked
