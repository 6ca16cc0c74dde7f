"""What is wrong with a request or a document, and where."""

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
