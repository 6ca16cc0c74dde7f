"""What is wrong with a request or a document, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


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


MOST = 100
"""How many violations are told, and no more: nobody reads a thousand, and a client chooses how many there are."""


class Violations(list[Violation]):
    """What is wrong, in order: the first `MOST` violations, and how many `more` there are beyond them, at least."""

    more = 0

    @classmethod
    def of(cls, violations: Iterable[Violation]) -> Self:
        """Return the first of these violations, and how many there are."""
        found = cls()
        found.add(violations)
        return found

    def add(self, violations: Iterable[Violation]) -> None:
        """Put violations at the end, or count them where there is no room."""
        for violation in violations:
            if self.is_full:
                self.more += 1
            else:
                self.append(violation)
        if isinstance(violations, Violations):
            self.more += violations.more

    def below(self, pointer: str) -> Self:
        """Return the same violations in a document that stands at this pointer of another one."""
        found = self.of(Violation(v.part, pointer + v.pointer, v.detail) for v in self)
        found.more = self.more
        return found

    @property
    def is_full(self) -> bool:
        """Whether others are only counted."""
        return len(self) >= MOST
