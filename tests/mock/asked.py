"""Requests as an ASGI server hands them on, and answers as they can be compared."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope


@dataclass(frozen=True)
class Asked:
    """A request. `target` is its path and query as they are sent; a body in several `chunks` has no length."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    chunks: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"{self.method} {self.target} {dict(self.headers) or ''} {self.body[:300]!r}"

    def header(self, name: str) -> str:
        return dict(self.headers).get(name, "")

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)

    def scope(self) -> Scope:
        headers = {"host": "127.0.0.1:8080", **dict(self.headers)}
        if len(self.chunks) == 1:
            headers["content-length"] = str(len(self.body))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "http",
            "method": self.method,
            "path": unquote(self.path),
            "raw_path": self.path.encode(),
            "query_string": self.query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "server": ("127.0.0.1", 8080),
        }


@dataclass(frozen=True)
class Answer:
    """What of an answer is compared. Of a problem that is its type and status: the rest is for people to read."""

    status: int
    media_type: str = ""
    allow: frozenset[str] = frozenset()
    content: Any = b""


async def answer(app: ASGIApp, asked: Asked) -> Answer:
    """Return an application's answer to a request."""
    sent: list[Message] = []
    chunks = [*asked.chunks] or [b""]

    async def receive() -> Message:
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(asked.scope(), receive, send)
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    media_type = headers.get("content-type", "")
    allow = frozenset(headers["allow"].split(", ")) if "allow" in headers else frozenset()
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], media_type, allow, _compared(content, media_type))


def _compared(content: bytes, media_type: str) -> Any:
    if not content or not media_type.endswith("json"):
        return content
    value = json.loads(content)
    return {name: value[name] for name in ("type", "status")} if media_type == "application/problem+json" else value
