"""Why an organisation refuses a change, in the words of the API and not of HTTP."""

from mock_server.values.violation import Violation


class RecordNotFound(Exception):
    """No record has this api_id."""

    def __init__(self, api_id: str) -> None:
        super().__init__(api_id)
        self.api_id = api_id


class Conflict(Exception):
    """A well-formed change that the data does not allow. Nothing was changed; `violations` says why."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations
