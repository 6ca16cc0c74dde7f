"""HTTP itself: how requests are read, also those that are too broken to be any, and when a connection ends."""

import asyncio
import re
import socket
import urllib.parse
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mock_server.web.cycle import CONTINUE, Cycle
from mock_server.web.limits import DEFAULT, Limits
from mock_server.web.malformed import SHOWN, Sketch, problem_of, sketch
from mock_server.web.problem import Problem
from mock_server.web.transport import Gathered

_HOST = re.compile(rb"([A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(:[0-9]*)?")
"""uri-host [":" port] (RFC 9110, section 7.2)."""

_ABSOLUTE = re.compile(rb"https?://([^/?#]+)(.*)", re.IGNORECASE)

_OFFERS = (b"upgrade", b"connection", b"proxy-connection")

LINGER = 2.0
"""Seconds for which a connection is read on after its last answer, where the client may still be sending.

If it were closed at once, the system would answer what comes with a reset, and that takes from the client the answer
it has not read yet (RFC 9112, section 9.6).
"""

PROBE = 0.005
RARELY = 0.25
"""Seconds after which a client that sends no more is asked whether it still reads, at first and after a while."""

CHUNK = 20
"""Bytes that the size of a chunk and the ends of its lines take at most, but for an extension."""

LATE = 0.1
"""Seconds that are given when a time is over: where the loop itself was late, what has come meanwhile is read first."""


_NONE, _HEAD, _BODY = "none", "head", "body"
"""What has come of a request so far: nothing, a part of its head, or its head and perhaps a part of its body."""


