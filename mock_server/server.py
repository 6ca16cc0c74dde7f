"""The application, listening."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Coroutine
from threading import Thread
from typing import Any, Self, Unpack

import uvicorn
from starlette.types import ASGIApp

from mock_server.app import Options, create_app
from mock_server.organisation.scenario import Scenario
from mock_server.web.protocol import Protocol


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that takes connections; port 0 is any free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        # From here on clients wait in the queue: the address is good before the first request is read.
        sock.listen(2048)
    except OSError:
        sock.close()
        raise
    return sock


def url_of(sock: socket.socket) -> str:
    """Return the URL of a server on this socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _OnPurpose(logging.Filter):
    """Keeps from uvicorn's log what is meant: a fault that leaves an answer unfinished, an end without waiting."""

    def filter(self, record: logging.LogRecord) -> bool:
        unfinished = record.getMessage().startswith(("ASGI callable returned without completing", "Cancel "))
        cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
        return not (unfinished or cancelled)


_ON_PURPOSE = _OnPurpose()
"""One for all servers of a process: a logger keeps each filter that is added to it."""


class Server(uvicorn.Server):
    """A uvicorn server for the application, on the fastest loop that is installed.

    `at_start` is called when it serves and minds signals, `on_signal` at each SIGUSR1, `at_end` before it
    ends, and `beside` runs on its loop all the while: between two requests and never within one.
    """

    def __init__(
        self,
        app: ASGIApp,
        log_level: str = "warning",
        at_start: Callable[[], None] | None = None,
        beside: Coroutine[Any, Any, None] | None = None,
        on_signal: Callable[[], None] | None = None,
        at_end: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                ws="none",
                lifespan="off",
                log_level=log_level,
                access_log=log_level in ("info", "debug"),
                # The application reads these headers itself, and only when it is told to.
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        logging.getLogger("uvicorn.error").addFilter(_ON_PURPOSE)
        self._at_start = at_start
        self._beside = beside
        self._on_signal = on_signal
        self._at_end = at_end
        self._task: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and start what runs beside."""
        await super().startup(sockets)
        loop = asyncio.get_running_loop()
        if self._beside is not None:
            self._task = loop.create_task(self._beside)
        if self._on_signal is not None and hasattr(signal, "SIGUSR1"):
            loop.add_signal_handler(signal.SIGUSR1, self._on_signal)
        if self._at_start is not None:
            self._at_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what runs beside, then the server."""
        if self._task is not None:
            self._task.cancel()
        await super().shutdown(sockets)
        if self._at_end is not None:
            self._at_end()


class MockServer:
    """A mock server in a thread of this process, for tests.

    >>> import requests
    >>> with MockServer(scenario="empty") as server:
    ...     requests.get(server.url + "/training/record/").json()["count"]
    0

    It listens on a free port of 127.0.0.1, at `url`, from the moment it is entered. Takes what `create_app`
    takes, and raises FixtureInvalid as that does.
    """

    def __init__(self, scenario: str | Scenario = "default", **options: Unpack[Options]) -> None:
        self.app = create_app(scenario, **options)
        self._socket = listen("127.0.0.1", 0)
        self.url = url_of(self._socket)
        self._server = Server(self.app)
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
