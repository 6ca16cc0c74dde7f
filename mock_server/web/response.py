"""An answer, before it is sent."""

import asyncio
from collections.abc import Callable, Iterator
from typing import NamedTuple

from starlette.types import Send

Headers = tuple[tuple[bytes, bytes], ...]

# What is true of a mock's records now need not be so when a browser shows the page again. And an answer is marked for
# the page that asked (CORS), so another page, or none, must not get it from a cache.
_FRESH: Headers = ((b"cache-control", b"no-store"), (b"vary", b"Origin"))


class Response(NamedTuple):
    """Status, body and headers of an answer.

    Where there is a `rest`, the body is only its beginning, and the rest is made as it is sent.
    """

    status: int
    body: bytes = b""
    media_type: str | None = None
    headers: Headers = ()
    rest: Iterator[bytes] | None = None

    def head(self) -> Headers:
        """Return all headers of the answer, those that tell of its body too."""
        if self.status == 204:  # RFC 9110, section 8.6: it tells of no body
            return (*self.headers, *_FRESH)
        length = () if self.rest is not None else ((b"content-length", b"%d" % len(self.body)),)
        form = () if self.media_type is None else ((b"content-type", self.media_type.encode()),)
        return (*self.headers, *_FRESH, *form, *length)

    async def send(self, send: Send, goes_on: Callable[[], bool] = lambda: True) -> int:
        """Send the answer whole, or until it goes on no longer; return how many bytes of its body were sent."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.head()})
        sent = len(self.body)
        if self.rest is None:
            await send({"type": "http.response.body", "body": self.body})
            return sent
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        for part in self.rest:
            await asyncio.sleep(0)  # for others
            if not goes_on():
                return sent
            await send({"type": "http.response.body", "body": part, "more_body": True})
            sent += len(part)
        await send({"type": "http.response.body", "body": b""})
        return sent

    async def send_half(self, send: Send) -> None:
        """Send the first half of the answer and leave it at that: the server closes the connection then."""
        body = self.body or b"{}"
        headers = (*self.headers, (b"content-length", b"%d" % len(body)), *_FRESH)
        status = 200 if self.status == 204 else self.status
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
