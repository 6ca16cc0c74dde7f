"""What the contract says of answers."""

from typing import Any

from mock.problems import SPEC
from openapi_schema_validator import OAS30Validator

from .broken import resolve

OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: resolve(operation, SPEC) | {"method": method.upper(), "path": path}
    for path, item in SPEC["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
"""The operations by operationId, each with its `method` and `path`."""

PROBLEM = "application/problem+json"

BODIES: dict[str, Any] = {
    "create_record": {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"},
    "replace_record": {"person_api_id": "usr-ben-carlisle", "package_api_id": "pkg-first-aid"},
    "update_record": {"date_started": "2026-02-01T08:00:00Z"},
}


def url(records: str, operation_id: str, api_id: str = "rec-0003") -> str:
    """Return where to send a request to this operation, for this record if it is for one."""
    return records if "{" not in OPERATIONS[operation_id]["path"] else f"{records}{api_id}/"


def check(operation_id: str, status: int, media_type: str | None, document: Any) -> None:
    """Fail unless the contract documents this answer; an undocumented one must be a problem."""
    response = OPERATIONS[operation_id]["responses"].get(str(status))
    content = response.get("content", {}) if response is not None else {PROBLEM: {"schema": resolve(_PROBLEM, SPEC)}}
    if not content:
        assert (media_type, document) == (None, None)
        return
    assert media_type in content
    OAS30Validator(content[media_type]["schema"], format_checker=OAS30Validator.FORMAT_CHECKER).validate(document)
    if media_type == PROBLEM:
        assert document["status"] == status


_PROBLEM = {"$ref": "#/components/schemas/Problem"}
