"""One request on its way to the application, and its answer on its way back."""

from functools import lru_cache
from string import punctuation
from typing import Any, NamedTuple
from urllib.parse import quote

from uvicorn.protocols.http.httptools_impl import HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle
from uvicorn.protocols.utils import get_client_addr

from mock_server.web.problem import Problem

CONTINUE = STATUS_LINE[100] + b"\r\n"


class _Head(NamedTuple):
    """The lines of a head, the first one too, the length of the body that they tell, and whether they say close."""

    lines: bytes
    length: int | None
    closes: bool


class Cycle(RequestResponseCycle):
    """uvicorn's own, which can be refused while its body comes, and says how long the connection stays open.

    `kept` are the last lines of a head that says so. The protocol closes the connection after an answer that does
    not `keep_alive`, so that it may read on first. `problem` is why the request was refused while its body came.
    """

    kept = b"\r\n"
    problem: Problem | None = None
    _delimited = True

    @property
    def older(self) -> bool:
        """Whether the client speaks HTTP/1.0, which knows neither chunks nor interim answers."""
        return self.scope["http_version"] == "1.0"

    def refuse(self, problem: Problem) -> None:
        """Answer with this problem if no answer has begun, and let it be the last of the connection.

        An application that waits for the body gets `http.disconnect` with the problem as `refused`, and is to
        answer with it.
        """
        self.keep_alive = False
        self.problem = problem
        self.scope["refused"] = problem  # type: ignore[typeddict-unknown-key]
        self.message_event.set()

    def abandon(self) -> None:
        """Tell the application that the client has gone."""
        if not self.response_complete:
            self.disconnected = True
        self.message_event.set()

    async def send_500_response(self) -> None:
        """Answer what the application left without an answer."""
        problem = self.problem or Problem(500, "The server failed to answer; its log says where.")
        self.keep_alive = False
        await problem.response().send(self.send)

    async def send(self, message: Any) -> None:
        """Take a message of the application, and write it."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if not self.response_started:
            if kind != "http.response.start":
                raise RuntimeError(f"Expected ASGI message 'http.response.start', but got '{kind}'.")
            self.response_started = True
            self._write_head(message["status"], message.get("headers", ()))
        elif not self.response_complete:
            if kind != "http.response.body":
                raise RuntimeError(f"Expected ASGI message 'http.response.body', but got '{kind}'.")
            self._write_body(message.get("body", b""), message.get("more_body", False))
        else:
            raise RuntimeError(f"Unexpected ASGI message '{kind}' sent, after response already completed.")

    async def receive(self) -> Any:
        """Give the application the next message about its request."""
        if self.waiting_for_100_continue and not self.transport.is_closing():
            self.transport.write(CONTINUE)
            self.waiting_for_100_continue = False
        if not (self.disconnected or self.response_complete or self.problem):
            self.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        if self.problem:
            return {"type": "http.disconnect", "refused": self.problem}
        body = bytes(self.body)
        self.body = bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    def _write_head(self, status: int, headers: Any) -> None:
        if self.access_log:
            self._log(status)
        head = _head(status, (*self.default_headers, *headers))
        lines = head.lines
        if head.length is not None:
            self.expected_content_length = head.length
            self.chunked_encoding = False
        if head.closes:
            self.keep_alive = False
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in (204, 304):
            if self.older:
                self._delimited = self.keep_alive = False
            else:
                self.chunked_encoding = True
                lines += b"transfer-encoding: chunked\r\n"
        if self.waiting_for_100_continue and self.more_body:
            # Whether the body comes nevertheless is the client's to choose (RFC 9110, section 10.1.1), so what comes
            # next could be taken for either.
            self.keep_alive = False
        self.waiting_for_100_continue = False
        self.transport.write(lines + (self.kept if self.keep_alive else b"connection: close\r\n\r\n"))

    def _write_body(self, body: bytes, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            self.expected_content_length = 0
        elif self.chunked_encoding:
            content = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self.transport.write(content if more else content + b"0\r\n\r\n")
        else:
            if self._delimited:
                self.expected_content_length -= len(body)
                if self.expected_content_length < 0:
                    raise RuntimeError("Response content longer than Content-Length")
            self.transport.write(body)
        if not more:
            if self.expected_content_length:
                raise RuntimeError("Response content shorter than Content-Length")
            self.response_complete = True
            self.message_event.set()
            self.on_response()

    def _log(self, status: int) -> None:
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        target = b"?".join(filter(None, (scope["raw_path"], scope["query_string"])))
        self.access_logger.info(
            '%s - "%s %s HTTP/%s" %d',
            get_client_addr(self.scope),
            scope["method"],
            quote(target, safe=punctuation),  # as it came, but for what a line of a log can't hold
            scope["http_version"],
            status,
        )


@lru_cache(maxsize=128)  # nearly all answers have one of a few heads, and to form it anew takes ten times as long
def _head(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> _Head:
    lines, length, closes = [STATUS_LINE[status]], None, False
    for name, value in headers:
        if HEADER_VALUE_RE.search(value):  # names are constants of the application
            raise RuntimeError(f"Invalid HTTP header {name!r}: {value!r}.")
        name = name.lower()
        if name == b"content-length":
            length = int(value)
        elif name == b"connection" and b"close" in value.lower():
            closes = True
            continue
        lines.append(b"%b: %b\r\n" % (name, value))
    return _Head(b"".join(lines), length, closes)
