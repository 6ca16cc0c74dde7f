"""One exchange with the API, as it is kept."""

from collections.abc import Sequence
from time import perf_counter

from mock_server.web.request import Request
from mock_server.web.response import Response
from mock_server.workbench.fault import Fault

BODY_CAP = 64 * 1024
"""How many bytes of each body are kept."""

_BARE = 600
_PAIR = 130
"""About how many bytes of memory an exchange and one of its headers fill beside their text."""


class Exchange:
    """A request and its answer.

    `at` is in seconds since 1970, `duration` in seconds; `operation` is an operationId, None where the contract
    has none for the request; `notes` say in words what of the request was passed over, and `faults` are those
    that were applied. `sizes` are those of both bodies where the bodies are cut to what the journal shows: that of
    the request None where it was too large to be read, that of the answer None while it is still written. `size` is
    about how many bytes of memory all of it fills.

    It holds no more than the journal tells: with a thousand of them the memory that they fill leaves the
    processor's caches, and all that is kept is paid for with every request.
    """

    __slots__ = (
        "_begun",
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
        "size",
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
        self.sizes: tuple[int | None, int | None] | None = None
        if len(response.body) > BODY_CAP or len(request.body) > BODY_CAP:
            self._cut()
        elif response.status == 413:
            self.sizes = None, len(response.body)
        self.size = self._measure()
        self._begun = request.begun
        self.duration = perf_counter() - request.begun
        # Given by the journal.
        self.number: int

    @property
    def target(self) -> str:
        """Path and query, as they were sent."""
        path = self.root_path + self.path
        return f"{path}?{self.query.decode('latin-1')}" if self.query else path

    def given_up(self) -> None:
        """Take note that the client has gone before it had its answer."""
        self.duration = perf_counter() - self._begun
        self.notes = (*self.notes, f"client went away after {self.duration * 1000:.0f} ms")

    def written(self, size: int) -> None:
        """Take note that the answer was written to its end, a body of so many bytes."""
        self.duration = perf_counter() - self._begun
        self.sizes = len(self.body) if self.sizes is None else self.sizes[0], size

    def _cut(self) -> None:
        answered = None if self.response.rest is not None else len(self.response.body)
        self.sizes = len(self.body), answered
        self.body = self.body[:BODY_CAP]
        self.response = self.response._replace(body=self.response.body[:BODY_CAP], rest=None)

    def _measure(self) -> int:
        size = _BARE + len(self.path) + len(self.query) + len(self.body) + len(self.response.body)
        for name, value in self.headers:
            size += _PAIR + len(name) + len(value)
        for note in self.notes:
            size += _BARE + len(note)
        return size
