"""The coverage as JSON."""

from collections.abc import Iterable
from typing import Any

from mock_server.contract.operation import Operation
from mock_server.workbench.coverage import Coverage


def document(coverage: Coverage, operations: Iterable[Operation]) -> dict[str, Any]:
    """Return what was seen of these operations, in the form of `Coverage` in control.yaml."""
    rows = [_row(coverage, operation) for operation in operations]
    parts = ("statuses", "parameters", "properties")
    marks = [seen for row in rows for part in parts for seen in row[part].values()]
    return {"seen": sum(marks), "total": len(marks), "operations": rows}


def _row(coverage: Coverage, operation: Operation) -> dict[str, Any]:
    count, statuses, used = coverage.of(operation.id)
    return {
        "operation": operation.id,
        "method": operation.method,
        "path": operation.path,
        "count": count,
        "statuses": {str(status): status in statuses for status in operation.statuses},
        "parameters": {name: f"query:{name}" in used for name in operation.optional_parameters},
        "properties": {name: f"body:{name}" in used for name in operation.optional_properties},
    }
