"""The journal as JSON: as the control API tells it, and as HTTP Archive."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from mock_server.values import instant
from mock_server.values.rows import Rows
from mock_server.workbench import redaction
from mock_server.workbench.exchange import BODY_CAP, Exchange

_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def document(exchange: Exchange) -> dict[str, Any]:
    """Return an exchange in the form of `Exchange` in control.yaml."""
    response = exchange.response
    sent, answered = exchange.sizes or (0, 0)
    return {
        "number": exchange.number,
        "at": _at(exchange),
        "method": exchange.method,
        "path": redaction.parameters(exchange.target),
        "operation": exchange.operation,
        "status": response.status,
        "duration_ms": round(exchange.duration * 1000, 3),
        "fault": _fault(exchange),
        "notes": list(exchange.notes),
        "request": _message(exchange.headers, exchange.body, sent),
        "response": _message(response.head() if response.status else (), _content(exchange), answered),
    }


def har(exchanges: Sequence[Exchange], version: str) -> dict[str, Any]:
    """Return exchanges as an HTTP Archive 1.2."""
    creator = {"name": "training-mock", "version": version}
    return {
        "log": {
            "version": "1.2",
            "creator": creator,
            "pages": [],
            "entries": Rows(len(exchanges), map(_har_entry, exchanges)),
        }
    }


def _content(exchange: Exchange) -> bytes:
    """Return what of the answer's body was sent, and is kept."""
    return b"" if exchange.method == "HEAD" else exchange.response.body


def _at(exchange: Exchange) -> str:
    return instant.render(datetime.fromtimestamp(exchange.at, UTC))


def _fault(exchange: Exchange) -> str | None:
    return ", ".join(map(str, exchange.faults)) or None


def _shown(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    texts = ((str(name, "latin-1"), str(value, "latin-1")) for name, value in headers)
    return [(name, redaction.header(name, value)) for name, value in texts]


def _message(headers: Iterable[tuple[bytes, bytes]], body: bytes, size: int | None) -> dict[str, Any]:
    truncated = size is None or size > BODY_CAP
    return {"headers": _shown(headers), "body": body.decode("utf-8", "replace"), "truncated": truncated}


def _har_entry(exchange: Exchange) -> dict[str, Any]:
    milliseconds = round(exchange.duration * 1000, 3)
    har_entry = {
        "startedDateTime": _at(exchange),
        "time": milliseconds,
        "request": _har_request(exchange),
        "response": _har_response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
    comments = [comment for comment in (_fault(exchange), *exchange.notes) if comment is not None]
    return har_entry | ({"comment": "; ".join(comments)} if comments else {})


def _har_request(exchange: Exchange) -> dict[str, Any]:
    headers = dict(_shown(exchange.headers))
    har_request: dict[str, Any] = {
        "method": exchange.method,
        "url": f"http://{headers.get('host') or 'localhost'}{redaction.parameters(exchange.target)}",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(_shown(exchange.headers)),
        "queryString": _pairs(parse_qsl(redaction.parameters(str(exchange.query, "latin-1")), keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": _known(exchange.sizes[0]) if exchange.sizes else len(exchange.body),
    }
    if exchange.body:
        media_type = headers.get("content-type", "application/octet-stream")
        har_request["postData"] = {"mimeType": media_type, "text": exchange.body.decode("utf-8", "replace")}
    return har_request


def _har_response(exchange: Exchange) -> dict[str, Any]:
    response = exchange.response
    size = _known(exchange.sizes[1]) if exchange.sizes and exchange.method != "HEAD" else len(_content(exchange))
    return {
        "status": response.status,
        "statusText": _PHRASES.get(response.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(_shown(response.head())),
        "content": {
            "size": size,
            "mimeType": response.media_type or "x-unknown",
            "text": _content(exchange).decode("utf-8", "replace"),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": size,
    }


def _known(size: int | None) -> int:
    return -1 if size is None else size


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
