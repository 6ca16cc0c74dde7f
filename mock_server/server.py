"""The application, listening."""

import asyncio
import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from time import monotonic
from types import FrameType
from typing import Any, Self, Unpack

import uvicorn
from starlette.types import ASGIApp

from mock_server.address import listen, url_of
from mock_server.app import Options, create_app
from mock_server.organisation.scenario import Scenario
from mock_server.signals import mind
from mock_server.web.protocol import Protocol

GRACE = 1.0
"""Seconds that requests which are being answered have left when the server ends."""


class _OnPurpose(logging.Filter):
    """Keeps from the log what is meant: a fault that leaves an answer unfinished, an end without waiting."""

    def filter(self, record: logging.LogRecord) -> bool:
        unfinished = record.getMessage().startswith("ASGI callable returned without completing")
        cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
        return not (unfinished or cancelled)


# Our own, and not uvicorn's: that belongs to the whole process.
_logger = logging.getLogger(__name__)
_logger.addFilter(_OnPurpose())


class _Config(uvicorn.Config):
    """uvicorn's configuration, without that of the process's logging."""

    def configure_logging(self) -> None:
        """Leave it as it is."""


class Server(uvicorn.Server):
    """A uvicorn server for the application, on the fastest loop that is installed.

    `at_start` is called when it serves and minds signals, `on_signal` at each SIGUSR1, `at_end` before it ends, and
    `beside` runs on its loop all the while: between two requests and never within one. In the main thread SIGINT,
    SIGTERM, SIGHUP and SIGQUIT end it; from then on all five are ignored, as the process ends too.
    """

    def __init__(
        self,
        app: ASGIApp,
        access_log: bool = False,
        at_start: Callable[[], None] | None = None,
        beside: Coroutine[Any, Any, None] | None = None,
        on_signal: Callable[[], None] | None = None,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        def connection(**arguments: Any) -> Protocol:
            protocol = Protocol(**arguments)
            protocol.logger = _logger
            protocol.access_log = access_log
            return protocol

        super().__init__(
            _Config(
                app,
                http=connection,  # type: ignore[arg-type]  # it is called, and no more
                ws="none",
                lifespan="off",
                # The application reads these headers itself, and only when it is told to.
                proxy_headers=False,
                server_header=False,
                # Otherwise the environment would be asked, which is meant for other servers.
                workers=1,
                forwarded_allow_ips=[],
            )
        )
        self._at_start = at_start
        self._beside = beside
        self._on_signal = on_signal
        self._at_end = at_end
        self._task: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and start what runs beside."""
        await super().startup(sockets)
        if self._beside is not None:
            self._task = asyncio.get_running_loop().create_task(self._beside)
        if self._at_start is not None:
            self._at_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what runs beside, let what is being answered come to its end for a while, then end the server."""
        if self._task is not None:
            self._task.cancel()
        for server in self.servers:
            server.close()
        for sock in sockets or ():
            sock.close()
        for connection in [*self.server_state.connections]:
            connection.shutdown()
        await self._wait(GRACE)
        for connection in [*self.server_state.connections]:
            connection.transport.abort()
        for task in self.server_state.tasks:
            task.cancel()
        await self._wait(GRACE)
        if self._at_end is not None:
            self._at_end()

    async def _wait(self, seconds: float) -> None:
        end = monotonic() + seconds
        while (self.server_state.connections or self.server_state.tasks) and monotonic() < end and not self.force_exit:
            await asyncio.sleep(0.02)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Mind the signals, in the main thread alone. After that they do nothing: there is nothing left to be done."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()

        def save(_number: int, _frame: FrameType | None) -> None:
            if self._on_signal is not None:
                loop.call_soon_threadsafe(self._on_signal)

        mind(self.handle_exit, save)
        try:
            yield
        finally:
            mind(signal.SIG_IGN, signal.SIG_IGN)


class MockServer:
    """A mock server in a thread of this process, for tests.

    >>> import requests
    >>> with MockServer(scenario="empty") as server:
    ...     requests.get(server.url + "/training/record/").json()["count"]
    0

    It listens on a free port of 127.0.0.1, at `url`, from the moment it is entered, which can be done once. Logging,
    signals and environment of the process stay as they are. Takes what `create_app` takes, and raises FixtureInvalid as
    that does.
    """

    def __init__(self, scenario: str | Scenario = "default", **options: Unpack[Options]) -> None:
        self.app = create_app(scenario, **options)
        self._url = ""
        self._started = threading.Event()
        self._failed: BaseException | None = None
        self._ends = contextlib.ExitStack()

    @property
    def url(self) -> str:
        """Where it listens, or did. Raises RuntimeError before it is entered."""
        if not self._url:
            raise RuntimeError("this MockServer has no address yet: it listens from the moment it is entered")
        return self._url

    def __enter__(self) -> Self:
        if self._url:
            raise RuntimeError("this MockServer was entered before: make another one")
        with contextlib.ExitStack() as ends:  # undone what is done, should the start fail
            sock = listen("127.0.0.1", 0)
            ends.callback(sock.close)
            self._url = url_of(sock)
            server = Server(self.app, at_start=self._started.set)
            thread = threading.Thread(target=self._run, args=[server, sock], name="mock server", daemon=True)
            thread.start()
            ends.callback(thread.join)
            ends.callback(setattr, server, "should_exit", True)
            self._started.wait()
            if self._failed is not None:
                raise RuntimeError(f"this MockServer could not start: {self._failed!r}") from self._failed
            self._ends = ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def _run(self, server: Server, sock: socket.socket) -> None:
        try:
            server.run(sockets=[sock])
        except BaseException as error:
            if self._started.is_set():
                raise
            self._failed = error
        finally:
            self._started.set()
