"""The journal as JSON: as the control API tells it, and as HTTP Archive."""

from collections.abc import Iterable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mock_server import instant
from mock_server.workbench.journal import BODY_CAP, Entry, Headers

_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"set-cookie"})

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def exchange(entry: Entry) -> dict[str, Any]:
    """Return an exchange in the form of `Exchange` in control.yaml."""
    return {
        "number": entry.number,
        "at": _at(entry),
        "method": entry.method,
        "path": entry.target,
        "operation": entry.operation_id,
        "status": entry.status,
        "duration_ms": round(entry.duration * 1000, 3),
        "fault": entry.fault,
        "notes": list(entry.ignored),
        "request": _message(entry.request_headers, entry.request_body, entry.sizes[0]),
        "response": _message(entry.response_headers, entry.response_body, entry.sizes[1]),
    }


def har(entries: Iterable[Entry], version: str) -> dict[str, Any]:
    """Return exchanges as an HTTP Archive 1.2."""
    creator = {"name": "training-mock", "version": version}
    return {"log": {"version": "1.2", "creator": creator, "pages": [], "entries": [_har_entry(e) for e in entries]}}


def _at(entry: Entry) -> str:
    return instant.render(datetime.fromtimestamp(entry.at, UTC))


def _shown(headers: Headers) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), "[redacted]" if name.lower() in _SECRET else value.decode("latin-1"))
        for name, value in headers
    ]


def _message(headers: Headers, body: bytes, size: int) -> dict[str, Any]:
    return {"headers": _shown(headers), "body": body.decode("utf-8", "replace"), "truncated": size > BODY_CAP}


def _har_entry(entry: Entry) -> dict[str, Any]:
    milliseconds = round(entry.duration * 1000, 3)
    headers = dict(_shown(entry.request_headers))
    query = entry.target.partition("?")[2]
    request: dict[str, Any] = {
        "method": entry.method,
        "url": f"http://{headers.get('host', 'localhost')}{entry.target}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(_shown(entry.request_headers)),
        "queryString": _pairs(parse_qsl(query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": entry.sizes[0],
    }
    if entry.request_body:
        media_type = headers.get("content-type", "application/octet-stream")
        request["postData"] = {"mimeType": media_type, "text": entry.request_body.decode("utf-8", "replace")}
    answer = dict(_shown(entry.response_headers))
    return {
        "startedDateTime": _at(entry),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": entry.status,
            "statusText": _PHRASES.get(entry.status, ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(_shown(entry.response_headers)),
            "content": {
                "size": entry.sizes[1],
                "mimeType": answer.get("content-type", "x-unknown"),
                "text": entry.response_body.decode("utf-8", "replace"),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": entry.sizes[1],
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    } | ({"comment": entry.fault} if entry.fault else {})


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
