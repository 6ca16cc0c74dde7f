"""What of the spec a run exercised."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ..result import OperationCoverage
from ..spec import Spec
from .exchange import Exchange


@dataclass
class Coverage:
    """What of the spec was exercised."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    parameters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, exchange: Exchange) -> None:
        """Take in one exchange."""
        operation = exchange.operation
        if operation is None:
            return
        self.requests[operation.id] += 1
        self.statuses[operation.id, str(exchange.status or "none")] += 1
        names = {name for name, _ in exchange.query}
        if isinstance(exchange.body, dict):
            names |= exchange.body.keys()
        for name in (*operation.parameters, *operation.body):
            self.parameters[operation.id, name] += name in names

    def of(self, spec: Spec) -> tuple[OperationCoverage, ...]:
        """Return the table for the report."""
        rows = []
        for operation in spec.operations.values():
            seen = {status for name, status in self.statuses if name == operation.id}
            rows.append(
                OperationCoverage(
                    operation.id,
                    operation.method,
                    operation.path,
                    self.requests[operation.id],
                    {status: self.statuses[operation.id, status] for status in sorted(seen | set(operation.responses))},
                    {name: self.parameters[operation.id, name] for name in (*operation.parameters, *operation.body)},
                    tuple(sorted(operation.responses)),
                )
            )
        return tuple(rows)
