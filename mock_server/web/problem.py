"""Errors as clients see them: problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from mock_server.values.violation import Violation, Violations
from mock_server.web.json import to_json
from mock_server.web.response import Response

MEDIA_TYPE = "application/problem+json"

# The names of RFC 9110, which HTTPStatus has only from Python 3.13 on.
_TITLES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    422: "Unprocessable Content",
}

_SHOWN = 5


class Problem(Exception):
    """A request that gets an error for its answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        violations: Iterable[Violation] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.violations = Violations.of(violations)
        self.headers = headers

    @classmethod
    def invalid(cls, violations: Iterable[Violation]) -> "Problem":
        """Return the problem of a request that breaks the contract in these places."""
        found = Violations.of(violations)
        return cls(400, listed(found, "error", "in this request"), found)

    def document(self) -> dict[str, object]:
        """Return the members of the problem."""
        members: dict[str, object] = {
            "type": "about:blank",
            "title": _TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.detail,
        }
        if self.violations:
            members["errors"] = [{"in": v.part, "pointer": v.pointer, "detail": v.detail} for v in self.violations]
        return members

    def response(self) -> Response:
        """Return the problem as an answer."""
        return Response(self.status, to_json(self.document()), MEDIA_TYPE, tuple(self.headers))


def listed(violations: Violations, noun: str, where: str) -> str:
    """Return how many violations there are, and the first ones in words."""
    count = len(violations) + violations.more
    shown = "; ".join(map(str, violations[:_SHOWN]))
    more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
    at_least = "at least " if violations.more else ""
    return f"{at_least}{count} {noun}{'s' if count > 1 else ''} {where}: {shown}{more}"
