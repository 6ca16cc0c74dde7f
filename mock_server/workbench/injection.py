"""The one door through which faults reach a request: those of its organisation, and what it asks for itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Send

from mock_server.contract.operation import Answered, Operation
from mock_server.values.violation import Violation
from mock_server.web.client import until_gone
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.exchange import Exchange
from mock_server.workbench.fault import Fault, Faults
from mock_server.workbench.preference import preferred

Wait = Callable[[float], Awaitable[None]]
"""Waits so many seconds; raises ClientDisconnect where the client goes meanwhile."""

_NONE = Answered(Response(0))
"""The answer to a request that gets none."""


class Delivery(NamedTuple):
    """What a request is answered with, and the faults that were applied to it, in order.

    `gone` says that the client did not wait for it.
    """

    answered: Answered
    faults: Sequence[Fault] = ()
    gone: bool = False

    async def send(self, receive: Receive, send: Send, exchange: Exchange | None) -> bool:
        """Send the answer as the faults allow: whole, half of it, or not at all.

        Returns whether the exchange, if there is one, was amended by how that ended.
        """
        last = self.faults[-1] if self.faults else None
        response = self.answered.response
        if last is not None and last.hang:
            await until_gone(receive)
            return _given_up(exchange)
        if last is not None and last.drop:
            await response.send_half(send)
            return False
        if response.rest is None:
            await response.send(send)
            return False
        gone = asyncio.create_task(until_gone(receive))
        try:
            size = await response.send(send, lambda: not gone.done())
            if gone.done():
                return _given_up(exchange)
        finally:
            gone.cancel()
        if exchange is not None:
            exchange.written(size)
        return True


def _given_up(exchange: Exchange | None) -> bool:
    if exchange is not None:
        exchange.given_up()
    return True


async def deliver(
    request: Request, operation: Operation, prefer: str, faults: Faults, answer: Callable[[], Answered], wait: Wait
) -> Delivery:
    """Return what the faults, and the request's own `prefer_header`, make of the operation's answer.

    `answer` is called at most once, and not at all where a fault comes before it or the client goes before. Raises
    Problem 400 for a preference that can't be met.
    """
    if not (prefer or faults.are_set or b"__" in request.query):
        return Delivery(answer())
    asked = _asked(request, operation, prefer)
    applied = [] if asked is None else [asked]
    if asked is None or not asked.ends:
        applied += faults.meet(operation.id, "before")
    try:
        forced = await _suffer(applied, faults, operation, wait)
        if forced is not None:
            return Delivery(Answered(forced), applied)
        answered = answer()
        # What was refused has changed nothing: the next one that is done is the one to fail after it.
        late = faults.meet(operation.id, "after") if answered.response.status < 400 else []
        applied += late
        forced = await _suffer(late, faults, operation, wait)
    except ClientDisconnect:
        return Delivery(_NONE, applied, gone=True)
    return Delivery(answered if forced is None else answered._replace(response=forced), applied)


def _asked(request: Request, operation: Operation, prefer: str) -> Fault | None:
    asked = preferred(prefer, request.query)
    status = None if asked is None else asked.status
    if status is not None and status < 500 and status not in operation.statuses:
        raise Problem.invalid([_undocumented(status, operation)])
    return asked


async def _suffer(applied: Sequence[Fault], faults: Faults, operation: Operation, wait: Wait) -> Response | None:
    """Wait as long as the faults say; return the answer that one of them forces, if any."""
    for fault in applied:
        if fault.delay:
            await wait(faults.seconds(fault))
        if fault.status is not None:
            return operation.forced(fault.status)
        if fault.hang:
            return _NONE.response
        if fault.drop and fault.when == "before":
            return operation.forced(operation.success.status)
    return None


def _undocumented(status: int, operation: Operation) -> Violation:
    documented = ", ".join(map(str, operation.statuses))
    return Violation("query", "/__code", f"must be one of {documented} or a 5xx for {operation.id}, not {status}")
