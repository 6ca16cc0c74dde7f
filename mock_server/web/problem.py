"""Errors as clients see them: problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Sequence
from http import HTTPStatus

import orjson

from mock_server.organisation.errors import Conflict, RecordNotFound, ScenarioInvalid, Violation
from mock_server.web.response import Response

MEDIA_TYPE = "application/problem+json"

# The names of RFC 9110, which HTTPStatus has only from Python 3.13 on.
_TITLES = {status.value: status.phrase for status in HTTPStatus} | {
    413: "Content Too Large",
    422: "Unprocessable Content",
}

_SHOWN = 5


class Problem(Exception):
    """A request that gets an error for its answer."""

    def __init__(
        self,
        status: int,
        detail: str,
        violations: Sequence[Violation] = (),
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.violations = violations
        self.headers = headers

    @classmethod
    def invalid(cls, violations: Sequence[Violation]) -> "Problem":
        """Return the problem of a request that breaks the contract in these places."""
        return cls(400, _listed(violations, "error", "in this request"), violations)

    @classmethod
    def of(cls, error: Exception) -> "Problem":
        """Return the problem that an error of the organisation is to a client."""
        match error:
            case Problem():
                return error
            case RecordNotFound():
                return cls(404, f'There is no record with api_id "{error.api_id}".')
            case Conflict():
                return cls(409, _listed(error.violations, "conflict", "with the data"), error.violations)
            case ScenarioInvalid():
                return cls.invalid(error.violations)
            case _:
                return cls(500, "The server failed on this request; its log says why.")

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
        return Response(self.status, orjson.dumps(self.document()), MEDIA_TYPE, tuple(self.headers))


def _listed(violations: Sequence[Violation], noun: str, where: str) -> str:
    shown = "; ".join(map(str, violations[:_SHOWN]))
    more = f"; and {len(violations) - _SHOWN} more" if len(violations) > _SHOWN else ""
    return f"{len(violations)} {noun}{'s' if len(violations) > 1 else ''} {where}: {shown}{more}"
