"""One path of the contract."""

import re
from collections.abc import Mapping

from mock_server.contract.operation import Operation
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response


class Route:
    """A path of the contract, and the operations on it by method."""

    def __init__(self, template: str, operations: Mapping[str, Operation]) -> None:
        self.template = template
        self.operations = dict(operations)
        if "GET" in operations:
            self.operations["HEAD"] = operations["GET"]
        # RFC 9110, section 15.5.6: a 405 must list the methods that the path has.
        self._allow = ", ".join([*self.operations, "OPTIONS"])
        self._pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the segments of `path` that the template's names stand for, or None if it is another path."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None

    def refuse(self, request: Request) -> Response:
        """Return the answer to a method that the path has no operation for."""
        allow = ((b"allow", self._allow.encode()),)
        if request.method == "OPTIONS":
            return Response(204, headers=allow)
        detail = f"{self.template} does not allow {request.method}, only {self._allow}."
        return Problem(405, detail, headers=allow).response()


class MissingSlash(Route):
    """The path of a route without the slash at its end, where there is nothing."""

    def __init__(self, template: str) -> None:
        super().__init__(template.removesuffix("/"), {})

    def refuse(self, request: Request) -> Response:
        """Return the answer to any method: there is nothing here."""
        # Not a redirect: after one, many clients would send a POST again as a GET, without its body.
        detail = f"There is nothing at {request.path}. The path that exists ends with a slash: {request.path}/"
        return Problem(404, detail).response()
