"""Why an organisation refuses a change, in the words of the API and not of HTTP."""

from mock_server.values.violation import Violation


class RecordNotFound(Exception):
    """No record has this api_id."""

    def __init__(self, api_id: str) -> None:
        super().__init__(api_id)
        self.api_id = api_id


class Full(Exception):
    """There would be more people, packages or records (which `kind` names) than the `most` that there is room for."""

    def __init__(self, kind: str, most: int) -> None:
        super().__init__(f"more than {most} {kind}")
        self.kind = kind
        self.most = most


class Conflict(Exception):
    """A well-formed change that the data does not allow. Nothing was changed; `violations` says why."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations
