"""From the address of a request to the sandbox it is for."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from mock_server.sandbox.sandboxes import DEFAULT, NAME, NAME_IN_WORDS, Sandboxes
from mock_server.web.problem import Problem
from mock_server.web.request import Request, path_below_root

PREFIX = "/org/"


class SandboxRouter:
    """Finds the sandbox of a request: `/org/{organisation}/...` names one, all else is the default's.

    What comes behind it finds in the scope the `sandbox`, the `request` with its path below the sandbox's own, and
    a root path that ends there; and in `refused` the problem of a request that is to go no further.
    """

    def __init__(self, app: ASGIApp, sandboxes: Sandboxes) -> None:
        self._app = app
        self._sandboxes = sandboxes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on with its sandbox: the default one where the address names none that there can be."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)  # there is none
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        root_path, path = path_below_root(scope)
        name, mount = DEFAULT, ""
        refused: dict[str, Problem] = {}
        if path.startswith(PREFIX):
            name, slash, rest = path[len(PREFIX) :].partition("/")
            if NAME.fullmatch(name):
                mount, path = PREFIX + name, slash + rest
            else:
                refused = {"refused": _no_organisation(name)}
                name = DEFAULT
        await self._app(
            {
                **refused,
                **scope,  # where it was refused already, that holds
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
    return Problem(404, f'"{shown}" cannot name an organisation: a name is {NAME_IN_WORDS}')
