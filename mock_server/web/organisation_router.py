"""From the address of a request to the organisation it is for."""

from collections.abc import Awaitable

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.organisation.organisations import NAME, Organisations
from mock_server.web.problem import Problem

PREFIX = "/org/"


class OrganisationRouter:
    """Finds the organisation of a request: `/org/{organisation}/...` names one, all else is the default's."""

    def __init__(self, app: ASGIApp, organisations: Organisations, trust_proxy: bool) -> None:
        self._app = app
        self._organisations = organisations
        self._trust_proxy = trust_proxy

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self._app(scope, receive, send)
        path = scope["raw_path"].decode("latin-1")
        name = None
        if path.startswith(PREFIX):
            name, slash, rest = path[len(PREFIX) :].partition("/")
            if not NAME.fullmatch(name):
                return _no_organisation(name).response().send(send)
            scope["root_path"] = PREFIX + name
            path = slash + rest
        scope["organisation"] = self._organisations.default if name is None else self._organisations[name]
        scope["organisation_path"] = path
        scope["trust_proxy"] = self._trust_proxy
        return self._app(scope, receive, send)


def _no_organisation(name: str) -> Problem:
    shown = name if len(name) <= 64 else f"{name[:64]}..."
    return Problem(404, f'"{shown}" names no organisation: a name is 1 to 64 of A-Z a-z 0-9 . _ ~ -')
