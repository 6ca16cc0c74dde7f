"""One exchange with the API, as it is kept."""

from collections.abc import Sequence
from time import perf_counter

from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.fault import Fault

BODY_CAP = 64 * 1024
"""How many bytes of each body are kept."""


class Exchange:
    """A request and its answer.

    `at` is in seconds since 1970, `duration` in seconds; `operation` is an operationId, None where the contract
    has none for the request; `notes` say in words what of the request was passed over, and `faults` are those
    that were applied. `sizes` are those of both bodies where the bodies are cut to what the journal shows.

    It holds no more than the journal tells: with a thousand of them the memory that they fill leaves the
    processor's caches, and all that is kept is paid for with every request.
    """

    __slots__ = (
        "at",
        "body",
        "duration",
        "faults",
        "headers",
        "method",
        "notes",
        "number",
        "operation",
        "path",
        "query",
        "response",
        "root_path",
        "sizes",
    )

    def __init__(
        self,
        request: Request,
        response: Response,
        operation: str | None = None,
        notes: Sequence[str] = (),
        faults: Sequence[Fault] = (),
    ) -> None:
        self.at = request.at
        self.method = request.method
        self.root_path = request.root_path
        self.path = request.path
        self.query = request.query
        self.headers = request.headers
        self.body = request.body
        self.response = response
        self.operation = operation
        self.notes = notes
        self.faults = faults
        self.sizes: tuple[int, int] | None = None
        if len(response.body) > BODY_CAP or len(request.body) > BODY_CAP:
            self._cut()
        self.duration = perf_counter() - request.begun
        # Given by the journal.
        self.number: int

    @property
    def target(self) -> str:
        """Path and query, as they were sent."""
        path = self.root_path + self.path
        return f"{path}?{self.query.decode('latin-1')}" if self.query else path

    def _cut(self) -> None:
        self.sizes = len(self.body), len(self.response.body)
        self.body = self.body[:BODY_CAP]
        self.response = self.response._replace(body=self.response.body[:BODY_CAP])
