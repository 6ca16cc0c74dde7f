"""A whole contract, compiled: from a path and a method to an operation."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from connexion.http_facts import METHODS
from connexion.resolver import Resolver
from connexion.spec import Specification

from mock_server.contract.operation import Operation


class Route:
    """One path of the contract, and the operations on it by method."""

    def __init__(self, template: str, operations: Mapping[str, Operation]) -> None:
        self.template = template
        self.operations = dict(operations)
        if "GET" in operations:
            self.operations["HEAD"] = operations["GET"]
        # RFC 9110, section 15.5.6: a 405 must list the methods that the path has.
        self.allow = ", ".join([*self.operations, "OPTIONS"]).encode()
        self._pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))

    def match(self, path: str) -> dict[str, str] | None:
        """Return the segments of `path` that the template's names stand for, or None if it is another path."""
        found = self._pattern.fullmatch(path)
        return found.groupdict() if found else None


class Match(NamedTuple):
    """A route that a path was found on, and the segments that its names stand for."""

    route: Route
    segments: dict[str, str]


class Contract:
    """All operations of one specification."""

    def __init__(self, specification: Specification, resolver: Resolver, base_path: str = "") -> None:
        self.routes = [
            Route(base_path + template, _operations(specification, template, resolver))
            for template in specification["paths"]
        ]
        self._fixed = {route.template: Match(route, {}) for route in self.routes if "{" not in route.template}
        self._templates = [route for route in self.routes if "{" in route.template]

    def match(self, path: str) -> Match | None:
        """Return the route of a percent-encoded path."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed
        for route in self._templates:
            segments = route.match(path)
            if segments is not None:
                return Match(route, segments)
        return None


def _operations(specification: Specification, template: str, resolver: Resolver) -> dict[str, Operation]:
    return {
        method.upper(): Operation(
            specification.operation_cls.from_spec(specification, path=template, method=method, resolver=resolver)
        )
        for method in specification["paths"][template]
        if method in METHODS
    }
