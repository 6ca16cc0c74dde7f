"""Both contracts as one middleware of Connexion's: bytes in, bytes out."""

from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple

from connexion.middleware.abstract import SpecMiddleware
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.api.answering import answer
from mock_server.api.visit import Visit
from mock_server.contract.answer import AnswerInvalid
from mock_server.contract.body import Body
from mock_server.contract.contract import Contract, Match
from mock_server.contract.operation import Answered, Operation
from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.content import read_content
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.exchange import Exchange
from mock_server.workbench.injection import Delivery, deliver
from mock_server.workbench.preference import QUERY_TWINS, prefer_header, unobserved


class _Served(NamedTuple):
    """A contract, how large a body may be, and whether faults, journal and coverage see its exchanges."""

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
        self._served: list[_Served] = []

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
        the sandbox and are entered in its journal.
        """
        contract = Contract(
            specification, resolver, base_path or "", QUERY_TWINS if observed is not None else frozenset()
        )
        if observed is not None:
            observed.extend(contract.operations)
        # In front: Connexion adds the last one first, and the API, added first, has nearly all requests.
        self._served.insert(0, _Served(contract, max_body, observed is not None))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to a path of a contract; hand any other on."""
        if scope["type"] == "http":
            request: Request = scope["request"]
            refused: Problem | None = scope.get("refused")
            if refused is not None:
                await _refuse_early(refused, scope, send)
                return
            for served in self._served:
                match = served.contract.match(request.path)
                if match is not None:
                    await _serve(match, served, request, scope["sandbox"], receive, send)
                    return
        await self.app(scope, receive, send)


async def _refuse_early(problem: Problem, scope: Scope, send: Send) -> None:
    """Answer a request that was refused on its way here, and enter it in the journal unless it is the control API's."""
    request: Request = scope["request"]
    response = problem.response()
    if not request.path.startswith("/_mock/"):
        sandbox: Sandbox = scope["sandbox"]
        sandbox.journal.add(Exchange(request, response))
    await response.send(send)


async def _serve(
    match: Match, served: _Served, request: Request, sandbox: Sandbox, receive: Receive, send: Send
) -> None:
    route, segments = match
    operation = route.operations.get(request.method)
    prefer = prefer_header(request) if served.observed else ""
    observed = served.observed and not unobserved(request, prefer)
    visit = Visit(sandbox, receive)
    try:
        if operation is None:
            await _take_content(request, receive, served.max_body)
            delivery = Delivery(Answered(route.refuse(request)))
        else:
            if operation.body is not None:
                await _read_content(operation.body, request, receive, served.max_body)
                visit.check()
            answering = partial(answer, operation, request, segments, sandbox)
            if observed:
                delivery = await deliver(request, operation, prefer, sandbox.faults, answering, visit.wait)
            else:
                delivery = Delivery(answering())
    except Problem as problem:
        delivery = Delivery(Answered(problem.response() if operation is None else operation.refused(problem)))
    except ClientDisconnect:  # a body that broke off is none
        delivery = Delivery(Answered(Response(0)), gone=True)
    exchange = _keep(request, operation, delivery, sandbox) if observed and not visit.is_over else None
    if delivery.gone:
        return  # there is nobody to tell
    try:
        amended = await delivery.send(receive, send, exchange)
    except AnswerInvalid as error:  # in a part of it; that it breaks off tells the client
        if operation is not None:
            operation.log(delivery.answered.response.status, error.violations)
        return
    if amended and exchange is not None and not visit.is_over:
        sandbox.journal.amended(exchange)


async def _read_content(body: Body, request: Request, receive: Receive, most: int) -> None:
    """Read the content of a request. Raises Problem 413 and 415, and ClientDisconnect."""
    try:
        body.check(request)
    except Problem:
        await _take_content(request, receive, most)
        raise
    request.body = await read_content(request, receive, most)


async def _take_content(request: Request, receive: Receive, most: int) -> None:
    """Read the content of a request that is refused, so that the journal can show it. Raises ClientDisconnect."""
    if request.header(b"expect") is None:  # a client that waits for leave to send it is told at once
        with suppress(Problem):
            request.body = await read_content(request, receive, most)


def _keep(request: Request, operation: Operation | None, delivery: Delivery, sandbox: Sandbox) -> Exchange:
    """Enter an exchange in the journal and in the coverage, and return it."""
    answered = delivery.answered
    if operation is None:
        exchange = Exchange(request, answered.response)
    else:
        if answered.response.status:
            sandbox.coverage.add(operation.id, answered.response.status, answered.used)
        exchange = Exchange(request, answered.response, operation.id, answered.ignored, delivery.faults)
    if delivery.gone:
        exchange.given_up()
    sandbox.journal.add(exchange)
    return exchange
