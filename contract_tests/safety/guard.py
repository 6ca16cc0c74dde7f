"""The guard: which requests may leave. Everything is blocked that is not provably harmless to others.

It looks at the request exactly as it will leave: the prepared URL, headers and bytes, after every hook.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from requests import PreparedRequest

from .headers import OVERRIDE
from .ledger import Ledger

READING = frozenset({"GET", "HEAD"})

# Methods that are registered as safe (RFC 9110; https://www.iana.org/assignments/http-methods): a service that
# does not know them answers 405 or 501, one that does changes nothing.
SAFE = READING | {"OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH"}

# An `api_id` that is not the tail of person_api_id or package_api_id, however it is separated or written.
API_ID = re.compile(r"(?<!person_)(?<!package_)api[^a-z0-9]{0,3}id", re.IGNORECASE)

# Where one reader or another takes a path segment for two.
SPLIT = re.compile(r"[/\\%?#;\x01-\x1f]")


class Blocked(Exception):
    """A request that the guard blocked. It never left."""

    def __init__(self, method: str, target: str, reason: str) -> None:
        super().__init__(f"the guard blocked {method} {target}: {reason}")
        self.method = method
        self.target = target
        self.reason = reason


class Guard:
    """Lets only those requests through that can touch nothing but this run's own records."""

    def __init__(self, base_url: str, ledger: Ledger, *, read_only: bool = False) -> None:
        base = urlsplit(base_url)
        self._origin = _origin(base.scheme, base.hostname, base.port)
        self._netloc = base.netloc.rpartition("@")[2].lower()
        self._collection = base.path.rstrip("/") + ledger.collection
        head, _, tail = ledger.record.partition("{")
        self._before = base.path.rstrip("/") + head
        self._after = tail.partition("}")[2]
        self._ledger = ledger
        self._read_only = read_only
        prefix = re.escape(ledger.prefix)
        # At most a few odd characters before the prefix, for ids that are ours and malformed.
        self._in_path = re.compile(rf"[-_~]?{prefix}[^/\\%?#;\x00-\x1f]*")
        self._part = re.compile(rf"[^A-Za-z0-9]{{0,3}}{prefix}[^\x00]*")

    def check(self, request: PreparedRequest) -> None:
        """Raise Blocked unless the request may leave."""
        reason = self._reason(request)
        if reason:
            raise Blocked(str(request.method), str(request.url), reason)

    def _reason(self, request: PreparedRequest) -> str:
        method, url, body = request.method, request.url, request.body
        if not isinstance(method, str) or not isinstance(url, str):
            return "it has no method or no URL"
        if not re.fullmatch(r"[A-Z]{1,32}", method):
            return "its method is not a plain word in capitals"
        if body is not None and not isinstance(body, (str, bytes)):
            return "its body can't be read beforehand"
        raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body or b""
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        return (
            self._address_reason(url)
            or _header_reason(headers, self._netloc)
            or _query_reason(url)
            or self._method_reason(method, urlsplit(url).path, raw)
            or self._body_reason(raw, headers.get("content-type", ""))
        )

    def _address_reason(self, url: str) -> str:
        parts = urlsplit(url)
        try:
            origin = _origin(parts.scheme, parts.hostname, parts.port)
        except ValueError:
            return "its port is not a number"
        if origin != self._origin or "@" in parts.netloc or "\\" in parts.netloc:
            return "it goes to another host than the service under test"
        if parts.fragment or re.search(r"[\x00-\x20\x7f-\U0010ffff\\]", url):
            return "its URL is not plain ASCII"
        path = parts.path
        if path == self._collection:
            return ""
        segment = self._segment(path)
        if segment is None:
            return "its path is not one of the API's"
        if leads_elsewhere(segment):
            return "its path leads elsewhere"
        return ""

    def _segment(self, path: str) -> str | None:
        """The one segment, still encoded, that stands for the api_id; None for any other path."""
        if not path.startswith(self._before) or not path.endswith(self._after):
            return None
        segment = path[len(self._before) : len(path) - len(self._after)]
        return segment if segment and "/" not in segment else None

    def _method_reason(self, method: str, path: str, raw: bytes) -> str:
        if method in SAFE:
            if self._read_only and method not in READING:
                return "this run only reads"
            return "a body does not belong here" if raw else ""
        if self._read_only:
            return "this run only reads"
        if method == "POST":
            return "" if path == self._collection else "a POST may only go to the collection"
        segment = self._segment(path)
        if segment is None:
            return f"a {method} may only go to one record"
        api_id = unquote(segment, errors="replace")
        if self._in_path.fullmatch(api_id) or (api_id in self._ledger.records and self._wholly_ours(api_id)):
            return ""
        if not self._given(api_id):
            return "this run did not create that record"
        if method != "DELETE" and self._ledger.misplaced:
            return "the service loses records that are updated, and nobody could tell where this one is then"
        return ""

    def _wholly_ours(self, api_id: str) -> bool:
        """Whether each part of it lies under our prefix, however a reader may split it."""
        first, *others = SPLIT.split(_deeply_unquoted(api_id))
        return bool(first) and all(self._part.fullmatch(part) for part in (first, *others) if part)

    def _given(self, api_id: str) -> bool:
        """Whether the service gave this run exactly this id, and no reader can take it for two."""
        given = not self._ledger.chosen(api_id) and self._ledger.owns(api_id)
        return given and not re.search(r"[/\\%?#;\x00-\x1f]", api_id)

    def _body_reason(self, raw: bytes, content_type: str) -> str:
        if not raw:
            return ""
        try:
            # As servers do, this tells UTF-8, UTF-16 and UTF-32 apart.
            document = json.loads(raw, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError):
            document = None
            if self._hidden_in_text(raw):
                return "its body can't be parsed and may name a record that is not ours"
        if document is not None:
            reason = self._document_reason(document)
            if reason:
                return reason
        if "json" not in content_type.lower() and self._hidden_in_form(raw, parsed=document is not None):
            return "its body may name a record that is not ours to a lenient reader"
        return ""

    def _document_reason(self, document: Any) -> str:
        if isinstance(document, list) and any(isinstance(item, _Pairs) for item in document):
            return "its body holds several records"
        for key, value in _members(document):
            name = key.strip().lower()
            if name in ("_method", "method"):
                return "its body may change the method"
            if API_ID.fullmatch(name) and not self._ours(value):
                return "its body names a record that is not ours"
        return ""

    def _ours(self, value: Any) -> bool:
        if value is None or isinstance(value, bool) or value == "":
            return True
        if isinstance(value, str):
            # What could not be deleted again must not be made.
            return self._wholly_ours(value) or (self._given(value) and not self._ledger.misplaced)
        if isinstance(value, _Pairs):
            return all(self._ours(item) for _, item in value.items)
        if isinstance(value, list):
            return all(self._ours(item) for item in value)
        # A number may be taken for the text of it, which may be somebody's id. Only our own number is safe.
        return isinstance(value, int) and value == self._ledger.number

    def _hidden_in_text(self, raw: bytes) -> bool:
        text = raw.replace(b"\x00", b"").decode("latin-1")
        if "\\u" in text.lower() or "_method" in text.lower():
            return True
        return API_ID.search(unquote(text)) is not None

    def _hidden_in_form(self, raw: bytes, *, parsed: bool) -> bool:
        if not parsed:
            return False  # then the whole text was found free of any api_id already
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True)
        return any(
            (API_ID.fullmatch(key.strip()) is not None and not self._ours(value)) or key.strip() == "_method"
            for key, value in pairs
        )


