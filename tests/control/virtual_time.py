"""An event loop on which waiting takes no time, and the application called on it without a server."""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from selectors import DefaultSelector
from typing import Any

from starlette.types import ASGIApp, Message


class _Hurried(DefaultSelector):
    """Lets the time that it should wait be over at once."""

    now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self.now += timeout
            timeout = 0
        return super().select(timeout)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its time stands still but for what is waited for, and is then exactly what was waited."""

    def __init__(self) -> None:
        self._hurried = _Hurried()
        super().__init__(self._hurried)

    def time(self) -> float:
        return self._hurried.now


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine on a loop where waiting takes no time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work)


@dataclass
class Call:
    """One request to the application; the client is there until `leave` is called."""

    app: ASGIApp
    method: str
    path: str
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._gone = asyncio.Event()
        content = self.json(self.body)
        self._request: list[Message] = [{"type": "http.request", "body": content, "more_body": False}]

    @staticmethod
    def json(body: Any) -> bytes:
        """Return a body as bytes, none for None."""
        return b"" if body is None else json.dumps(body).encode()

    def leave(self) -> None:
        """Close the connection."""
        self._gone.set()

    async def answer(self) -> Any:
        """Send the request and return the body of the answer, read as JSON, once it is whole."""
        path, _, query = self.path.partition("?")
        media_type = [("content-type", "application/json")] if self.body is not None else []
        headers = [("host", "mock.test"), *media_type, *self.headers]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "server": ("mock.test", 80),
            "method": self.method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers],
        }
        await self.app(scope, self._receive, self._send)
        content = b"".join(message.get("body", b"") for message in self.sent)
        return json.loads(content) if content else None

    @property
    def status(self) -> int:
        """The status of the answer, 0 if there is none yet."""
        return int(self.sent[0]["status"]) if self.sent else 0

    async def _receive(self) -> Message:
        if self._request:
            return self._request.pop()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent.append(message)
