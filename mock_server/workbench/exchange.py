"""One exchange with the API, as the workbench sees it: what it meets on its way, and what is kept of it."""

import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter, time

from starlette.types import Receive, Send

from mock_server.contract.operation import Operation
from mock_server.organisation.errors import Violation
from mock_server.web.problem import Problem
from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.fault import Fault
from mock_server.workbench.preference import preferred

BODY_CAP = 64 * 1024
"""How many bytes of each body are kept."""


class Exchange:
    """A request on its way to an answer.

    `at` is in seconds since 1970, `duration` in seconds; `struck` are the faults that it has met.
    """

    __slots__ = ("_start", "at", "duration", "number", "operation", "request", "response", "sizes", "struck")

    def __init__(self, request: Request, operation: Operation | None = None) -> None:
        self.at = time()
        self._start = perf_counter()
        self.request = request
        self.operation = operation
        self.struck: Sequence[Fault] = ()
        self.sizes: tuple[int, int] | None = None
        # Set when it is kept.
        self.response: Response
        self.duration: float
        self.number: int

    def meets(self, operation: Operation) -> bool:
        """Say whether anything lies in the request's way to this operation. Raises Problem 400."""
        request = self.request
        asked = preferred(request)
        if asked is not None:
            if asked.status is not None and asked.status < 500 and asked.status not in operation.statuses:
                raise Problem.invalid([_undocumented(asked.status, operation)])
            ahead = [] if asked.ends else request.organisation.faults.strike(operation.id)
            self.struck = [asked, *ahead]
        elif request.organisation.faults:
            self.struck = request.organisation.faults.strike(operation.id)
        return bool(self.struck)

    async def answer(self, operation: Operation, segments: Mapping[str, str]) -> Response:
        """Return what the faults make of the operation's answer."""
        answer = await self._meet("before", operation) or operation.answer(self.request, segments)
        return await self._meet("after", operation) or answer

    async def _meet(self, when: str, operation: Operation) -> Response | None:
        """Wait as long as the faults of this time say; return the answer that one of them forces, if any."""
        for fault in self.struck:
            if fault.when == when:
                if fault.delay:
                    await asyncio.sleep(self.request.organisation.faults.seconds(fault))
                if fault.status is not None:
                    return operation.forced(fault.status)
                if fault.hang:
                    return Response(0)
                if fault.drop and when == "before":
                    return operation.forced(operation.success)
        return None

    def keep(self, response: Response) -> None:
        """Enter the exchange in the organisation's journal and coverage."""
        organisation = self.request.organisation
        if self.operation is not None:
            organisation.coverage.add(self.operation.id, response.status, self.request.used)
        self.response = response
        if len(response.body) > BODY_CAP or len(self.request.body) > BODY_CAP:
            self._cut()
        self.duration = perf_counter() - self._start
        organisation.journal.add(self)

    def _cut(self) -> None:
        """Keep of both bodies only as much as the journal shows, and how long they were."""
        request, response = self.request, self.response
        self.sizes = len(request.body), len(response.body)
        request.body = request.body[:BODY_CAP]  # it was answered already
        self.response = response._replace(body=response.body[:BODY_CAP])

    async def send(self, response: Response, receive: Receive, send: Send) -> None:
        """Send the answer as the faults allow."""
        last = self.struck[-1]
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
