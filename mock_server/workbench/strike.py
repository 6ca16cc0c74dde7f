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


def strike(request: Request, operation: Operation, prefer: str) -> Sequence[Fault]:
    """Return the faults that lie in the way of a request with this `prefer_header`. Raises Problem 400."""
    faults = request.organisation.faults
    asked = preferred(prefer, request.query) if prefer or b"__" in request.query else None
    if asked is None:
        return faults.strike(operation.id)
    if asked.status is not None and asked.status < 500 and asked.status not in operation.statuses:
        raise Problem.invalid([_undocumented(asked.status, operation)])
    return [asked] if asked.ends else [asked, *faults.strike(operation.id)]


async def struck_answer(
    struck: Sequence[Fault], request: Request, operation: Operation, answer: Callable[[], Response]
) -> Response:
    """Return what the faults make of the operation's answer."""
    given = await _meet("before", struck, request, operation) or answer()
    return await _meet("after", struck, request, operation) or given


async def _meet(when: str, struck: Sequence[Fault], request: Request, operation: Operation) -> Response | None:
    """Wait as long as the faults of this time say; return the answer that one of them forces, if any."""
    for fault in struck:
        if fault.when == when:
            if fault.delay:
                await asyncio.sleep(request.organisation.faults.seconds(fault))
            if fault.status is not None:
                return operation.forced(fault.status)
            if fault.hang:
                return Response(0)
            if fault.drop and when == "before":
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
