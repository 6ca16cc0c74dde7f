"""Why a document is refused that is to change a sandbox."""

from collections.abc import Iterable

from mock_server.values.violation import Violation, Violations


class DocumentInvalid(Exception):
    """A scenario, a state, a fault or the like that can't be used; `violations` names every place."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = Violations.of(violations)
        super().__init__("; ".join(map(str, self.violations)))
