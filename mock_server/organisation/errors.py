"""What can be wrong with a request, in the words of the API and not of HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong, and where.

    `part` is the part of the request ("path", "query" or "body"), `pointer` a JSON Pointer (RFC 6901)
    into it, and `detail` what is wrong there, to be read after the name of the place.
    """

    part: str
    pointer: str
    detail: str

    def __str__(self) -> str:
        if not self.pointer:
            return f"the {self.part} {self.detail}"
        if self.part == "body":
            return f"body {self.pointer} {self.detail}"
        return f"{self.part} parameter {self.pointer[1:]} {self.detail}"


class RecordNotFound(Exception):
    """No record has this api_id."""

    def __init__(self, api_id: str) -> None:
        super().__init__(api_id)
        self.api_id = api_id


class ScenarioInvalid(Exception):
    """A document that is no scenario; `violations` names every place."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


class Conflict(Exception):
    """A well-formed change that the data does not allow. Nothing was changed."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__(violations)
        self.violations = violations
