"""What of the contract a consumer has exercised."""

from collections import Counter


class Coverage:
    """Counts which operations were answered how, and with which parameters and properties.

    What is cleared is not lost where there is an archive: it is added to that.
    """

    def __init__(self, archive: "Coverage | None" = None) -> None:
        self._seen: Counter[tuple[str, int, tuple[str, ...]]] = Counter()
        self._archive = archive

    def add(self, operation_id: str, status: int, used: tuple[str, ...]) -> None:
        """Count one exchange; `used` names its parameters ("query:limit") and properties ("body:api_id")."""
        # In whatever order they came: a client chooses that, and there are many.
        key = operation_id, status, used if len(used) < 2 else tuple(sorted(used))
        self._seen[key] = self._seen.get(key, 0) + 1

    def clear(self) -> None:
        """Start anew."""
        if self._archive is not None:
            self._archive.include(self)
        self._seen.clear()

    def include(self, other: "Coverage") -> None:
        """Add what another has counted."""
        self._seen.update(other._seen)

    def of(self, operation_id: str) -> tuple[int, set[int], set[str]]:
        """Return how many exchanges an operation had, their statuses, and the names that they used."""
        mine = {key: count for key, count in self._seen.items() if key[0] == operation_id}
        return (
            sum(mine.values()),
            {status for _, status, _ in mine},
            {name for _, _, names in mine for name in names},
        )
