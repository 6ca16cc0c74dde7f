"""Why a document is refused that is to change a sandbox."""

from mock_server.values.violation import Violation


class DocumentInvalid(Exception):
    """A scenario, a state, a fault or the like that can't be used; `violations` names every place."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations
