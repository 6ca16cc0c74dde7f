"""Cross-origin requests (Fetch Standard, CORS protocol): pages of other origins may read what they are answered."""

from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.origin import Origins, is_preflight, not_for, origin_of
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Headers, Response
from mock_server.workbench.exchange import Exchange

METHODS = b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"


class Cors:
    """Marks answers for the pages that may read them, with cookies, and answers what a browser asks before a request.

    Preflight requests to the API are entered in the journal: a page whose request never came wants to know why.
    """

    def __init__(self, app: ASGIApp, origins: Origins) -> None:
        self._app = app
        self._origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight request; let any other pass, and mark its answer for the page that asked."""
        # A request that names no origin (curl, a test, another server) is spared all this: in process a record takes
        # 10 microseconds instead of 12.
        if scope["type"] != "http" or not _names_origin(scope):
            await self._app(scope, receive, send)
            return
        request: Request = scope["request"]
        origin = origin_of(request) or ""
        allowed = self._may_read(origin, request)
        # What was refused for its form is no preflight request either; one to a wrong address is, for its page to be
        # told of the address by the request that follows.
        refused: Problem | None = scope.get("refused")
        if is_preflight(request) and (refused is None or refused.status == 404):
            response = _leave(request, origin) if allowed else _no_leave(request, origin)
            if not request.is_control:
                sandbox: Sandbox = scope["sandbox"]
                sandbox.journal.add(Exchange(request, response))
            await response.send(send)
        elif allowed:
            await self._app(scope, receive, partial(_send_marked, send, _marks(origin)))
        else:
            await self._app(scope, receive, send)

    def _may_read(self, origin: str, request: Request) -> bool:
        if request.is_control:
            return self._origins.may_control(origin, request)
        return self._origins.may_call(origin)


def _names_origin(scope: Scope) -> bool:
    for name, _ in scope["headers"]:  # noqa: SIM110  any() takes twice as long
        if name == b"origin":
            return True
    return False


def _marks(origin: str) -> Headers:
    return (
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        # To a request with credentials "*" is the name of a header and no longer all of them.
        (b"access-control-expose-headers", b"Allow, *"),
    )


def _leave(request: Request, origin: str) -> Response:
    headers = [*_marks(origin), (b"access-control-allow-methods", METHODS), (b"access-control-max-age", b"600")]
    wanted = request.header(b"access-control-request-headers")
    if wanted is not None:
        headers.append((b"access-control-allow-headers", wanted.encode("latin-1")))
    if request.header(b"access-control-request-private-network") is not None:
        headers.append((b"access-control-allow-private-network", b"true"))
    return Response(200, b"OK", "text/plain; charset=utf-8", tuple(headers))


def _no_leave(request: Request, origin: str) -> Response:
    # 400 is what Starlette's own CORS says.
    return Problem(403 if request.is_control else 400, not_for(origin)).response()


async def _send_marked(send: Send, marks: Headers, message: Message) -> None:
    if message["type"] == "http.response.start":
        message = {**message, "headers": [*message.get("headers", ()), *marks]}
    await send(message)