class Protocol(HttpToolsProtocol):
    """One connection: uvicorn's own, with answers of the application to everything that comes.

    A request that can't be read reaches the application too, with what is known of it and, in its scope as
    `refused`, the Problem to answer with. It is the last one of its connection, behind all that came before it.
    """

    transport: Gathered  # type: ignore[assignment]
    cycle: Cycle | None  # type: ignore[assignment]
    scope: dict[str, Any]  # type: ignore[assignment]

    def __init__(self, *args: Any, limits: Limits = DEFAULT, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._limits = limits
        self._kept = b"connection: keep-alive\r\nkeep-alive: timeout=%d\r\n\r\n" % limits.idle_time
        self._part = _NONE
        # The first one without its whole answer; the others wait in the pipeline.
        self._running: Cycle | None = None
        # How many bytes of the head have come, and those bytes where it is known where it began: the parser does not
        # tell. Of one that began behind another request in the same packet, that packet does not count.
        self._arrived = 0
        self._raw: bytes | None = None
        # Bytes of a chunked body that were neither its data nor the size of a chunk.
        self._overhead = 0
        # The headers of a request that offered an upgrade, while it is read once more without the offer.
        self._offered: list[tuple[bytes, bytes]] | None = None
        self._host = b""
        self._deaf = False
        self._ended = False
        self._since = 0.0
        self._timer: asyncio.TimerHandle

    # A connection begins and ends

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection."""
        gathered = Gathered(transport, self.loop, self._limits.write_time)
        super().connection_made(gathered)  # type: ignore[arg-type]
        self._since = self.loop.time()
        self._timer = self.loop.call_later(self._limits.idle_time, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application that nobody waits for its answers any more."""
        super().connection_lost(exc)
        self._timer.cancel()
        self.transport.lost()
        if self._running is not None:
            self._running.abandon()
        self.pipeline.clear()
        # A request that never ran refers to the connection. Circles stay for long: the collector is held back (see
        # `command.py`), as it goes through every record there is.
        self.cycle = self._running = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client sends no more. Return whether it may still get answers.

        It has either closed the one direction alone, or gone altogether: both look the same (RFC 9112, section 9.6).
        """
        self._ended = True
        self.transport.flush()  # the loop's own transport closes when this returns False
        if self._part is _HEAD and not self._deaf:
            self._refuse(Problem(400, "The request ended in the middle of its head: an empty line must end that."))
        elif self._part is _BODY and not self._deaf:
            # A request without its end is none.
            if not self.pipeline:
                return False
            self.pipeline.popleft()
        running = self._running
        if running is None or running.response_complete:
            return False
        last = self.pipeline[0][0] if self.pipeline else running
        last.keep_alive = False
        if running.response_started:
            # What is written next shows whether anybody is there; the application may have a word for that.
            running.message_event.set()
        self.loop.call_later(PROBE, self._probe, PROBE, self.loop.time() + self._limits.idle_time)
        return True

    def _probe(self, waited: float, until: float) -> None:
        """Ask a client that sends no more whether it still reads, and end the connection if it does not.

        Its system answers anything that is written to a closed connection with a reset. Clients pass over an interim
        answer that they did not ask for (RFC 9110, section 15.2). HTTP/1.0 has none: there it is `until` when on the
        loop's clock that it may be there.
        """
        running = self._running
        if running is None or running.response_complete or self.transport.is_closing():
            return
        if self._is_broken() or (running.older and self.loop.time() > until):
            self.transport.abort()
            return
        if not (running.older or running.response_started):
            # Again and again: one that has read the last one, and gone since, answers nothing to that.
            self.transport.write(CONTINUE)
        self.loop.call_later(waited, self._probe, min(2 * waited, RARELY), until)

    def _is_broken(self) -> bool:
        return bool(self.transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    def _end(self) -> None:
        """Close the connection; where the client may still be sending, read and forget that first."""
        self._deaf = True
        self.pipeline.clear()
        if self._ended or self._part is _NONE:
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()
        self._timer.cancel()
        self._timer = self.loop.call_later(LINGER, self.transport.close)

    # What takes too long

    def _wait(self, seconds: float, late: bool = False) -> None:
        self._timer.cancel()
        self._timer = self.loop.call_later(seconds, self._look, late)

    def _look(self, late: bool = False) -> None:
        """End a connection whose client has kept it waiting for too long."""
        now = self.loop.time()
        if self.flow.read_paused or self._deaf or (self._part is _NONE and self._is_answering()):
            self._since = now  # it is not the client that is waited for
        left = self._since + self._patience() - now
        if left > 0:
            self._wait(left)
        elif not late:
            self._wait(LATE, late=True)
        elif self._part is _NONE:
            self.transport.close()
        else:
            what = "head" if self._part is _HEAD else "next part of its body"
            self._refuse(Problem(408, f"The {what} did not come within {self._patience():g} seconds."))

    def _patience(self) -> float:
        if self._part is _NONE:
            return self._limits.idle_time
        return self._limits.head_time if self._part is _HEAD else self._limits.body_time

    def _is_answering(self) -> bool:
        return self._running is not None and not self._running.response_complete

    # Bytes come

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if self._deaf:
            return
        if self._part is _NONE:
            self._arrived, self._raw = len(data), data
        elif self._part is _HEAD:
            self._arrived += len(data)
            self._raw = self._raw and self._raw + data
        else:
            self._overhead += len(data)
        try:
            self._read(data)
            if self._part is not _NONE:
                self._check_unfinished()
        except httptools.HttpParserError as error:
            if isinstance(error, httptools.HttpParserCallbackError) and not isinstance(error.__context__, Problem):
                self.logger.error("Reading a request failed", exc_info=error)
            self._refuse(problem_of(error, self._raw))
        except Problem as problem:
            self._refuse(problem)

    def _read(self, data: bytes) -> None:
        """Let the parser read; where a request offers an upgrade, let a new one read it as one that does not.

        The parser takes the offer for accepted: it stops at the end of the head, and reads no body. A server that
        does not want another protocol goes on in this one (RFC 9110, section 7.8).
        """
        rest: bytes | memoryview = data
        while rest:
            try:
                self.parser.feed_data(rest)
                return
            except httptools.HttpParserUpgrade as upgrade:
                rest = memoryview(rest)[upgrade.args[0] :]
            head = self._head_without_offer()
            self._offered = self.headers
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.parser.feed_data(head)

    def _head_without_offer(self) -> bytes:
        lines = [b"%b %b HTTP/%b" % (self.scope["method"].encode(), self.url, self.scope["http_version"].encode())]
        tokens = []
        for name, value in self.headers:
            if name not in _OFFERS:
                lines.append(b"%b: %b" % (name, value))
            elif name != b"upgrade":
                tokens += [token for token in value.split(b",") if token.strip().lower() != b"upgrade"]
        if tokens:
            lines.append(b"connection: " + b",".join(tokens))
        return b"\r\n".join((*lines, b"", b""))

    def _check_unfinished(self) -> None:
        """Bound what came of a head, or between the data of a body, without end; and how long the rest may take.

        The parser tells of a header when its line ends, and of what stands between chunks not at all. Raises Problem.
        """
        if self._part is _HEAD:
            if self._arrived - len(self.url) > self._limits.fields:
                raise self._too_large("header fields")
        elif self._overhead > self._limits.fields:
            raise self._too_large("chunk extensions and trailers")
        self._wait(self._since + self._patience() - self.loop.time())

    def _too_large(self, what: str) -> Problem:
        return Problem(431, f"The {what} of this request have more than {self._limits.fields} bytes.")

    # The parser's callbacks; a Problem that is raised in one becomes the answer

    def on_message_begin(self) -> None:
        """A request begins."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": self.root_path,
            "headers": self.headers,
            "state": self.app_state.copy(),
        }
        self._part = _HEAD
        self._since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or behind the body a trailer."""
        self.headers.append((name.lower(), value))

    def on_url(self, url: bytes) -> None:
        """A part of its address. Raises Problem."""
        self.url += url
        if len(self.url) > self._limits.address:
            raise Problem(414, f"The address of this request has more than {self._limits.address} bytes.")

    def on_headers_complete(self) -> None:
        """Hand the request to the application, when those before it have been answered. Raises Problem."""
        scope = self.scope
        version = self.parser.get_http_version()
        scope["http_version"] = version
        scope["method"] = method = self.parser.get_method().decode("ascii")
        if self.parser.should_upgrade():
            if method == "CONNECT":
                raise Problem(400, "CONNECT asks for a tunnel, and this server is no proxy.")
            return
        if self._offered is not None:
            self.headers[:] = self._offered
            self._offered = None
        if (self._raw is None or self._arrived > self._limits.fields) and _size(self.headers) > self._limits.fields:
            raise self._too_large("header fields")
        if version not in ("1.1", "1.0"):
            raise Problem(400, f"This server speaks HTTP/1.1 and HTTP/1.0, not HTTP/{version}.")
        self._locate(self.url)
        self._overhead = 0
        self._check_headers(version)
        self._part = _BODY
        self._raw = None
        self._arrived = 0
        # Trailers are no headers (RFC 9110, section 6.5.1).
        self.headers = []
        self._queue(self._cycle(version == "1.1" and self.parser.should_keep_alive()))

    def on_chunk_header(self) -> None:
        """A chunk of its body begins."""
        self._overhead = max(0, self._overhead - CHUNK)

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        self._since = self.loop.time()
        self._overhead = max(0, self._overhead - len(body))
        cycle = self.cycle
        assert cycle is not None
        if cycle.response_complete:
            return
        cycle.body += body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        """A request ends. Raises Problem."""
        if self._part is _HEAD:
            return  # with its head, but for an offer: it is to be read once more
        if self.headers and _size(self.headers) > self._limits.fields:
            raise self._too_large("trailers")
        self._part = _NONE
        cycle = self.cycle
        assert cycle is not None
        cycle.more_body = False
        cycle.message_event.set()

    def _locate(self, url: bytes) -> None:
        """Put path and query into the scope (RFC 9112, section 3.2). Raises Problem."""
        scope = self.scope
        if not url.startswith(b"/"):
            absolute = _ABSOLUTE.fullmatch(url)
            if absolute is not None:
                host, url = absolute.groups()
                url = url if url.startswith(b"/") else b"/" + url
                user, _, host = host.rpartition(b"@")
                others = [header for header in self.headers if header[0] != b"host"]
                self.headers[:] = [(b"host", host), *others]
                if user:  # RFC 9110, section 4.2.4
                    raise Problem(400, "The address in the first line names a user: send Authorization in its place.")
            elif url != b"*" or scope["method"] != "OPTIONS":
                raise Problem(400, "The address in the first line must begin with / or be an http:// URL.")
        if b"#" in url:
            raise Problem(400, "The address has a fragment, and that stays with the client: a # in a path is %23.")
        raw_path, _, query = url.partition(b"?")
        path = raw_path.decode("ascii")
        if "%" in path:
            path = urllib.parse.unquote(path)
        scope["path"] = self.root_path + path
        scope["raw_path"] = self.root_path.encode("ascii") + raw_path
        scope["query_string"] = query

    def _check_headers(self, version: str) -> None:
        """Refuse what makes a head ambiguous (RFC 9112, sections 3.2 and 6.1). Raises Problem."""
        hosts = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
                if value != self._host and not _HOST.fullmatch(value):
                    raise Problem(400, f"This Host is none: {value[:100].decode('latin-1')}")
                self._host = value
            elif name == b"expect":
                self.expect_100_continue = version == "1.1" and value.lower() == b"100-continue"
            elif name == b"transfer-encoding":
                if value.lower() != b"chunked":
                    known = "this server knows chunked alone"
                    raise Problem(501, f"Transfer-Encoding is {value[:100].decode('latin-1')}, and {known}.")
                if self._raw is not None:
                    self._overhead = self._arrived - len(self.url) - _size(self.headers)
        if hosts > 1:
            raise Problem(400, "The request has more than one Host header.")
        if not hosts and version == "1.1":
            raise Problem(400, "The request has no Host header, which HTTP/1.1 asks for.")

    # Requests go to the application

    def _cycle(self, keep_alive: bool) -> Cycle:
        cycle = Cycle(
            scope=self.scope,  # type: ignore[arg-type]
            transport=self.transport,  # type: ignore[arg-type]
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.kept = self._kept
        return cycle

    def _queue(self, cycle: Cycle) -> None:
        """Give a request to the application, behind all that came before it."""
        self.cycle = cycle
        if self._running is None or self._running.response_complete:
            self._run(cycle)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _run(self, cycle: Cycle) -> None:
        self._running = cycle
        task = self.loop.create_task(cycle.run_asgi(self.app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def _refuse(self, problem: Problem) -> None:
        """Let the request that is being read be answered with a problem, as the last one, and read no more."""
        problem.with_traceback(None)  # it refers to the connection, and the connection to the problem
        self._deaf = True
        if self._part is not _BODY:
            self._queue(self._refused(problem))
            return
        cycle = self.cycle
        assert cycle is not None
        cycle.refuse(problem)
        if cycle.response_complete:
            self._end()

    def _refused(self, problem: Problem) -> Cycle:
        """Return a request, without a body, of what is known."""
        scope = self.scope
        if "path" not in scope:
            known = self._known()
            path, _, query = known.target.partition(b"?")
            scope["method"] = known.method
            scope["headers"] = list(known.headers)
            scope["path"] = self.root_path + urllib.parse.unquote(path, "latin-1")
            scope["raw_path"] = self.root_path.encode("ascii") + path
            scope["query_string"] = query
        scope["http_version"] = "1.0" if scope["http_version"] == "1.0" else "1.1"
        self.expect_100_continue = False
        cycle = self._cycle(keep_alive=False)
        cycle.more_body = False
        cycle.message_event.set()
        scope["refused"] = problem
        return cycle

    def _known(self) -> Sketch:
        """Return what is known of a request whose head is broken."""
        if "method" not in self.scope and self._raw is not None:
            return sketch(self._raw)
        target = self.url[:SHOWN] if self.url.startswith(b"/") else b"/"
        return Sketch(self.scope.get("method", "?"), target, tuple(self.headers))

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for it."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        assert self._running is not None
        self._since = self.loop.time()
        if not self._running.keep_alive:
            self._end()
            return
        if self.pipeline:
            cycle, _ = self.pipeline.pop()
            self._run(cycle)  # type: ignore[arg-type]
        elif self._ended:
            self.transport.close()
        if not self.pipeline:
            self.flow.resume_reading()


def _size(headers: list[tuple[bytes, bytes]]) -> int:
    """Return how many bytes these headers take as lines."""
    return sum(len(name) + len(value) + 4 for name, value in headers)
