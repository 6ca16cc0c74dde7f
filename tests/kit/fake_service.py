"""A small service that keeps every request it gets, for tests of what the kit sends and of what it shows."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class FakeService:
    """Records by api_id and nothing more; `answer` may be replaced to behave in any other way."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    answer: Callable[[str, str, dict[str, str], bytes], Answer] | None = None

    def handle(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        self.requests.append((method, target, headers))
        if self.answer is not None:
            return self.answer(method, target, headers, body)
        return self.act(method, target, body)

    def act(self, method: str, target: str, body: bytes) -> Answer:
        api_id = unquote(urlsplit(target).path.removeprefix("/training/record/").rstrip("/"))
        sent = _object(body)
        if method in ("POST", "PUT", "PATCH") and (sent is None or not isinstance(sent.get("api_id", ""), str)):
            return _json(400, {})
        if not api_id and method == "GET":
            return _json(
                200,
                {
                    "count": len(self.records),
                    "next": None,
                    "previous": None,
                    "results": list(self.records.values()) if "offset" not in target else [],
                },
            )
        if not api_id and method == "POST":
            record = {
                "package_desc": "d",
                "date_assigned": "2026-01-01T00:00:00Z",
                "date_started": None,
                "date_completed": None,
                "api_id": f"made-{len(self.requests)}",
                **{name: value for name, value in (sent or {}).items() if value != ""},
            }
            self.records[record["api_id"]] = record
            return _json(201, record)
        if api_id not in self.records:
            return _json(404, {})
        if method == "DELETE":
            del self.records[api_id]
            return 204, {}, b""
        if method in ("PUT", "PATCH"):
            self.records[api_id] |= sent or {}
        return _json(200, self.records[api_id])


def _object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body; None when it is anything else."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _json(status: int, document: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


def record(api_id: str) -> dict[str, Any]:
    """A record of somebody else."""
    return {
        "api_id": api_id,
        "person_api_id": "somebody",
        "package_api_id": "something",
        "package_desc": "d",
        "date_assigned": "2026-01-01T00:00:00Z",
        "date_started": None,
        "date_completed": None,
    }


@contextmanager
def fake_service(*api_ids: str) -> Iterator[FakeService]:
    """Run a fake service with records of these ids that are not ours."""
    fake = FakeService({api_id: record(api_id) for api_id in api_ids})

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: the second of two waits for the first one's receipt

        def respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, content = fake.handle(self.command, self.path, headers, body)
            if not status:  # no answer at all
                self.close_connection = True
                return
            self.send_response(status, more.pop(":reason", None))
            if status != 204:  # first, as what follows may be broken
                self.send_header("Content-Length", str(len(content)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD" and status != 204:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"):
        setattr(Handler, f"do_{method}", Handler.respond)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
