"""What a contract finds in a request."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from mock_server.values.violation import Violations

MOST_NOTES = 20
"""How many notes are kept of one request: a client chooses how many there are."""


class Notes(list[str]):
    """The first `MOST_NOTES` notes, and a last one that says how many more there were."""

    _more = 0

    def add(self, count: int, notes: Iterator[str]) -> None:
        """Put so many notes at the end, or count those for which there is no room."""
        room = max(0, MOST_NOTES - len(self))
        more = max(0, count - room)
        self += islice(notes, room)
        if more == 0:
            return
        if self._more == 0:
            self.append("")
        self._more += more
        self[-1] = f"and {self._more} more like these"


@dataclass(slots=True)
class Reading:
    """What an operation found in a request.

    `arguments` are the values for its handler by name; `used` names the parameters and properties that were
    given ("query:limit", "body:api_id"), in their order; `ignored` says in words what was passed over; `violations`
    is all that is wrong. Where there are any, the arguments are not complete.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    ignored: Notes = field(default_factory=Notes)
    violations: Violations = field(default_factory=Violations)
