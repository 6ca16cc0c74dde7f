"""From the address of a request to the sandbox it is for."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from mock_server.sandbox.sandboxes import DEFAULT, NAME, Sandboxes
from mock_server.web.problem import Problem
from mock_server.web.request import Request, path_below_root

PREFIX = "/org/"


class SandboxRouter:
    """Finds the sandbox of a request: `/org/{organisation}/...` names one, all else is the default's.

    What comes behind it finds in the scope the `sandbox`, the `request` with its path below the sandbox's own, and
    a root path that ends there.
    """

    def __init__(self, app: ASGIApp, sandboxes: Sandboxes) -> None:
        self._app = app
        self._sandboxes = sandboxes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with its sandbox. Answers 404 itself where the address names none."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)  # there is none
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root_path, path = path_below_root(scope)
        name, mount = DEFAULT, ""
        if path.startswith(PREFIX):
            name, slash, rest = path[len(PREFIX) :].partition("/")
            if not NAME.fullmatch(name):
                await _no_organisation(name).response().send(send)
                return
            mount, path = PREFIX + name, slash + rest
        await self._app(
            {
                **scope,
                "app": self,  # with it, as Connexion does, Starlette's routers raise what Connexion then answers
                "root_path": scope.get("root_path", "") + mount,
                "request": Request(scope, root_path + mount, path),
                "sandbox": self._sandboxes[name],
            },
            receive,
            send,
        )


def _no_organisation(name: str) -> Problem:
    shown = name if len(name) <= 64 else f"{name[:64]}..."
    return Problem(404, f'"{shown}" cannot name an organisation: a name is 1 to 64 of A-Z a-z 0-9 . _ ~ -')
