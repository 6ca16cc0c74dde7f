"""A whole contract, compiled: from a path and a method to an operation."""

from collections.abc import Iterator

from connexion.http_facts import METHODS
from connexion.resolver import Resolver
from connexion.spec import Specification

from mock_server.contract.operation import Operation
from mock_server.contract.route import MissingSlash, Route

Match = tuple[Route, dict[str, str]]
"""A route that a path was found on, and the segments that its names stand for."""


class Contract:
    """All operations of one specification; `asides` as for `Operation`."""

    def __init__(
        self, specification: Specification, resolver: Resolver, base_path: str, asides: frozenset[str] = frozenset()
    ) -> None:
        self._asides = asides
        self.operations: list[Operation] = []
        routes = list(self._routes(specification, resolver, base_path))
        routes += [MissingSlash(route.template) for route in routes if route.template.endswith("/")]
        self._fixed: dict[str, Match] = {route.template: (route, {}) for route in routes if "{" not in route.template}
        self._templates = [route for route in routes if "{" in route.template]

    def match(self, path: str) -> Match | None:
        """Return the route of a percent-encoded path."""
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed
        for route in self._templates:
            segments = route.match(path)
            if segments is not None:
                return route, segments
        return None

    def _routes(self, specification: Specification, resolver: Resolver, base_path: str) -> Iterator[Route]:
        for template, item in specification["paths"].items():
            operations = {
                method.upper(): Operation(
                    specification.operation_cls.from_spec(
                        specification, path=template, method=method, resolver=resolver
                    ),
                    self._asides,
                )
                for method in item
                if method in METHODS
            }
            self.operations += operations.values()
            yield Route(base_path + template, operations)
