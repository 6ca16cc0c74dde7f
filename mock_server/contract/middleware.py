"""The contract as a middleware of Connexion's: bytes in, bytes out."""

from typing import Any

from connexion.middleware.abstract import SpecMiddleware
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract.contract import Contract, Match
from mock_server.contract.operation import Operation
from mock_server.problem import Problem
from mock_server.request import Request
from mock_server.response import Response


class ContractMiddleware(SpecMiddleware):
    """Answers every request to a path of a contract; hands all others on.

    In place of Connexion's own routing, security and validation, which do the same work anew for every
    request: here each operation is compiled when its specification is added.
    """

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self.app = app
        self._max_body = max_body
        self._contracts: list[Contract] = []

    def add_api(
        self,
        specification: Specification,
        *,
        resolver: Resolver,
        base_path: str | None = None,
        **_: Any,
    ) -> None:
        """Compile a specification and answer for it. Called by Connexion, before the first request."""
        self._contracts.append(Contract(specification, resolver, base_path or ""))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        match = self._match(request.path)
        if match is not None:
            await (await self._answer(match, request, receive)).send(send)
        elif self._match(request.path + "/") is not None:
            await _without_slash(request).response().send(send)
        else:
            await self.app(scope, receive, send)

    def _match(self, path: str) -> Match | None:
        for contract in self._contracts:
            match = contract.match(path)
            if match is not None:
                return match
        return None

    async def _answer(self, match: Match, request: Request, receive: Receive) -> Response:
        operation = match.route.operations.get(request.method)
        if operation is None:
            return _no_operation(match, request)
        if operation.body is not None:
            try:
                request.body = await self._read_body(operation, request, receive)
            except Problem as problem:
                return problem.response()
        return operation.answer(request, match.segments)

    async def _read_body(self, operation: Operation, request: Request, receive: Receive) -> bytes:
        """Return the body whole. Raises Problem 415 and 413 before it reads more than it must."""
        content_type = request.header(b"content-type")
        if content_type is not None:
            operation.body.check_media_type(content_type)  # type: ignore[union-attr]  # its caller looked
        declared = request.header(b"content-length")
        if declared is not None and declared.isdecimal() and int(declared) > self._max_body:
            raise self._too_large()
        chunks = bytearray()
        more = True
        while more:
            message = await receive()
            chunks += message.get("body", b"")
            if len(chunks) > self._max_body:
                raise self._too_large()
            more = message["type"] == "http.request" and message.get("more_body", False)
        if chunks and content_type is None:
            operation.body.check_media_type("")  # type: ignore[union-attr]
        return bytes(chunks)

    def _too_large(self) -> Problem:
        return Problem(413, f"The body is larger than {self._max_body} bytes.")


def _no_operation(match: Match, request: Request) -> Response:
    allow = ((b"allow", match.route.allow),)
    if request.method == "OPTIONS":
        return Response(204, headers=allow)
    detail = f"{match.route.template} has no {request.method}, only {match.route.allow.decode()}."
    return Problem(405, detail, headers=allow).response()


def _without_slash(request: Request) -> Problem:
    # Not a redirect: after one, many clients would send a POST again as a GET, without its body.
    return Problem(404, f"There is nothing at {request.path}. Its path ends with a slash: {request.path}/")
