"""From the address of a request to the sandbox it is for."""

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from mock_server.api.access import Access
from mock_server.sandbox.sandboxes import DEFAULT, NAME, NAME_IN_WORDS, Sandboxes
from mock_server.web.problem import Problem
from mock_server.web.request import Request, path_below_root

PREFIX = "/org/"


class SandboxRouter:
    """Finds the sandbox of a request: `/org/{organisation}/...` names one, all else is the default's.

    What comes behind it finds in the scope the `sandbox`, the `request` with its path below the sandbox's own, a
    path and a root path that say the same; and in `refused` the problem of a request that is to go no further. One
    that `access` refuses is none that its organisation is made for.
    """

    def __init__(self, app: ASGIApp, sandboxes: Sandboxes, access: Access) -> None:
        self._app = app
        self._sandboxes = sandboxes
        self._access = access

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
        refused: Problem | None = scope.get("refused")
        if path.startswith(PREFIX):
            name, slash, rest = path[len(PREFIX) :].partition("/")
            if NAME.fullmatch(name):
                mount, path = PREFIX + name, slash + rest
            else:
                refused = refused or _no_organisation(name)
                name = DEFAULT
        request = Request(scope, root_path + mount, path)
        if refused is None and request.is_control:
            refused = self._access.refusal(request, scope)
            if refused is not None:
                name = DEFAULT
        root = scope.get("root_path", "") + mount
        await self._app(
            {
                **scope,
                "refused": refused,
                "app": self,  # with it, as Connexion does, Starlette's routers raise what Connexion then answers
                "root_path": root,
                # As it was sent, like the path of the request: what is taken for a page of the control API further down
                # has been taken for one here.
                "path": root + path,
                "request": request,
                "sandbox": self._sandboxes[name],
            },
            receive,
            send,
        )


def _no_organisation(name: str) -> Problem:
    shown = name if len(name) <= 64 else f"{name[:64]}..."
    return Problem(404, f'"{shown}" cannot name an organisation: a name is {NAME_IN_WORDS}')
