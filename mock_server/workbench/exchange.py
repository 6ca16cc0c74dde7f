"""One exchange with the API, as the workbench sees it: what it meets on its way, and what is kept of it."""

import asyncio
from time import perf_counter, time
from typing import Self

from starlette.types import Receive, Send

from mock_server.contract.operation import Operation
from mock_server.errors import Violation
from mock_server.problem import Problem
from mock_server.request import Request
from mock_server.response import Response
from mock_server.workbench.fault import Fault
from mock_server.workbench.journal import BODY_CAP, Entry
from mock_server.workbench.preference import preferred


class Exchange:
    """A request on its way to an answer. `struck` are the faults that it meets."""

    __slots__ = ("_at", "_request", "_start", "operation", "struck")

    def __init__(self, request: Request, operation: Operation | None = None) -> None:
        self._at, self._start = time(), perf_counter()
        self._request = request
        self.operation = operation
        self.struck: list[Fault] = []

    async def answer(self, segments: dict[str, str]) -> Response:
        """Return the operation's answer, or what faults and preferences make of it. Raises Problem 400."""
        operation, request = self.operation, self._request
        assert operation is not None
        asked = preferred(request)
        if asked is None and not request.organisation.faults:
            return operation.answer(request, segments)
        faults = request.organisation.faults.strike(operation.id)
        if asked is not None:
            if asked.status is not None and asked.status < 500 and asked.status not in operation.statuses:
                raise Problem.invalid([_undocumented(asked.status, operation)])
            faults = [asked, *faults] if not asked.ends else [asked]
        self.struck = faults
        forced = await self._meet("before")
        answer = forced or operation.answer(request, segments)
        return await self._meet("after") or answer

    async def _meet(self, when: str) -> Response | None:
        """Wait as long as the faults of this time say; return the answer that one of them forces, if any."""
        assert self.operation is not None
        for fault in self.struck:
            if fault.when == when:
                if fault.delay:
                    await asyncio.sleep(self._request.organisation.faults.seconds(fault))
                if fault.status is not None:
                    return self.operation.forced(fault.status)
                if fault.hang:
                    return Response(0)
                if fault.drop and when == "before":
                    return self.operation.forced(self.operation.success)
        return None

    async def end(self, response: Response, receive: Receive, send: Send) -> None:
        """Enter the exchange in the journal, and send the answer as the faults allow."""
        self.keep(response)
        last = self.struck[-1] if self.struck else None
        if last is not None and last.hang:
            while (await receive())["type"] != "http.disconnect":
                pass
        elif last is not None and last.drop:
            await response.send_half(send)
        else:
            await response.send(send)

    def keep(self, response: Response) -> None:
        """Enter the exchange in the organisation's journal and coverage."""
        request, operation = self._request, self.operation
        organisation = request.organisation
        if operation is not None:
            organisation.coverage.add(operation.id, response.status, request.used)
        organisation.journal.add(
            Entry(
                number=organisation.journal.count + 1,
                at=self._at,
                method=request.method,
                target=request.target,
                operation_id=operation.id if operation is not None else None,
                request_headers=request.headers,
                request_body=request.body[:BODY_CAP],
                status=response.status,
                response_headers=response.head(),
                response_body=response.body[:BODY_CAP],
                sizes=(len(request.body), len(response.body)),
                duration=perf_counter() - self._start,
                fault=", ".join(map(str, self.struck)) if self.struck else None,
                ignored=request.ignored,
            )
        )

    @classmethod
    def kept(cls, request: Request, response: Response) -> Self:
        """Enter an exchange in the journal that was none with any operation."""
        exchange = cls(request)
        exchange.keep(response)
        return exchange


def _undocumented(status: int, operation: Operation) -> Violation:
    documented = ", ".join(map(str, operation.statuses))
    return Violation("query", "/__code", f"must be one of {documented} or a 5xx for {operation.id}, not {status}")
