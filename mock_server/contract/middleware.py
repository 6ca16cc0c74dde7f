"""The contract as a middleware of Connexion's: bytes in, bytes out."""

from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, NamedTuple

from connexion.middleware.abstract import SpecMiddleware
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.contract.body import Body
from mock_server.contract.contract import Contract, Match
from mock_server.contract.operation import Operation
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.exchange import Exchange
from mock_server.workbench.fault import Fault
from mock_server.workbench.preference import prefer_header, unobserved
from mock_server.workbench.strike import may_strike, send_struck, struck_answer


class _Added(NamedTuple):
    """A contract, how large a body may be, and whether the workbench sees its exchanges."""

    contract: Contract
    max_body: int
    observed: bool


class ContractMiddleware(SpecMiddleware):
    """Answers every request to a path of a contract; hands all others on.

    In place of Connexion's own routing, security and validation, which do the same work anew for every
    request: here each operation is compiled when its specification is added.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._added: list[_Added] = []

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
        contract = Contract(specification, resolver, base_path or "")
        if observed is not None:
            observed.extend(contract.operations)
        # In front: Connexion adds the last one first, and the API, added first, has nearly all requests.
        self._added.insert(0, _Added(contract, max_body, observed is not None))

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            return self.app(scope, receive, send)
        path = scope["organisation_path"]
        for added in self._added:
            match = added.contract.match(path)
            if match is not None:
                return _answer(match, added, Request(scope), receive, send)
        return self.app(scope, receive, send)


async def _answer(match: Match, how: _Added, request: Request, receive: Receive, send: Send) -> None:
    route, segments = match
    operation = route.operations.get(request.method)
    prefer = prefer_header(request) if how.observed else ""
    observed = how.observed and not unobserved(request, prefer)
    struck: Sequence[Fault] = ()
    try:
        if operation is None:
            response = route.refuse(request)
        else:
            if operation.body is not None:
                await _read_body(operation.body, how.max_body, request, receive)
            if observed and may_strike(request, prefer):
                answer = partial(operation.answer, request, segments)
                response, struck = await struck_answer(request, operation, prefer, answer)
            else:
                response = operation.answer(request, segments)
    except Problem as problem:
        response = problem.response()
    except ClientDisconnect:  # a body that broke off is none, and there is nobody to tell
        return
    if observed:
        _keep(request, operation, response, struck)
    if struck:
        await send_struck(struck, response, receive, send)
    else:
        await response.send(send)


def _keep(request: Request, operation: Operation | None, response: Response, struck: Sequence[Fault]) -> None:
    """Enter an exchange in the organisation's journal and coverage."""
    organisation = request.organisation
    if operation is None:
        organisation.journal.add(Exchange(request, response))
    else:
        organisation.coverage.add(operation.id, response.status, request.used)
        organisation.journal.add(Exchange(request, response, operation.id, struck))


async def _read_body(body: Body, max_body: int, request: Request, receive: Receive) -> None:
    """Read the body whole. Raises Problem 415 and 413 before it reads more than it must, and ClientDisconnect."""
    content_type = request.header(b"content-type")
    if content_type is not None:
        body.check_media_type(content_type)
    content_encoding = request.header(b"content-encoding")
    if content_encoding is not None:
        body.check_coding(content_encoding)
    declared = request.header(b"content-length")
    if declared is not None and declared.isdecimal() and int(declared) > max_body:
        raise _too_large(max_body)
    chunks = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks += message.get("body", b"")
        if len(chunks) > max_body:
            raise _too_large(max_body)
        more = message.get("more_body", False)
    if chunks and content_type is None:
        body.check_media_type("")
    request.body = bytes(chunks)


def _too_large(max_body: int) -> Problem:
    return Problem(413, f"The body is larger than {max_body} bytes.")
