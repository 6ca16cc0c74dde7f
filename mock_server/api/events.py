"""The journal as it is written: server-sent events (HTML Living Standard, section 9.2)."""

import asyncio

import orjson
from starlette.types import Receive, Scope, Send

from mock_server.sandbox.sandbox import Sandbox
from mock_server.workbench.exchange import Exchange
from mock_server.workbench.journal_document import document

KEEP_ALIVE = 15.0
"""Seconds without an event after which a comment is sent, so that proxies keep the connection."""

BACKLOG = 1000
"""How many events wait for a slow reader before the oldest are lost."""


async def journal_events(scope: Scope, receive: Receive, send: Send) -> None:
    """Send each exchange and change of an organisation as an event, until the client goes."""
    sandbox: Sandbox = scope["sandbox"]
    queue: asyncio.Queue[bytes] = asyncio.Queue(BACKLOG)

    def watcher(event: str, what: object) -> None:
        if queue.full():
            queue.get_nowait()
        queue.put_nowait(_event(event, what))

    unwatch = sandbox.journal.watch(watcher)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b": open\n\n", "more_body": True})
        while not gone.done():
            chunk = await _next(queue, gone)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        unwatch()
        gone.cancel()


async def _next(queue: "asyncio.Queue[bytes]", gone: "asyncio.Task[None]") -> bytes:
    waiting = asyncio.create_task(queue.get())
    await asyncio.wait((waiting, gone), timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return b": still here\n\n"


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _event(event: str, what: object) -> bytes:
    if isinstance(what, Exchange):
        return b"id: %d\ndata: %b\n\n" % (what.number, orjson.dumps(document(what)))
    return f"event: {event}\ndata: {what}\n\n".encode()
