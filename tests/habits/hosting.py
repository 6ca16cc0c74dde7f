"""Where services listen: most on uvicorn, those with habits about connections on a server that can cut them."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any

from faults import served
from faults.ask import body_of
from starlette.types import Receive, Scope, Send

from .service import TrainingService
from .web import Answer, Request


@dataclass(frozen=True)
class Honest:
    """A service that runs: where it is, and what only its owner sees."""

    url: str
    left: Callable[[], list[str]]
    """The api_ids of all records that are not other people's."""
    harmed: Callable[[], list[str]]
    """What was done, or aimed, to records of other people."""


@contextmanager
def hosted(service: TrainingService) -> Iterator[Honest]:
    """Serve it on uvicorn."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        answer = service.answer(_request(scope, await body_of(receive)))
        await asyncio.sleep(answer.delay)
        headers = [(name.lower().encode(), value.encode()) for name, value in _headers(answer)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.content})

    with served(app) as url:
        yield Honest(url, service.left, service.harmed)


def _request(scope: Scope, content: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return Request(scope["method"], path, query, headers, content)


def _headers(answer: Answer) -> list[tuple[str, str]]:
    length = [] if answer.status == 204 else [("Content-Length", str(len(answer.content)))]
    media_type = [("Content-Type", answer.media_type)] if answer.media_type else []
    return [*media_type, *answer.headers, *length]


@contextmanager
def hosted_by_hand(service: TrainingService, idle: float | None = None) -> Iterator[Honest]:
    """Serve it on `http.server`, where an answer may be dropped, and a connection closed unannounced.

    A connection is closed, too, after so many idle seconds.
    """
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet
        timeout = idle

        def respond(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path, _, query = self.path.partition("?")
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                answer = service.answer(Request(self.command, path, query, headers, content))
            sleep(answer.delay)
            self.close_connection = self.close_connection or answer.dropped or answer.last or answer.cut
            if not answer.dropped:
                self.send(answer)

        def send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in _headers(answer):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content[: len(answer.content) // 2] if answer.cut else answer.content)

        def log_message(self, *_: object) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.respond
            raise AttributeError(name)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Honest(f"http://127.0.0.1:{server.server_port}", service.left, service.harmed)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
