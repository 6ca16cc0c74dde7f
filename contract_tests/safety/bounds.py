"""What one answer may cost, in time and in bytes, however it comes: slowly, without an end, or compressed."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

READ_TIMEOUT = 30.0
"""Seconds without a byte after which no answer is waited for any more."""

IN_WHOLE = 2
"""How many times as long the answer may take in whole."""

MOST_HEAD = 2**20
"""Bytes of all heads of one answer: `100 Continue` may come before it any number of times."""

MOST_BODY = 2**25
"""Bytes of one body, on the wire as when it is decoded: 32 MiB are some 100,000 records."""


class Endless(Exception):
    """An answer beyond all bounds. The message says of the service what it does."""


class BoundedAdapter(HTTPAdapter):
    """Sends as requests does; an answer beyond the bounds is broken off, and Endless is raised."""

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        """Have the answers of every connection read within bounds."""
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def send(self, request: PreparedRequest, *given: Any, **named: Any) -> Response:
        """Send a request; the body of the answer is still to be read, and can be so within bounds only."""
        response = super().send(request, *given, **named)
        response.raw = _Measured(response.raw)
        return response


class _Measured:
    """An answer of urllib3 that decodes no more than it may."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def stream(self, *given: Any, **named: Any) -> Iterator[bytes]:
        """Yield the decoded body in slices."""
        size = 0
        for part in self._raw.stream(*given, **named):
            size += len(part)
            if size > MOST_BODY:
                self._raw.close()
                raise _too_large()
            yield part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class _Reader(io.RawIOBase):
    """Reads one answer from a socket, up to a moment and a number of bytes.

    A timeout of a socket alone is none: each byte would begin it anew.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._timeout = sock.gettimeout() or READ_TIMEOUT
        self._most = self._timeout * IN_WHOLE
        self._until = time.monotonic() + self._most
        self._bytes = MOST_HEAD
        self._too_many = Endless("sends heads without end before its answer")

    def head_is_read(self) -> None:
        """From now on it is the body that is read."""
        self._bytes = MOST_BODY
        self._too_many = _too_large()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there; raise Endless at a bound, and TimeoutError when nothing comes for long."""
        if self._bytes <= 0:
            raise self._too_many
        left = self._until - time.monotonic()
        if left > 0:
            self._sock.settimeout(min(self._timeout, left))
            try:
                count = self._raw.readinto(buffer)
            except TimeoutError:
                if left >= self._timeout:
                    raise
            else:
                self._bytes -= count or 0
                return count
        raise Endless(f"takes more than {self._most:g} s for one answer")

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """An answer that is read within bounds."""

    def __init__(self, sock: socket.socket, *given: Any, **named: Any) -> None:
        super().__init__(sock, *given, **named)
        self.fp.close()
        self._reader = _Reader(sock)
        self.fp = io.BufferedReader(self._reader)

    def begin(self) -> None:
        """Read the head."""
        try:
            super().begin()
        except http.client.HTTPException as exc:
            # All others say what is wrong with it by their class; these two stand for a head that is too large.
            if type(exc) in (http.client.HTTPException, http.client.LineTooLong):
                raise Endless(f"sends a head without end: {exc}") from exc
            raise
        self._reader.head_is_read()


class _Connection(HTTPConnection):
    response_class = _Response


class _TLSConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def __str__(self) -> str:  # as it stands in messages
        return f"{self.host}:{self.port}"


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection
    __str__ = _Pool.__str__


def _too_large() -> Endless:
    return Endless(f"answers without end: more than {MOST_BODY // 2**20} MiB")
