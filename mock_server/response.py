"""An answer, before it is sent."""

from typing import NamedTuple

from starlette.types import Send


class Response(NamedTuple):
    """Status, body and headers of an answer."""

    status: int
    body: bytes = b""
    media_type: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def send(self, send: Send) -> None:
        """Send the answer whole."""
        headers = list(self.headers)
        if self.media_type is not None:
            headers.append((b"content-type", self.media_type.encode()))
        if self.status != 204:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
