"""One request to a sandbox, from when it came until it is answered."""

from starlette.types import Receive

from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.client import wait
from mock_server.web.problem import Problem


class Visit:
    """A request that has come to a sandbox, and belongs to the world that it found there.

    Where that world ends before the request does (a reset, another scenario or state, an organisation that is dropped),
    the request has no effect on the next one.
    """

    __slots__ = ("_receive", "_sandbox", "_world")

    def __init__(self, sandbox: Sandbox, receive: Receive) -> None:
        self._sandbox = sandbox
        self._world = sandbox.organisation.world
        self._receive = receive

    @property
    def is_over(self) -> bool:
        """Whether the world that it came to has ended."""
        return self._sandbox.organisation.world is not self._world

    def check(self) -> None:
        """Raise Problem 503 if the world that it came to has ended."""
        if self.is_over:
            raise Problem(
                503,
                "The organisation was reset or replaced, or dropped to make room, while this request was under way: "
                "nothing of it is left. Send it again.",
            )

    async def wait(self, seconds: float) -> None:
        """Wait so long. Raises ClientDisconnect if the client goes, and Problem 503 if the world has ended."""
        await wait(seconds, self._receive)
        self.check()
