"""HTTP byte for byte, for requests that a client library would mend or refuse to send."""

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http.client import HTTPResponse
from io import BytesIO
from itertools import chain, repeat
from typing import Any
from urllib.parse import urlsplit

HOST = "127.0.0.1:8080"


@dataclass(frozen=True)
class RawAnswer:
    """One answer, read from the wire."""

    status_code: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def send(url: str, *parts: bytes, method: str = "GET") -> RawAnswer:
    """Send these bytes to the server at `url` and return its answer, to a request with this method."""
    place = urlsplit(url)
    assert place.hostname is not None
    with socket.create_connection((place.hostname, place.port or 80), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
        with HTTPResponse(connection, method=method) as answer:
            answer.begin()
            return RawAnswer(answer.status, answer.headers, answer.read())


def request(
    url: str, method: str, target: str | bytes, headers: Iterable[str] = (), body: bytes = b"", host: str = HOST
) -> RawAnswer:
    """Send a request with exactly this target, these headers and Host, and this body."""
    return send(url, head(method, target, headers, host), body, method=method)


def head(method: str, target: str | bytes, headers: Iterable[str] = (), host: str = HOST) -> bytes:
    """Return a request up to its body."""
    line = method.encode() + b" " + (target if isinstance(target, bytes) else target.encode()) + b" HTTP/1.1"
    fields = [field.encode("latin-1") for field in (f"Host: {host}", *headers)]
    return b"\r\n".join([line, *fields, b"", b""])


def converse(url: str, *parts: bytes, end: bool = False, methods: Iterable[str] = ()) -> list[RawAnswer]:
    """Send these bytes, each part in a packet of its own, and return all answers until the server closes.

    With `end` the client says after its last byte that no more will come. `methods` are those of the requests, where
    not all are GET or POST.
    """
    place = urlsplit(url)
    assert place.hostname is not None
    with socket.create_connection((place.hostname, place.port or 80), timeout=20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return parse(b"".join(iter(partial(connection.recv, 65536), b"")), methods)


def parse(data: bytes, methods: Iterable[str] = ()) -> list[RawAnswer]:
    """Return the answers in these bytes, to requests with these methods and GET where they are out."""
    wire, answers = _Wire(data), []
    for method in chain(methods, repeat("GET")):
        if wire.tell() == len(data):
            break
        answer = HTTPResponse(wire, method=method)  # type: ignore[arg-type]
        answer.begin()
        answers.append(RawAnswer(answer.status, answer.headers, answer.read()))
    return answers


class _Wire(BytesIO):
    """Bytes that stay open, as a connection does, when one answer has been read from them."""

    def makefile(self, _mode: str) -> BytesIO:
        return self

    def close(self) -> None:
        pass
