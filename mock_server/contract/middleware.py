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
from mock_server.workbench.exchange import Exchange


class ContractMiddleware(SpecMiddleware):
    """Answers every request to a path of a contract; hands all others on.

    In place of Connexion's own routing, security and validation, which do the same work anew for every
    request: here each operation is compiled when its specification is added.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._contracts: list[tuple[Contract, bool]] = []

    def add_api(
        self,
        specification: Specification,
        *,
        resolver: Resolver,
        max_body: int,
        base_path: str | None = None,
        observed: list[Operation] | None = None,
        **_: Any,
    ) -> None:
        """Compile a specification and answer for it. Called by Connexion, before the first request.

        Where `observed` is given, the operations are added to it, and their exchanges meet the faults of
        the organisation and are entered in its journal.
        """
        contract = Contract(specification, resolver, base_path or "", max_body)
        if observed is not None:
            observed.extend(contract.operations)
        self._contracts.append((contract, observed is not None))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        for contract, observed in self._contracts:
            match = contract.match(request.path)
            if match is not None:
                answer = _answer_observed if observed else _answer
                await answer(match, contract.max_body, request, receive, send)
                return
        await self.app(scope, receive, send)


async def _answer_observed(match: Match, max_body: int, request: Request, receive: Receive, send: Send) -> None:
    operation = match.route.operations.get(request.method)
    exchange = Exchange(request, operation)
    try:
        if operation is None:
            response = match.route.refuse(request)
        else:
            await _read_body(operation, max_body, request, receive)
            response = await exchange.answer(match.segments)
    except Problem as problem:
        response = problem.response()
    await exchange.end(response, receive, send)


async def _answer(match: Match, max_body: int, request: Request, receive: Receive, send: Send) -> None:
    operation = match.route.operations.get(request.method)
    try:
        if operation is None:
            response = match.route.refuse(request)
        else:
            await _read_body(operation, max_body, request, receive)
            response = operation.answer(request, match.segments)
    except Problem as problem:
        response = problem.response()
    await response.send(send)


async def _read_body(operation: Operation, max_body: int, request: Request, receive: Receive) -> None:
    """Read the body whole, if the operation has one. Raises Problem 415 and 413 before it reads more than it must."""
    if operation.body is None:
        return
    content_type = request.header(b"content-type")
    if content_type is not None:
        operation.body.check_media_type(content_type)
    declared = request.header(b"content-length")
    if declared is not None and declared.isdecimal() and int(declared) > max_body:
        raise _too_large(max_body)
    chunks = bytearray()
    more = True
    while more:
        message = await receive()
        chunks += message.get("body", b"")
        if len(chunks) > max_body:
            raise _too_large(max_body)
        more = message["type"] == "http.request" and message.get("more_body", False)
    if chunks and content_type is None:
        operation.body.check_media_type("")
    request.body = bytes(chunks)


def _too_large(max_body: int) -> Problem:
    return Problem(413, f"The body is larger than {max_body} bytes.")
