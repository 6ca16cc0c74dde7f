"""The faults that strike one request, and what they make of its answer."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.types import Receive, Send

from mock_server.contract.operation import Operation
from mock_server.organisation.errors import Violation
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.fault import Fault
from mock_server.workbench.preference import preferred


def may_strike(request: Request, prefer: str) -> bool:
    """Say whether anything may lie in the way of a request with this `prefer_header`."""
    return prefer != "" or request.organisation.faults.are_set or b"__" in request.query


async def struck_answer(
    request: Request, operation: Operation, prefer: str, answer: Callable[[], Response]
) -> tuple[Response, Sequence[Fault]]:
    """Return what the faults make of the operation's answer, and those that struck. Raises Problem 400."""
    faults = request.organisation.faults
    asked = _asked(request, operation, prefer)
    struck = [] if asked is None else [asked]
    if asked is None or not asked.ends:
        struck += faults.strike(operation.id, "before")
    forced = await _suffer(struck, request, operation)
    if forced is not None:
        return forced, struck
    given = answer()
    # What was refused has changed nothing: the next one that is done is the one to fail after it.
    late = faults.strike(operation.id, "after") if given.status < 400 else []
    return await _suffer(late, request, operation) or given, [*struck, *late]


def _asked(request: Request, operation: Operation, prefer: str) -> Fault | None:
    asked = preferred(prefer, request.query)
    status = None if asked is None else asked.status
    if status is not None and status < 500 and status not in operation.statuses:
        raise Problem.invalid([_undocumented(status, operation)])
    return asked


async def _suffer(struck: Sequence[Fault], request: Request, operation: Operation) -> Response | None:
    """Wait as long as the faults say; return the answer that one of them forces, if any."""
    for fault in struck:
        if fault.delay:
            await asyncio.sleep(request.organisation.faults.seconds(fault))
        if fault.status is not None:
            return operation.forced(fault.status)
        if fault.hang:
            return Response(0)
        if fault.drop and fault.when == "before":
            return operation.forced(operation.success.status)
    return None


async def send_struck(struck: Sequence[Fault], response: Response, receive: Receive, send: Send) -> None:
    """Send the answer as the faults allow."""
    last = struck[-1]
    if last.hang:
        while (await receive())["type"] != "http.disconnect":
            pass
    elif last.drop:
        await response.send_half(send)
    else:
        await response.send(send)


def _undocumented(status: int, operation: Operation) -> Violation:
    documented = ", ".join(map(str, operation.statuses))
    return Violation("query", "/__code", f"must be one of {documented} or a 5xx for {operation.id}, not {status}")
