"""What a request deserves: is it valid by the spec, and does it fit the data as far as they are known?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..client.exchange import Exchange
from ..instants import parse_instant, read_instant
from ..json_text import MISSING
from ..spec import Spec
from .expectations import Expectations
from .model import DATES, Model


class Fate(Enum):
    """What must become of a request."""

    ACCEPTED = "accepted"
    INVALID = "400"
    UNKNOWN = "404"
    CONFLICT = "409"
    MEDIA_TYPE = "415"
    OPEN = "open"
    """Nothing can be said beforehand."""


@dataclass(frozen=True)
class Expected:
    """The fate of a request and the rule that says so."""

    fate: Fate
    rule: str = ""


PLAIN_DATE = "2020-01-01T00:00:00Z"

OPEN = Expected(Fate.OPEN)
ACCEPTED = Expected(Fate.ACCEPTED, "valid-request-is-accepted")
INVALID = Expected(Fate.INVALID, "invalid-request-is-400")
ILL_FORMED = Expected(Fate.INVALID, "api-id-form")
UNKNOWN_RECORD = Expected(Fate.UNKNOWN, "unknown-record-is-404")


class RequestJudge:
    """Says of a request what must become of it, from the spec and the model alone."""

    def __init__(self, spec: Spec, model: Model, expectations: Expectations) -> None:
        self._model = model
        self._expectations = expectations
        pattern = spec.record_schema["properties"]["api_id"].get("pattern", "")
        self._form = re.compile(pattern)

    def of_address(self, exchange: Exchange) -> Expected:
        """For a request that names a record: does it exist?"""
        api_id = exchange.api_id or ""
        if not self._form.search(api_id) or api_id.endswith("\n"):
            return ILL_FORMED
        if api_id in self._model.records:
            return ACCEPTED
        if api_id in self._model.gone or self._expectations.prefix in api_id:
            return UNKNOWN_RECORD
        return OPEN

    def of_write(self, exchange: Exchange) -> Expected:
        """For a POST, PUT or PATCH."""
        address = self.of_address(exchange) if exchange.api_id is not None else ACCEPTED
        body = self._of_body(exchange)
        if address.fate is Fate.INVALID:
            # Which of two errors is named first is the service's own affair.
            return address if body.fate is not Fate.MEDIA_TYPE else OPEN
        if body.fate in (Fate.MEDIA_TYPE, Fate.INVALID) or address.fate is not Fate.ACCEPTED:
            return body if address.fate is Fate.ACCEPTED or body.fate is Fate.INVALID else self._both(address, body)
        return body

    def _both(self, address: Expected, body: Expected) -> Expected:
        return address if body.fate in (Fate.ACCEPTED, Fate.CONFLICT) else OPEN

    def _of_body(self, exchange: Exchange) -> Expected:
        operation = exchange.operation
        if operation is None or operation.body_validator is None:
            return OPEN
        content_type = exchange.request_headers.get("content-type", "").split(";")[0].strip().lower()
        if not content_type:
            return OPEN
        own = operation.method == "PATCH" and content_type == self._expectations.patch_type
        if content_type not in operation.media_types and not own:
            return Expected(Fate.MEDIA_TYPE, "other-media-type-is-415")
        if exchange.body is MISSING:
            return INVALID
        if _unusual(exchange.sent):
            return OPEN
        body = self._in_the_form_of_the_spec(exchange.body)
        if not operation.body_validator.is_valid(body):
            return self._of_invalid(body, operation.body_schema or {})
        return self._of_valid(exchange, body)

    def _in_the_form_of_the_spec(self, body: Any) -> Any:
        """The body with dates as the spec has them, where the service takes them only in a form of its own."""
        if not isinstance(body, dict) or not self._expectations.own_dates:
            return body
        plain = {name: PLAIN_DATE for name in DATES if body.get(name) and read_instant(body[name]) is not None}
        return {**body, **plain}

    def _of_invalid(self, body: Any, schema: Mapping[str, Any]) -> Expected:
        if not isinstance(body, dict):
            return INVALID
        required = [name for name in schema.get("required", ()) if name not in body]
        patched = body | dict.fromkeys(required, "x")
        api_id = body.get("api_id")
        ill_formed = isinstance(api_id, str) and not self._form.search(api_id)
        if required and not ill_formed and _only_these(patched, body):
            return Expected(Fate.INVALID, "required-fields")
        if ill_formed and not required:
            return ILL_FORMED
        return INVALID

    def _of_valid(self, exchange: Exchange, body: Any) -> Expected:
        if not isinstance(body, dict) or any(
            body.get(name) is not None and parse_instant(body[name]) is None for name in DATES
        ):
            return OPEN
        if any(body.get(name) is not None and not _within_years(body[name]) for name in DATES):
            return OPEN
        api_id = body.get("api_id")
        if isinstance(api_id, str) and api_id in self._model.records and api_id != exchange.api_id:
            taken = "api-id-taken-is-409" if exchange.method == "POST" else "rename-to-taken-is-409"
            return Expected(Fate.CONFLICT, taken)
        return self._of_references(body)

    def _of_references(self, body: Mapping[str, Any]) -> Expected:
        for name, existing, rule in (
            ("person_api_id", self._expectations.people, "unknown-person-is-409"),
            ("package_api_id", self._expectations.packages, "unknown-package-is-409"),
        ):
            value = body.get(name)
            if value is None or value in existing:
                continue
            # An id with this run's random prefix in it is nobody's; of any other nothing is known.
            return Expected(Fate.CONFLICT, rule) if self._expectations.prefix in str(value) else OPEN
        return ACCEPTED


def _only_these(patched: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether what is there is of the right types, so that what is missing is the only error."""
    return all(
        isinstance(value, str) or (name in DATES and value is None)
        for name, value in patched.items()
        if name in ("api_id", "person_api_id", "package_api_id", *DATES)
    ) and all(body.get(name) is None or parse_instant(body[name]) is not None for name in DATES)


def _within_years(text: str) -> bool:
    instant = parse_instant(text)
    return instant is not None and 1 <= instant.moment.year <= 9999


def _unusual(raw: bytes) -> bool:
    """Names given twice, lone surrogates, NaN: readers of JSON differ about these."""
    odd = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in items}) != len(items):
            odd.append("repeated name")
        return dict(items)

    try:
        document = json.loads(raw, object_pairs_hook=pairs, parse_constant=odd.append)
        json.dumps(document, ensure_ascii=False).encode("utf-8")
        raw.decode("utf-8")
    except (ValueError, RecursionError):
        return True
    return bool(odd) or raw.startswith(b"\xef\xbb\xbf")
