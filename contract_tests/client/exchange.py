"""Requests as they went, and what they were answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..json_text import parse_json
from ..spec import Operation, Spec
from .delivery import Sent


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
    failures: tuple[int | None, ...] = ()
    """The statuses of the same request when it was sent before: 5xx, or None where no answer came.

    After a deletion that was not answered, 404 to the next one may be its success.
    """

    @property
    def repeated(self) -> int:
        """How often it was sent again before this answer came."""
        return len(self.failures)

    @property
    def ok(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether it was answered with 4xx."""
        return self.status is not None and 400 <= self.status < 500

    @property
    def media_type(self) -> str:
        """Of the answer, without parameters, lower case; empty when it names none."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def text(self) -> str:
        """The answer as text, whatever its bytes are."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def answer(self) -> Any:
        """The answer's JSON; MISSING when it is not JSON."""
        return parse_json(self.content, self.headers.get("content-type", ""))

    @cached_property
    def body(self) -> Any:
        """The request's JSON; MISSING when it is not JSON."""
        return parse_json(self.sent)

    @property
    def server_clock(self) -> datetime | None:
        """The answer's Date, naive, in UTC; None when there is none that can be read."""
        try:
            return parsedate_to_datetime(self.headers["date"]).replace(tzinfo=None)
        except (KeyError, ValueError, TypeError):
            return None

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter; None when it was not sent."""
        return next((value for key, value in self.query if key == name), None)

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


def exchange_of(sent: Sent, spec: Spec, base_url: str) -> Exchange:
    """Return what went over the wire, as the spec sees it."""
    request, response = sent.request, sent.response
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
        before=sent.before,
        after=sent.after,
        failures=sent.failures,
    )
