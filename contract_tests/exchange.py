"""Requests as they are meant (steps, with symbolic ids) and as they went (exchanges)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from requests import PreparedRequest, Response

from .spec import Operation, Spec

WALK = "WALK"

TOKEN = re.compile(r"<<([a-z]+(?::\d+)?)>>")


class Missing:
    """The value of an answer that is no JSON, and of a field that is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


@dataclass(frozen=True)
class Step:
    """One request, with `<<symbols>>` for whatever differs between runs and services.

    The method WALK means: read the whole list page by page; the target then carries at most a search.
    """

    method: str
    target: str
    """Path and query below the base URL; everything but symbols is percent-encoded already."""
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    names: str = ""
    """The symbol that the api_id of the answer gets, e.g. `made:1`."""


@dataclass
class Symbols:
    """What the symbols of one scenario stand for."""

    values: dict[str, str]

    def lack_any(self, text: str) -> bool:
        """Whether a symbol stands in the text that is not known, as its step was left out or failed."""
        return any(match[1] not in self.values for match in TOKEN.finditer(text))

    def in_target(self, text: str) -> str:
        return self._replace(text, lambda value: quote(value, safe="~"))

    def in_body(self, text: str) -> str:
        return self._replace(text, lambda value: json.dumps(value)[1:-1])

    def plain(self, text: str) -> str:
        return self._replace(text, str)

    def _replace(self, text: str, encode: Callable[[str], str]) -> str:
        return TOKEN.sub(lambda match: encode(self.values.get(match[1], match[0])), text)

    def symbolic(self, text: str) -> str:
        """The text with symbols for whatever of their values stands in it, longest value first."""
        for name, value in sorted(self.values.items(), key=lambda item: -len(item[1])):
            if name == "run" or text == value:
                text = text.replace(value, f"<<{name}>>")
        return text

    def symbolic_json(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.symbolic(value)
        if isinstance(value, int) and not isinstance(value, bool) and str(value) == self.values.get("number"):
            return value
        if isinstance(value, dict):
            return {key: self.symbolic_json(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.symbolic_json(item) for item in value]
        return value


@dataclass(frozen=True)
class Exchange:
    """One request that left, and the answer that came."""

    method: str
    url: str
    path: str
    """Below the base URL, still encoded."""
    api_id: str | None
    """Of the record that the path names, decoded; None for the collection."""
    query: tuple[tuple[str, str], ...]
    request_headers: Mapping[str, str]
    sent: bytes
    operation: Operation | None
    """None when the method is not one that the spec lists for this path."""
    template: str
    """The path as in the spec."""
    status: int | None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    before: datetime | None = None
    """The local clock when it was sent, UTC."""
    after: datetime | None = None

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        return self.status is not None and 400 <= self.status < 500

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @cached_property
    def answer(self) -> Any:
        """The answer's JSON; MISSING when it is none."""
        return parse_json(self.content)

    @cached_property
    def body(self) -> Any:
        """The request's JSON; MISSING when it is none."""
        return parse_json(self.sent)

    @property
    def server_clock(self) -> datetime | None:
        try:
            return parsedate_to_datetime(self.headers["date"]).replace(tzinfo=None)
        except (KeyError, ValueError, TypeError):
            return None

    def parameter(self, name: str) -> str | None:
        return next((value for key, value in self.query if key == name), None)

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


def parse_json(raw: bytes) -> Any:
    """Return the JSON in `raw`, or MISSING."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return MISSING


def exchange_of(
    request: PreparedRequest, response: Response | None, spec: Spec, base_url: str, before: datetime, after: datetime
) -> Exchange:
    """Return what went over the wire, as the spec sees it."""
    parts = urlsplit(str(request.url))
    path = parts.path.removeprefix(urlsplit(base_url).path.rstrip("/"))
    head, _, rest = spec.record.partition("{")
    tail = rest.partition("}")[2]
    api_id = None
    template = spec.collection
    if path != spec.collection:
        template = spec.record
        api_id = unquote(path[len(head) : len(path) - len(tail)], errors="replace")
    body = request.body
    return Exchange(
        method=str(request.method),
        url=str(request.url),
        path=path,
        api_id=api_id,
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
        request_headers={name.lower(): str(value) for name, value in request.headers.items()},
        sent=body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body or b"",
        operation=spec.operation(str(request.method), template),
        template=template,
        status=None if response is None else response.status_code,
        headers={} if response is None else {name.lower(): value for name, value in response.headers.items()},
        content=b"" if response is None else response.content,
        before=before,
        after=after,
    )


@dataclass(frozen=True)
class Walk:
    """The whole list, read page by page: by the service's own page size first, then at every next offset."""

    search: str | None
    records: tuple[Mapping[str, Any], ...]
    pages: int
    """How many pages held records."""
    complete: bool
    """Whether every page was answered with a list."""
    overlap: bool = False
    """Whether the last page, which should have been empty, held records that earlier pages had shown."""
    ended: bool = False
    """Whether it was read until an empty page came, so that there is no more of it for sure."""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(str(record.get("api_id")) for record in self.records)

    def same(self, other: Walk) -> bool:
        return self.records == other.records


def quoted(text: str) -> str:
    """Percent-encode for a target, leaving symbols alone."""
    parts: list[str] = []
    end = 0
    for match in TOKEN.finditer(text):
        parts += [quote(text[end : match.start()], safe="~"), match[0]]
        end = match.end()
    return "".join([*parts, quote(text[end:], safe="~")])


def query(parameters: Sequence[tuple[str, str]]) -> str:
    """A query string with its question mark; empty without parameters."""
    return "?" + "&".join(f"{quoted(name)}={quoted(value)}" for name, value in parameters) if parameters else ""
