"""Requests and answers as plain values, and a way to send one to an ASGI application without a network."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from starlette.types import ASGIApp, Message, Receive, Scope

COLLECTION = "/training/record/"

BEN = "usr-ben-carlisle"
AMARA = "usr-amara-okafor"
FIRE = "pkg-fire-safety"
FIRST_AID = "pkg-first-aid"

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    query: str = ""
    content: bytes = b""
    headers: Headers = ((b"host", b"mock.example"), (b"content-type", b"application/json"))

    @property
    def operation(self) -> str:
        """`list`, or the method in lower case."""
        return "list" if self.method == "GET" and self.path == COLLECTION else self.method.lower()

    @property
    def api_id(self) -> str | None:
        """The id in the path; None where the path is another."""
        inner = self.path.removeprefix(COLLECTION)
        return unquote(inner.removesuffix("/")) if inner != self.path and inner else None

    @property
    def parameters(self) -> dict[str, str]:
        """The query, the last value of each name."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def body(self) -> Any:
        """The JSON in the body; None where there is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object in the body; an empty one where there is none."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def media_type(self) -> str:
        """The Content-Type, without parameters."""
        named = dict(self.headers).get(b"content-type", b"").decode("latin-1")
        return named.partition(";")[0].strip().lower()

    def with_body(self, document: Any) -> Self:
        """Return the same request with this JSON for its body."""
        content = json.dumps(document).encode()
        kept = tuple(pair for pair in self.headers if pair[0] != b"content-length")
        return replace(self, content=content, headers=(*kept, (b"content-length", b"%d" % len(content))))


@dataclass(frozen=True)
class Answer:
    """One answer. `headers` are all but Content-Length."""

    status: int
    headers: Headers = ()
    content: bytes = b""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def document(self) -> Any:
        """The JSON in the body; None where there is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    def with_document(self, document: Any) -> Self:
        """Return the same answer with this JSON for its body."""
        return replace(self, content=json.dumps(document).encode())

    def as_type(self, media_type: str, content: bytes | None = None) -> Self:
        """Return the same answer as another media type, with other content where it is given."""
        kept = tuple(pair for pair in self.headers if pair[0] != b"content-type")
        content = self.content if content is None else content
        return replace(self, headers=(*kept, (b"content-type", media_type.encode())), content=content)


def json_answer(status: int, document: Any) -> Answer:
    return Answer(status, ((b"content-type", b"application/json"),), json.dumps(document).encode())


def problem(status: int, **members: Any) -> Answer:
    """An error in the form of the contract."""
    document = {"type": "about:blank", "title": "Error", "status": status, "detail": "An error.", **members}
    return Answer(status, ((b"content-type", b"application/problem+json"),), json.dumps(document).encode())


# What the proofs of faults send


def get(target: str = "") -> Ask:
    """A GET of the list with this query (`?limit=2`), or of the record with this api_id."""
    if target.startswith("?") or not target:
        return Ask("GET", COLLECTION, target[1:])
    return Ask("GET", f"{COLLECTION}{target}/")


def send(method: str, api_id: str = "", content: bytes = b"", media_type: str = "application/json") -> Ask:
    headers = ((b"host", b"mock.example"), (b"content-type", media_type.encode()))
    return Ask(method, f"{COLLECTION}{api_id}/" if api_id else COLLECTION, "", content, headers)


def post(**fields: Any) -> Ask:
    """A POST of a record for Ben and fire safety, unless it says otherwise."""
    return send("POST", "", _json({"person_api_id": BEN, "package_api_id": FIRE, **fields}))


def put(at: str, **fields: Any) -> Ask:
    return send("PUT", at, _json({"person_api_id": BEN, "package_api_id": FIRE, **fields}))


def patch(at: str, **fields: Any) -> Ask:
    return send("PATCH", at, _json(fields))


def delete(at: str) -> Ask:
    return send("DELETE", at)


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document).encode()


# ASGI


async def body_of(receive: Receive) -> bytes:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
    return content


async def call(app: ASGIApp, scope: Scope, ask: Ask) -> Answer:
    """Return what the application answers to this request, in a scope like this one."""
    start: Message = {}
    content = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": ask.content}

    async def send_on(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            start = message
        content.extend(message.get("body", b""))

    path = unquote(ask.path)
    parts = {
        "method": ask.method,
        "path": path,
        "raw_path": ask.path.encode("latin-1"),
        "query_string": ask.query.encode("latin-1"),
        "headers": list(ask.headers),
    }
    await app({**scope, **parts}, receive, send_on)
    return Answer(start["status"], _without_length(start["headers"]), bytes(content))


def blank_scope() -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


def _without_length(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    return tuple((bytes(name).lower(), bytes(value)) for name, value in headers if name.lower() != b"content-length")