class _Pairs:
    """A JSON object with every member, repeated names too."""

    def __init__(self, items: list[tuple[str, Any]]) -> None:
        self.items = items


def _members(document: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(document, _Pairs):
        for key, value in document.items:
            yield key, value
            yield from _members(value)
    elif isinstance(document, list):
        for item in document:
            yield from _members(item)


def _origin(scheme: str, host: str | None, port: int | None) -> tuple[str, str, int]:
    return scheme.lower(), (host or "").lower(), port or (443 if scheme.lower() == "https" else 80)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _header_reason(headers: Mapping[str, str], netloc: str) -> str:
    for name in headers:
        if OVERRIDE.search(name):
            return f"the header {name} may change what the request means"
    if headers.get("host", netloc).lower() != netloc:
        return "its Host header names another service"
    return ""


def _query_reason(url: str) -> str:
    for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if re.search(r"_method|method_|override", unquote(name), re.IGNORECASE) or name.lower() == "method":
            return f"the parameter {name} may change the method"
    return ""


def leads_elsewhere(segment: str) -> bool:
    """Whether some reader, who trims or decodes more than others, takes a segment of a path for none or a step up."""
    return _deeply_unquoted(segment).strip() in ("", ".", "..")


def _deeply_unquoted(segment: str) -> str:
    for _ in range(5):
        plain = unquote(segment)
        if plain == segment:
            break
        segment = plain
    return segment
