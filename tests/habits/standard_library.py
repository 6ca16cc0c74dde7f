"""The API as somebody writes it in an afternoon with `http.server` alone: HTTP/1.0, regular expressions, one file."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .directory import PACKAGES, PEOPLE, assignments
from .habit import framework
from .hosting import Honest

LOCK = threading.Lock()

FIELDS = ("person_api_id", "package_api_id", "date_started", "date_completed")

DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")


def database() -> dict[str, dict[str, Any]]:
    """Return what other people have, by a number as text."""
    return {
        str(number): {
            "api_id": str(number),
            "person_api_id": given.person,
            "package_api_id": given.package,
            "date_assigned": given.assigned.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "date_started": given.started and given.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "date_completed": given.completed and given.completed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for number, given in enumerate(assignments(), 1001)
    }


class Handler(BaseHTTPRequestHandler):
    """Dates are texts that are kept as they came; HTTP/1.0 closes behind each answer."""

    server: "Server"

    def do_GET(self) -> None:
        records = self.server.records
        url = urlsplit(self.path)
        if url.path == "/training/record/":
            query = parse_qs(url.query)
            try:
                limit, offset = int(query.get("limit", ["50"])[0]), int(query.get("offset", ["0"])[0])
            except ValueError:
                return self.reply(400, {"error": "limit and offset are numbers"})
            if limit < 1 or offset < 0:
                return self.reply(400, {"error": "limit and offset are not negative"})
            word = query.get("search", [""])[0].lower()
            with LOCK:
                found = [shown(record) for record in records.values() if word in names(record)]
            return self.reply(
                200, {"list": found[offset : offset + min(limit, 50)], "more": len(found) > offset + limit}
            )
        with LOCK:
            record = records.get(self.api_id())
        return self.reply(200, shown(record)) if record else self.reply(404, {"error": "not found"})

    def do_POST(self) -> None:
        body = self.body()
        if body is None or self.path != "/training/record/":
            return self.reply(400, {"error": "bad request"})
        with LOCK:
            api_id = body.get("api_id") or str(max(map(int, filter(str.isdigit, self.server.records)), default=0) + 1)
            if not re.fullmatch(r"[\w.-]{1,64}", api_id, re.ASCII) or self.wrong(body, FIELDS[:2]):
                return self.reply(400, {"error": self.wrong(body, FIELDS[:2]) or "api_id is odd"})
            if api_id in self.server.records:
                return self.reply(400, {"error": "api_id is taken"})
            record = {"api_id": api_id, **{name: body.get(name) for name in FIELDS}}
            record["date_assigned"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            self.server.records[api_id] = record
        return self.reply(201, shown(record))

    def do_PUT(self) -> None:
        self.update(dict.fromkeys(FIELDS[2:]), FIELDS[:2])

    def do_PATCH(self) -> None:
        self.update({}, ())

    def update(self, blank: dict[str, Any], needed: tuple[str, ...]) -> None:
        body = self.body()
        with LOCK:
            record = self.server.records.get(self.api_id())
            self.server.aimed.append(self.api_id())
            if record is None:
                return self.reply(404, {"error": "not found"})
            if body is None or self.wrong(body, needed) or body.get("api_id", self.api_id()) != self.api_id():
                return self.reply(400, {"error": "bad request"})
            changed = {**record, **blank, **{name: body[name] for name in FIELDS if name in body}}
            self.server.records[self.api_id()] = changed
        return self.reply(200, shown(changed))

    def do_DELETE(self) -> None:
        self.server.aimed.append(self.api_id())
        with LOCK:
            gone = self.server.records.pop(self.api_id(), None)
        if gone is None:
            return self.reply(404, {"error": "not found"})
        self.send_response(204)
        self.end_headers()
        return None

    def api_id(self) -> str:
        found = re.fullmatch(r"/training/record/([^/?]+)/", self.path)
        return unquote(found[1]) if found else ""

    def body(self) -> dict[str, Any] | None:
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        except (ValueError, RecursionError):
            return None
        good = isinstance(body, dict) and isinstance(body.get("api_id", ""), str)
        return body if good else None

    def wrong(self, body: dict[str, Any], needed: tuple[str, ...]) -> str:
        for name in FIELDS:
            value = body.get(name)
            if name in needed and value is None:
                return f"{name} is missing"
            if name in body and name.startswith("p") and str(value) not in (PEOPLE if "person" in name else PACKAGES):
                return f"{name} is unknown"
            if name.startswith("date") and value is not None and not DATE.fullmatch(str(value)):
                return f"{name} is no date"
        return ""

    def reply(self, status: int, document: Any) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    """The server and what it holds."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.records = database()
        self.aimed: list[str] = []


def names(record: dict[str, Any]) -> str:
    return f"{PEOPLE[record['person_api_id']]} / {PACKAGES[record['package_api_id']][0]}".lower()


def shown(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "package_desc": PACKAGES[record["package_api_id"]][1]}


@framework("http.server alone, which keeps dates as they came")
@contextmanager
def in_an_afternoon() -> Iterator[Honest]:
    server = Server()
    others = {api_id: dict(record) for api_id, record in server.records.items()}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Honest(
            f"http://127.0.0.1:{server.server_port}",
            lambda: [api_id for api_id in server.records if api_id not in others],
            lambda: [key for key, row in others.items() if server.records.get(key) != row or key in server.aimed],
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
