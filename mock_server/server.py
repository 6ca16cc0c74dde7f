"""The application, listening."""

import logging
import socket
from threading import Thread
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp

from mock_server.app import create_app
from mock_server.protocol import Protocol


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


class _Dropped(logging.Filter):
    """Keeps from the log what a fault does on purpose: leaving an answer unfinished."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("ASGI callable returned without completing response")


def uvicorn_server(app: ASGIApp, log_level: str) -> uvicorn.Server:
    """Return a uvicorn server for the application, on the fastest loop that is installed."""
    config = uvicorn.Config(
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
    logging.getLogger("uvicorn.error").addFilter(_Dropped())
    return uvicorn.Server(config)


class MockServer:
    """A mock server in a thread of this process, for tests.

    >>> with MockServer(scenario="empty") as server:
    ...     requests.get(server.url + "/training/record/").json()["count"]
    0

    It listens on a free port of 127.0.0.1 from the moment it is entered. Takes what `create_app` takes.
    """

    def __init__(self, **options: Any) -> None:
        self.app = create_app(**options)
        self._socket = listen("127.0.0.1", 0)
        self.url = url_of(self._socket)
        self._server = uvicorn_server(self.app, "warning")
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()
