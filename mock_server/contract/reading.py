"""What a contract finds in a request."""

from dataclasses import dataclass, field
from typing import Any

from mock_server.values.violation import Violation


@dataclass(slots=True)
class Reading:
    """What an operation found in a request.

    `arguments` are the values for its handler by name; `used` names the parameters and properties that were
    given ("query:limit", "body:api_id"), in their order; `ignored` says in words what was passed over; `violations`
    is all that is wrong. Where there are any, the arguments are not complete.
    """

    arguments: dict[str, Any] = field(default_factory=dict)
    used: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    violations: list[Violation] = field(default_factory=list)
