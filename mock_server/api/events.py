"""The journal as it is written: server-sent events (HTML Living Standard, section 9.2)."""

import asyncio
from collections import deque

from starlette.types import Receive, Scope, Send

from mock_server.sandbox.sandbox import Sandbox
from mock_server.web.json import to_json
from mock_server.web.problem import Problem
from mock_server.web.response import Headers
from mock_server.workbench.exchange import Exchange
from mock_server.workbench.journal_document import document

KEEP_ALIVE = 15.0
"""Seconds without an event after which a comment is sent, so that proxies keep the connection."""

MOST = 100
"""How many streams may be open at once, in all organisations together."""

BACKLOG = 1000
BACKLOG_BYTES = 1024 * 1024
"""How many events, and how many bytes of them, wait for a slow reader before the oldest are lost."""

HEADERS: Headers = ((b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"))

_STILL_HERE = b": still here\n\n"
_LOST = b"event: changed\ndata: journal\n\n"
"""What a reader is told that lost events: to read the journal again."""


class Events:
    """An ASGI application that sends each exchange and change of an organisation as an event, until the client goes."""

    def __init__(self) -> None:
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events. Answers 503 itself where there are too many streams already."""
        if self._open >= MOST:
            detail = f"{MOST} event streams are open already. Close one of them."
            await Problem(503, detail, headers=((b"retry-after", b"5"),)).response().send(send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        if scope["method"] == "HEAD":
            await send({"type": "http.response.body", "body": b""})
            return
        self._open += 1
        try:
            await _send_events(scope["sandbox"], receive, send)
        finally:
            self._open -= 1


async def _send_events(sandbox: Sandbox, receive: Receive, send: Send) -> None:
    backlog = _Backlog()
    unwatch = sandbox.journal.watch(backlog.take)
    listening = asyncio.create_task(_listen(receive, backlog))
    try:
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        while not backlog.ended:
            await send({"type": "http.response.body", "body": await backlog.next(), "more_body": True})
    finally:
        unwatch()
        listening.cancel()
    await send({"type": "http.response.body", "body": b""})


class _Backlog:
    """The events that were not sent yet; `ended` once there will be no more, or nobody is there to read them."""

    def __init__(self) -> None:
        self._events: deque[bytes] = deque()
        self._size = 0
        self._something = asyncio.Event()
        self.ended = False

    def take(self, event: str, what: object) -> None:
        """Put an event at the end, as a `Watcher` of the journal."""
        if event == "ended":
            self.end()
            return
        self._put(_event(event, what))
        if len(self._events) > BACKLOG or self._size > BACKLOG_BYTES:
            while len(self._events) >= BACKLOG or self._size > BACKLOG_BYTES:
                self._size -= len(self._events.popleft())
            self._events.appendleft(_LOST)
            self._size += len(_LOST)

    def say(self, comment: bytes) -> None:
        """Put a comment at the end."""
        self._put(comment)

    def end(self) -> None:
        """Take no more."""
        self.ended = True
        self._something.set()

    async def next(self) -> bytes:
        """Return the oldest event, or a comment when there was none for long, or nothing at the end."""
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                await self._something.wait()
        except TimeoutError:
            return _STILL_HERE
        chunk = self._events.popleft() if self._events else b""
        self._size -= len(chunk)
        if not self._events and not self.ended:
            self._something.clear()
        return chunk

    def _put(self, chunk: bytes) -> None:
        self._events.append(chunk)
        self._size += len(chunk)
        self._something.set()


async def _listen(receive: Receive, backlog: _Backlog) -> None:
    """End the events when the client has gone."""
    await receive()  # the request
    while (await receive())["type"] != "http.disconnect":
        # It sends no more. Whether it still reads shows when something is sent.
        backlog.say(_STILL_HERE)
    backlog.end()


def _event(event: str, what: object) -> bytes:
    if isinstance(what, Exchange):
        first = b"id: %d" % what.number if event == "exchange" else b"event: amended"
        return b"%b\ndata: %b\n\n" % (first, to_json(document(what)))
    return f"event: {event}\ndata: {what}\n\n".encode()
