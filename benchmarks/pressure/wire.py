"""HTTP/1.1 on a socket: requests as they are meant, answers read strictly.

A client library would mend, retry or refuse what a soak has to send, and take more of the processor than the server.
"""

import asyncio
import socket
import struct
from typing import Any, NamedTuple, Self

import orjson

PATIENCE = 60.0
"""Seconds after which an answer is held to be none."""


class MalformedAnswer(Exception):
    """Bytes that are no answer (RFC 9112)."""


class NoAnswer(Exception):
    """The connection was closed before an answer was complete, or nothing came for too long."""


class Answer(NamedTuple):
    """One answer; names of headers in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON. Raises MalformedAnswer where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise MalformedAnswer(f"no JSON ({error}): {self.body[:200]!r}") from None


def request(method: str, path: str, body: object = None, headers: str = "") -> bytes:
    """Return a request; `body` is bytes or what becomes JSON, `headers` are lines that end with CRLF."""
    content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode("latin-1") + b"\r\n" + content


class Connection:
    """A connection to a server on this machine."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()

    @classmethod
    async def open(cls, port: int, unread: int | None = None) -> Self:
        """Connect; at most about `unread` bytes wait in this machine for a client that does not read."""
        sock = socket.socket()
        sock.setblocking(False)
        if unread is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, unread)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, ("127.0.0.1", port))
        return cls(sock)

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        await self._loop.sock_sendall(self._socket, data)

    async def receive(self, most: int = 65536) -> bytes:
        """Return what comes next, at most so many bytes; empty where the server has closed the connection."""
        return await self._loop.sock_recv(self._socket, most)

    async def ask(self, method: str, path: str, body: object = None, headers: str = "") -> Answer:
        """Send a request and return its answer. Raises MalformedAnswer, NoAnswer."""
        try:
            await self.send(request(method, path, body, headers))
        except OSError as error:
            raise NoAnswer(f"the request could not be sent: {error}") from None
        return await self.answer(method)

    async def answer(self, method: str = "GET") -> Answer:
        """Return the answer to a request with this method. Raises MalformedAnswer, NoAnswer."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._answer(method)
        except TimeoutError:
            raise NoAnswer(f"nothing for {PATIENCE:.0f} s") from None
        except OSError as error:
            raise NoAnswer(str(error)) from None

    async def _answer(self, method: str) -> Answer:
        status, headers = _read_head(await self._until(b"\r\n\r\n"))
        if status == 100:
            return Answer(status, headers, b"")
        length = headers.get("content-length")
        if method == "HEAD" or status in (204, 304):
            body = b""
        elif "chunked" in headers.get("transfer-encoding", ""):
            body = await self._chunks()
        elif length is not None and length.isdecimal():
            body = await self._exactly(int(length))
        else:
            raise MalformedAnswer(f"neither Content-Length nor chunks: {headers}")
        return Answer(status, headers, body)

    async def _chunks(self) -> bytes:
        parts = []
        while True:
            line = await self._until(b"\r\n")
            try:
                size = int(line[:-2], 16)
            except ValueError:
                raise MalformedAnswer(f"no size of a chunk: {line!r}") from None
            part = await self._exactly(size + 2)
            if part[-2:] != b"\r\n":
                raise MalformedAnswer(f"a chunk does not end where it should: {part[-20:]!r}")
            if size == 0:
                return b"".join(parts)
            parts.append(part[:-2])

    async def _until(self, end: bytes) -> bytes:
        start = 0
        while (found := self._buffer.find(end, start)) < 0:
            start = max(0, len(self._buffer) - len(end))
            await self._more()
        return self._take(found + len(end))

    async def _exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            await self._more()
        return self._take(size)

    async def _more(self) -> None:
        data = await self.receive(262144)
        if not data:
            raise NoAnswer(f"closed after {bytes(self._buffer[:200])!r}")
        self._buffer += data

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def surplus(self) -> bytes:
        """Return what came beyond the last answer: of a server that sends only answers, nothing."""
        return bytes(self._buffer)

    def half_close(self) -> None:
        """Tell that nothing more will be sent, and go on reading."""
        self._socket.shutdown(socket.SHUT_WR)

    def vanish(self) -> None:
        """Be gone at once, so that the other side is told (RST), whatever is under way."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def close(self) -> None:
        """Close the connection in good order."""
        self._socket.close()


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if version != "HTTP/1.1" or not rest[:3].isdecimal() or rest[3:4] not in ("", " "):
        raise MalformedAnswer(f"no status line: {first[:200]!r}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name.strip() != name:
            raise MalformedAnswer(f"no header: {line[:200]!r}")
        if name.lower() == "content-length" and "content-length" in headers:
            raise MalformedAnswer("two Content-Length")
        headers[name.lower()] = value.strip()
    return int(rest[:3]), headers
