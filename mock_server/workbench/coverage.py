"""What of the contract a consumer has exercised."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.contract.operation import Operation


class Coverage:
    """Counts which operations were answered how, and with which parameters and properties.

    What is cleared is not lost where there is an archive: it is added to that.
    """

    def __init__(self, archive: "Coverage | None" = None) -> None:
        self._seen: Counter[tuple[str, int, tuple[str, ...]]] = Counter()
        self._archive = archive

    def add(self, operation_id: str, status: int, used: tuple[str, ...]) -> None:
        """Count one exchange; `used` names its parameters ("query:limit") and properties ("body:api_id")."""
        self._seen[operation_id, status, used] += 1

    def clear(self) -> None:
        """Start anew."""
        if self._archive is not None:
            self._archive.include(self)
        self._seen.clear()

    def include(self, other: "Coverage") -> None:
        """Add what another has counted."""
        self._seen.update(other._seen)

    def document(self, operations: "Iterable[Operation]") -> dict[str, Any]:
        """Return what was seen of these operations, in the form of `get_coverage` in control.yaml."""
        rows = [self._row(operation) for operation in operations]
        marks = [
            seen for row in rows for part in ("statuses", "parameters", "properties") for seen in row[part].values()
        ]
        return {"seen": sum(marks), "total": len(marks), "operations": rows}

    def _row(self, operation: "Operation") -> dict[str, Any]:
        mine = {key: count for key, count in self._seen.items() if key[0] == operation.id}
        statuses = {status for _, status, _ in mine}
        used = {name for _, _, names in mine for name in names}
        return {
            "operation": operation.id,
            "method": operation.method,
            "path": operation.path,
            "count": sum(mine.values()),
            "statuses": {str(status): status in statuses for status in operation.statuses},
            "parameters": _marks("query", operation.optional_parameters, used),
            "properties": _marks("body", operation.optional_properties, used),
        }


def _marks(part: str, names: Iterable[str], used: set[str]) -> Mapping[str, bool]:
    return {name: f"{part}:{name}" in used for name in names}
