"""What every answer must look like, whatever was asked: statuses, media types, errors, the types of fields."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import jsonschema_rs

from ..client.exchange import Exchange
from ..instants import RFC3339, looks_like_a_date, parse_instant
from ..json_text import MISSING
from ..spec import Response, Spec
from .findings import Findings
from .model import INSTANTS, NOTHING

TEXTS = ("api_id", "person_api_id", "package_api_id", "package_desc")

# The rule that a successful answer of each operation serves.
ANSWERS = {
    "list_records": "list-is-object",
    "create_record": "create-returns-record",
    "get_record": "get-returns-record",
    "replace_record": "put-updates",
    "update_record": "patch-is-partial",
    "delete_record": "delete-returns-nothing",
}


class ShapeJudge:
    """Looks at one answer by itself."""

    def __init__(self, spec: Spec, findings: Findings) -> None:
        self._spec = spec
        self._findings = findings

    def judge(self, exchange: Exchange) -> None:
        """Judge the status, the media type, and the form of an error."""
        self._findings.expect(
            "no-server-error",
            exchange.status is not None and exchange.status < 500,
            "any answer but a server error",
            f"{exchange.status} {exchange.text}" if exchange.status else "the connection was closed without an answer",
        )
        operation = exchange.operation
        if operation is None:
            if exchange.method not in ("HEAD", "OPTIONS"):
                self._judge_unknown_method(exchange)
        elif exchange.ok:
            self._findings.expect(
                "success-statuses",
                exchange.status in operation.success,
                f"{operation.method} succeeds with {' or '.join(map(str, sorted(operation.success)))}",
                exchange.status,
            )
            self._judge_media_type(exchange)
        if exchange.refused:
            self._judge_error(exchange)

    def _judge_unknown_method(self, exchange: Exchange) -> None:
        if exchange.status is None or exchange.status >= 500:
            return
        rule = "unknown-method-is-405"
        if not self._findings.expect(
            rule, exchange.status == 405, f"405, as {exchange.template} has no {exchange.method}", exchange.status
        ):
            return
        listed = self._spec.methods(exchange.template)
        allow = {method.strip().upper() for method in exchange.headers.get("allow", "").split(",") if method.strip()}
        # HEAD goes with every GET, and OPTIONS answers what Allow itself says; neither stands in the spec.
        self._findings.expect(
            rule,
            listed <= allow <= listed | {"HEAD", "OPTIONS"},
            f"Allow: {', '.join(sorted(listed))}",
            f"Allow: {exchange.headers.get('allow', '(no such header)')}",
        )

    def _judge_media_type(self, exchange: Exchange) -> None:
        operation = exchange.operation
        if operation is None:
            return
        response = operation.responses.get(str(exchange.status))
        if response is None or not response.schemas:
            return
        self._findings.expect(
            "answers-are-json",
            exchange.media_type in response.schemas,
            f"Content-Type: {' or '.join(response.schemas)}",
            f"Content-Type: {exchange.headers.get('content-type', '(no such header)')}",
        )

    # Errors

    @cached_property
    def _errors(self) -> Mapping[str, Response]:
        """The error answers of the spec by status, whichever operation lists them first."""
        found: dict[str, Response] = {}
        for operation in self._spec.operations.values():
            for status, response in operation.responses.items():
                if status.startswith("4") and response.schemas:
                    found.setdefault(status, response)
        return found

    def _judge_error(self, exchange: Exchange) -> None:
        rule = "errors-are-problems"
        response = self._error_response(exchange)
        if response is None:
            return
        validator = response.validators.get(exchange.media_type)
        if validator is None:
            self._findings.find(
                rule,
                f"Content-Type: {' or '.join(response.schemas)}",
                f"Content-Type: {exchange.headers.get('content-type', '(no such header)')}: {exchange.text}",
            )
            return
        if exchange.answer is MISSING:
            self._findings.find(rule, "a JSON object", exchange.text)
            return
        complaint = complaint_of(validator, exchange.answer) or self._problem_complaint(exchange, response)
        self._findings.expect(rule, not complaint, "an error as the spec describes it", f"{complaint}: {exchange.text}")

    def _error_response(self, exchange: Exchange) -> Response | None:
        own = exchange.operation.responses.get(str(exchange.status)) if exchange.operation else None
        if own is not None and own.schemas:
            return own
        return self._errors.get(str(exchange.status)) or next(iter(self._errors.values()), None)

    def _problem_complaint(self, exchange: Exchange, response: Response) -> str:
        """What the schema can't say: status is the status; a 400 lists errors with their places."""
        properties = response.schemas[exchange.media_type].get("properties", {})
        problem = exchange.answer
        if not isinstance(problem, dict):
            return ""
        if "status" in properties and problem.get("status") != exchange.status:
            return f"status is not {exchange.status}"
        if "errors" in properties and exchange.status == 400 and not problem.get("errors"):
            return "it lists no errors"
        return ""

    # Records

    def judge_record(self, record: Mapping[str, Any]) -> None:
        """Judge the types of one returned record: which fields there must be is another rule's affair."""
        wrong = [name for name in TEXTS if not isinstance(record.get(name, ""), str)]
        if record.get("package_desc", "") is None:
            wrong.remove("package_desc")  # a package without a description
        wrong += [name for name in INSTANTS if name in record and not _may_be_a_date(record[name])]
        shown = ", ".join(f"{name}: {record[name]!r}" for name in wrong)
        self._findings.expect("field-types", not wrong, "texts and date-times", shown)
        null = record.get("package_desc", "") is None or record.get("date_assigned", "") is None
        self._findings.expect("all-fields-are-shown", not null, "package_desc and date_assigned, not null", record)
        for name in INSTANTS:
            value = record.get(name)
            if value is not None and _may_be_a_date(value):
                self._judge_form(name, value)

    def _judge_form(self, name: str, value: Any) -> None:
        well_formed = isinstance(value, str) and RFC3339.fullmatch(value) is not None
        self._findings.expect("dates-are-rfc-3339", well_formed, f"{name} as RFC 3339 has it", repr(value))
        if parse_instant(value) is not None:
            self._findings.expect("dates-are-utc", value.endswith("Z"), f"{name} ends with Z", value)


def _may_be_a_date(value: Any) -> bool:
    return value in NOTHING or looks_like_a_date(value)


def complaint_of(validator: jsonschema_rs.Validator, document: Any) -> str:
    """What is wrong with a document first; empty when nothing is."""
    try:
        error = next(iter(validator.iter_errors(document)), None)
    except ValueError as exc:
        if not isinstance(exc, UnicodeEncodeError):
            return "objects in objects, deeper than anybody reads"
        return "a text with half a character in it"  # a lone surrogate, which JSON can spell and no encoding knows
    if error is None:
        return ""
    place = "/".join(str(part) for part in error.instance_path)
    return f"{place}: {error.message}" if place else error.message
